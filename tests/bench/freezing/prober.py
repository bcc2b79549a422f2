"""Asks a path over and over on one connection, from a process of its own: ``python -m … HOST PORT PATH``.

It prints a line for each answer, until it is ended: when it asked, on the clock of ``time.monotonic``, and how many
seconds the answer took.
"""

from __future__ import annotations

import contextlib
import gc
import http.client
import os
import sys
import time

PAUSE = 0.002


def main(host: str, port: str, path: str) -> None:
    """Ask until the process is ended."""
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    gc.disable()
    connection = http.client.HTTPConnection(host, int(port))
    with contextlib.closing(connection):
        while True:
            start = time.monotonic()
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            end = time.monotonic()
            if answer.status != 200:
                raise RuntimeError(f"the worker answered {answer.status}")
            print(f"{start:.6f} {end - start:.6f}", flush=True)
            time.sleep(PAUSE)


if __name__ == "__main__":
    main(*sys.argv[1:])
