"""``adapter virtual``: the pretend ERP, speaking real SOAP for the example's contracts or for any other."""

from __future__ import annotations

import signal
from argparse import Namespace
from pathlib import Path

from adapter.cli.command import Command, UsageError, argument, carried, project_of
from adapter.errors import BuildError, Mistake
from adapter.virtual import VirtualErp, serve
from adapter.virtual.any import AnyErp, Recorder, Replayer
from adapter.virtual.any.examples import read_examples
from adapter.virtual.any.hiding import Hidden
from adapter.virtual.engine import Engine
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import contract

PORT = 9101
FOLDER = "wsdl"


def run(asked: Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    engine = _any(asked) if asked.wsdl else _example(asked)
    served = engine.erp if isinstance(engine, Recorder | Replayer) else engine

    def ready(url: str) -> None:
        print(f"virtual ERP on {url}", flush=True)
        for place in served.places if isinstance(served, AnyErp) else ():
            print(f"  {place.service} {place.port}: {url}{place.path}", flush=True)

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        serve(engine, asked.host, asked.port, ready)
    except OSError as error:
        text = f"cannot listen on {asked.host}:{asked.port} ({error.strerror}); --port 0 takes a free port"
        raise UsageError(text) from error
    return 0


def _example(asked: Namespace) -> Engine:
    for name in ("examples", "record", "replay", "hide", "cassettes"):
        if getattr(asked, name):
            raise UsageError(f"--{name} is for a contract of yours: adapter virtual WSDL --{name} …")
    project = project_of(asked) if asked.project else carried()  # it is made for the example's contracts
    return VirtualErp(project, asked.database)


def _any(asked: Namespace) -> Engine:
    """Return what answers for a contract. Imports are looked for in the nearest folder named wsdl, else beside it."""
    path = Path(asked.wsdl).resolve()
    if not path.is_file():
        raise UsageError(f"there is no file {asked.wsdl}")
    folder = next((above for above in path.parents if above.name == FOLDER), path.parent)
    documents = read_documents(folder, path.relative_to(folder).as_posix())
    tree = contract(documents)
    erp = AnyErp(documents, tree)
    if not erp.places:
        text, remedy = "has no SOAP port, so there is nothing to serve", "name the WSDL that binds its port types"
        raise BuildError([Mistake(f"{folder.name}/{documents.root}", 0, 0, text, remedy)])
    if asked.examples:
        erp.examples = read_examples(Path(asked.examples), tree, erp.answers.ground)
    if sum(map(bool, (asked.record, asked.replay, asked.examples))) > 1:
        raise UsageError("one of --examples, --record and --replay at a time")
    if asked.record:
        return _recorder(asked, erp)
    if asked.replay:
        if not Path(asked.replay).is_dir():
            raise UsageError(f"there is no folder {asked.replay}; make recordings with --record URL")
        return Replayer(erp, Path(asked.replay))
    return erp


def _recorder(asked: Namespace, erp: AnyErp) -> Recorder:
    try:
        return Recorder(erp, asked.record, Path(asked.cassettes or "cassettes"), Hidden.of(asked.hide))
    except ValueError as error:
        raise UsageError(str(error)) from error


COMMAND = Command(
    "virtual",
    help="serve a pretend ERP, which speaks real SOAP",
    run=run,
    example="virtual wsdl/orders.wsdl --port 9101 --examples orders-examples.yaml",
    doc="With a WSDL: any contract. Every request is held against it and answered with made-up values that it allows, "
    "the same for the same request; --record passes requests on to the real service and writes down what it says, "
    "--replay says that again. Without one: the ERP of the example project, which keeps what it is told. Both can be "
    "made to misbehave (POST /_control). For trying things out; never point it at real data.",
    arguments=(
        argument("wsdl", metavar="WSDL", nargs="?", default="", help="contract to serve (default: the example's)"),
        argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)"),
        argument("--port", type=int, default=PORT, help=f"port to listen on, 0 for a free one (default: {PORT})"),
        argument("--examples", metavar="FILE", default="", help="YAML file of answers to certain requests"),
        argument("--record", metavar="URL", default="", help="real service to ask, and to make recordings of"),
        argument("--cassettes", metavar="DIR", default="", help="where recordings go (default: cassettes)"),
        argument(
            "--hide",
            metavar="PATH",
            action="append",
            default=[],
            help="element (or a.b.c, or @attribute) that is not written down; may be given several times",
        ),
        argument("--replay", metavar="DIR", default="", help="folder of recordings to answer with"),
        argument(
            "--database",
            metavar="FILE",
            default=":memory:",
            help="SQLite file for the example's state (default: in memory)",
        ),
    ),
)
