"""What `adapter work` does. It is loaded by that command alone, since it brings all that deliveries need."""

from __future__ import annotations

import signal
import threading
from argparse import Namespace
from contextlib import ExitStack

from adapter import keeping, settings
from adapter.built import build
from adapter.cli.command import UsageError, project_of, say
from adapter.telemetry import Telemetry
from adapter.telemetry.served import serving_metrics
from adapter.work import Work


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
