"""Asks a path over and over on one connection, from a process of its own: ``python -m … HOST PORT PATH WORKER``.

It prints a line for each answer, until it is ended: when it asked, on the clock of ``time.monotonic``, how many seconds
the answer took, and for how many of them the worker (its process id) or the prober itself waited for a processor that
others had: the longer of both waits, since they may be at the same time.
"""

from __future__ import annotations

import contextlib
import gc
import http.client
import os
import sys
import time

from tests.bench.freezing import kept_waiting

PAUSE = 0.002


def main(host: str, port: str, path: str, worker: str) -> None:
    """Ask until the process is ended."""
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    gc.disable()
    pids = int(worker), os.getpid()
    connection = http.client.HTTPConnection(host, int(port))
    with contextlib.closing(connection):
        while True:
            before, start = [kept_waiting(pid) for pid in pids], time.monotonic()
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            end, after = time.monotonic(), [kept_waiting(pid) for pid in pids]
            if answer.status != 200:
                raise RuntimeError(f"the worker answered {answer.status}")
            waited = max(late - early for early, late in zip(before, after, strict=True))
            print(f"{start:.6f} {end - start:.6f} {waited:.6f}", flush=True)
            time.sleep(PAUSE)


if __name__ == "__main__":
    main(*sys.argv[1:])
