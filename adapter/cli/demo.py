"""``adapter demo``: the pretend ERP, the microservice and the façade, all real, and a handful of calls."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from adapter import app, settings
from adapter.cli import demo_calls, demo_tour, serve, virtual
from adapter.cli.children import HOST, ChildError, Children, free_port
from adapter.cli.command import Command, argument, carried, project_of, say
from adapter.cli.explain import explained
from adapter.display import json_text, shortened

FACADE, SERVICE = 8080, 9102
SERVICE_PROGRAM = Path("ops", "demo", "customers.py")
SHOWN_LINES = 24
EXPLAINED = "/v1/customers/7"
PAUSE = 0.5
ACCEPTED = 202


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the three listen, on loopback."""

    erp: int
    service: int
    facade: int


def run(asked: Namespace) -> int:
    """Start, wait, call, show; then stop (``--once``) or stay. Exit status 1 when an answer was wrong."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    project = _example(asked).resolve()
    ports = _ports(asked.port)
    with tempfile.TemporaryDirectory(prefix="adapter-demo-") as name, Children(Path(name)) as children:
        folder = Path(name)
        project = demo_tour.copied(project, folder / "project") if asked.tour else project
        environ = environment(project, ports) | _places(folder)
        try:
            _start(children, project, ports, environ, folder)
            built = app.build(project, environ)  # while the others start: for the call that is explained
            for child, port, path in (("erp", ports.erp, "/erp/soap11?wsdl"), ("facade", ports.facade, "/readyz")):
                children.wait_for(child, port, path)
            children.wait_for("microservice", ports.service, "/customers?limit=1")
            wrong = _tour(ports, environ) if asked.tour else _calls(ports.facade) + _explain(built)
            children.check()
            if not asked.once:
                _stay(children, ports, environ, folder)
        except (ChildError, demo_tour.TourError) as error:
            say(f"adapter demo: {error}")
            return 1
    of = "" if asked.tour else f" of {len(demo_calls.CALLS) + 1}"
    print(f"\n{wrong}{of} calls went wrong" if wrong else "\nEvery answer was right.")
    return int(wrong > 0)


def _tour(ports: Ports, environ: Mapping[str, str]) -> int:
    """Move a feature. Return how many answers were wrong."""

    def command(words: Sequence[str]) -> tuple[int, str]:
        line = [sys.executable, "-m", "adapter", *words]
        made = subprocess.run(line, env=dict(environ), capture_output=True, text=True, timeout=demo_tour.PATIENCE)
        return made.returncode, (made.stdout + made.stderr).strip()

    failed = demo_tour.tour(demo_tour.Stand(ports.facade, ports.service, command, partial(print, flush=True)))
    print("\n".join(f"WRONG: {each}" for each in failed), end="")
    return len(failed)


def _example(asked: Namespace) -> Path:
    """Return the project that is shown: the one asked for if it has a microservice to start, else the example."""
    project = project_of(asked)
    if (project / SERVICE_PROGRAM).is_file():
        return project
    say(f"{project} has no {SERVICE_PROGRAM}; showing the example project instead")
    return carried()


def _ports(facade: int) -> Ports:
    """Return the usual ports, or free ones for those that are taken; only free ones when the façade is to have any."""
    erp, service = (virtual.PORT, SERVICE) if facade else (0, 0)
    return Ports(_port("pretend ERP", erp), _port("microservice", service), _port("façade", facade))


def _port(name: str, wanted: int) -> int:
    port = free_port(wanted)
    if wanted not in (port, 0):
        say(f"port {wanted} is taken; the {name} listens on {port}")
    return port


def environment(project: Path, ports: Ports) -> dict[str, str]:
    """Return the environment of the children: nobody's own settings, and all endpoints on the ports of this run."""
    known = settings.read(project, {})
    environ = {k: v for k, v in settings.environment().items() if not k.startswith(settings.PREFIX)}
    for family, port, addresses in (("ENDPOINT", ports.erp, known.endpoint), ("SERVICE", ports.service, known.service)):
        for name, url in addresses.items():
            moved = urlsplit(url)._replace(scheme="http", netloc=f"{HOST}:{port}").geturl()
            environ[f"{settings.PREFIX}{family}_{name}"] = moved
    # said aloud: a demonstration asks nobody who they are
    shown = {f"{settings.PREFIX}CALLERS": "everyone", f"{settings.PREFIX}CONSOLE": "demo"}
    return environ | shown | {settings.PROJECT: str(project), "PYTHONUNBUFFERED": "1"}


