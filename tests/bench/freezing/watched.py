"""The gunicorn file that we ship, and a watch in each worker that writes down when it did not get its turn.

A greenlet sleeps a millisecond, again and again. Where its turn came late, a line says when, how many seconds of the
clock it waited, and how many seconds of CPU the worker used meanwhile: the clock counts other processes too, the CPU
does not.
"""

import os
import time
from pathlib import Path

import gevent
from gunicorn.workers.base import Worker

exec(compile(Path("ops/gunicorn.conf.py").read_text(encoding="utf-8"), "ops/gunicorn.conf.py", "exec"))

_LATE = 0.003


def _watch(file: Path) -> None:
    with file.open("a", encoding="utf-8", buffering=1) as lines:
        while True:
            clock, used = time.monotonic(), time.process_time()
            gevent.sleep(0.001)
            late, busy = time.monotonic() - clock, time.process_time() - used
            if late > _LATE:
                lines.write(f"{clock:.6f} {late:.6f} {busy:.6f}\n")


_shipped = globals().get("post_worker_init")


def post_worker_init(worker: Worker) -> None:
    """Begin to watch."""
    if _shipped is not None:
        _shipped(worker)
    gevent.spawn(_watch, Path(os.environ["FREEZE_WATCH"]))
