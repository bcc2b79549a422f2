"""``adapter work``: the background process, which delivers what was promised and looks after what is kept."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentTypeError, Namespace
from contextlib import ExitStack

from adapter import keeping, settings
from adapter.built import build
from adapter.cli.command import Command, UsageError, argument, project_of, say
from adapter.telemetry import Telemetry
from adapter.telemetry.served import serving_metrics
from adapter.work import AT_ONCE, Work


def run(asked: Namespace) -> int:
    """Work until SIGTERM or Ctrl-C, then end what was begun."""
    built = build(project_of(asked).resolve(), settings.environment())
    if not keeping.keeps(built.endpoints):
        raise UsageError("no mapping here keeps writes (`write:`), so there is nothing to deliver")
    telemetry = Telemetry(built.settings.log_level)
    telemetry.lines.adopt_libraries()
    work = Work(built, telemetry, at_once=asked.at_once)
    # In a thread: a handler of signals may interrupt one that holds what `stop` waits for.
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with ExitStack() as stack:
        if asked.metrics:
            host, port = asked.metrics
            at = stack.enter_context(serving_metrics(host, port, work.render))
            say(f"metrics on http://{host}:{at}/metrics")
        threading.Thread(target=_stop, args=(stopped, work), daemon=True).start()
        say(f"delivering, {asked.at_once} at once …")
        work.run()
    say("stopped")
    return 0


def _stop(stopped: threading.Event, work: Work) -> None:
    stopped.wait()
    work.stop()


def _count(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) <= 64):
        raise ArgumentTypeError("not a whole number from 1 to 64")
    return int(text)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ArgumentTypeError("not HOST:PORT")
    return host.strip("[]"), int(port)


COMMAND = Command(
    "work",
    help="deliver what was promised, and look after writes that are kept",
    run=run,
    example="work --at-once 4 --metrics 127.0.0.1:9464",
    doc="One process of its own beside `adapter serve`; several may run. It sends queued writes in the order of their "
    "entities, finds out what became of those whose answer was lost, tells callers, and removes what is old. SIGTERM: "
    "it ends what it began, and begins nothing more. Killed: the next one finds out.",
    arguments=(
        argument("--at-once", metavar="N", type=_count, default=AT_ONCE, help=f"most deliveries (default: {AT_ONCE})"),
        argument("--metrics", metavar="HOST:PORT", type=_address, default=None, help="serve /metrics there"),
    ),
)
