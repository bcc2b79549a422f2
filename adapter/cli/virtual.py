"""``adapter virtual``: the pretend ERP, speaking real SOAP for the contracts of the example project."""

from __future__ import annotations

import signal
from argparse import Namespace

from adapter.cli.command import Command, UsageError, argument, carried, project_of
from adapter.virtual import serve

PORT = 9101


def run(asked: Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""

    def ready(url: str) -> None:
        print(f"virtual ERP on {url}", flush=True)

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    project = project_of(asked) if asked.project else carried()  # it is made for the example's contracts
    try:
        serve(project, asked.host, asked.port, asked.database, ready)
    except OSError as error:
        text = f"cannot listen on {asked.host}:{asked.port} ({error.strerror}); --port 0 takes a free port"
        raise UsageError(text) from error
    return 0


COMMAND = Command(
    "virtual",
    help="serve the pretend ERP, which speaks real SOAP",
    run=run,
    example="virtual --port 9101 --database erp.sqlite3",
    doc="It holds every request against the WSDL and schemas, keeps what it is told, and can be made to misbehave "
    "(POST /_control). For trying things out; never point it at real data.",
    arguments=(
        argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)"),
        argument("--port", type=int, default=PORT, help=f"port to listen on, 0 for a free one (default: {PORT})"),
        argument(
            "--database", metavar="FILE", default=":memory:", help="SQLite file for its state (default: in memory)"
        ),
    ),
)