def _places(folder: Path) -> dict[str, str]:
    """Return where the store of a demonstration is: gone with it."""
    return {"ADAPTER_STORE": str(folder / "adapter.db"), "ADAPTER_SUBJECTS": str(folder / "adapter-subjects.db")}


def _start(children: Children, project: Path, ports: Ports, environ: Mapping[str, str], folder: Path) -> None:
    say("starting the pretend ERP, the microservice, the façade and its background process …")
    erp = ["-m", "adapter", "virtual", "--port", str(ports.erp), "--project", str(project)]
    service = [str(project / SERVICE_PROGRAM), "--port", str(ports.service), "--database", str(folder / "customers.db")]
    children.start("erp", [sys.executable, *erp], environ)
    children.start("microservice", [sys.executable, *service], environ)
    children.start("work", [sys.executable, "-m", "adapter", "work", "--project", str(project)], environ)
    children.start("facade", serve.gunicorn(project, f"{HOST}:{ports.facade}", 1), environ, signal.SIGQUIT)


def _calls(port: int) -> int:
    """Make every call and print it. Return how many went wrong."""
    order, operation, failures = "", "", 0
    for number, template in enumerate(demo_calls.CALLS, 1):
        call = replace(template, path=template.path.format(order=order, operation=operation))
        print(f"\n{number}. {call.title}\n$ {demo_calls.curl(call, f'http://{HOST}:{port}')}")
        try:
            answer = demo_calls.settled(call, port)
        except (OSError, http.client.HTTPException) as error:
            print(f"WRONG: no answer ({type(error).__name__})")
            failures += 1
            continue
        print(f"{answer.status}  {answer.seconds * 1000:.0f} ms", flush=True)
        if answer.body:
            print(shortened(json_text(answer.body), SHOWN_LINES))
        if complaints := list(demo_calls.wrong(call, answer)):
            print("\n".join(f"WRONG: {complaint}" for complaint in complaints))
            failures += 1
        order = demo_calls.order_of(answer) if call.keep_order else order
        operation = demo_calls.order_of(answer) if answer.status == ACCEPTED else operation
    return failures


def _explain(built: app.Built) -> int:
    """Show all four messages of one call. Return 1 when it went wrong."""
    print(f"\n{len(demo_calls.CALLS) + 1}. All messages of one call\n$ adapter explain GET {EXPLAINED}")
    status, text = explained(built, "GET", EXPLAINED)
    print(text)
    return int(status != 200)


def _stay(children: Children, ports: Ports, environ: Mapping[str, str], folder: Path) -> None:
    """Say what can be opened, and wait until somebody presses Ctrl-C or a child ends."""
    try:
        print(f"\nOpen  http://{HOST}:{ports.facade}/docs  the endpoints, to read and try")
        print(f"      http://{HOST}:{ports.facade}/console  where features stand that move to the new service")
        print(f"      http://{HOST}:{ports.facade}/problems  what every error means")
        print(f"      http://{HOST}:{ports.erp}/erp/soap11?wsdl  the contract of the pretend ERP")
        print(f"Look  {_given(ports, environ)}adapter explain GET {EXPLAINED}")
        print(f"Logs  {folder}\nStop  Ctrl-C", flush=True)
        while True:
            children.check()
            time.sleep(PAUSE)
    except KeyboardInterrupt:
        say("stopping …")


def _given(ports: Ports, environ: Mapping[str, str]) -> str:
    """Return the settings that lead to the pretend ERP, for a shell; nothing where the project's own ones do."""
    if ports.erp == virtual.PORT:
        return ""
    prefix = f"{settings.PREFIX}ENDPOINT_"
    return "".join(f"{name}={value} " for name, value in environ.items() if name.startswith(prefix))


COMMAND = Command(
    "demo",
    help="start everything on this machine and make a handful of calls",
    run=run,
    example="demo --once",
    doc="Starts a pretend ERP that speaks real SOAP, a JSON microservice and the façade in front of both, on loopback; "
    "makes calls, shows each as a curl command with its answer, and checks the answers. Then it stays until Ctrl-C.",
    arguments=(
        argument("--tour", action="store_true", help="move a feature to the new service, wrong turns and all"),
        argument("--once", action="store_true", help="stop after the calls; exit status 1 if an answer was wrong"),
        argument(
            "--port", type=int, default=FACADE, help=f"port of the façade (default: {FACADE}); 0: free ports for all"
        ),
    ),
)
