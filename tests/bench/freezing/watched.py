"""The gunicorn file that we ship, and a watch in each worker that writes down when it did not get its turn.

A greenlet sleeps a millisecond, again and again. Where its turn came late, a line says when, after how many seconds of
the clock, and for how many of them the worker waited for a processor that others had. The first line is its process.
"""

import os
import time
from pathlib import Path

import gevent
from gunicorn.workers.base import Worker

from tests.bench.freezing import kept_waiting

exec(compile(Path("ops/gunicorn.conf.py").read_text(encoding="utf-8"), "ops/gunicorn.conf.py", "exec"))

_LATE = 0.003


def _watch(file: Path) -> None:
    pid = os.getpid()
    with file.open("a", encoding="utf-8", buffering=1) as lines:
        lines.write(f"{pid}\n")
        while True:
            before, start = kept_waiting(pid), time.monotonic()
            gevent.sleep(0.001)
            late, waited = time.monotonic() - start, kept_waiting(pid) - before
            if late > _LATE:
                lines.write(f"{start:.6f} {late:.6f} {waited:.6f}\n")


_shipped = globals().get("post_worker_init")


def post_worker_init(worker: Worker) -> None:
    """Begin to watch."""
    if _shipped is not None:
        _shipped(worker)
    gevent.spawn(_watch, Path(os.environ["FREEZE_WATCH"]))
