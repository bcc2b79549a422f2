"""job.first_call: how long it takes from nothing to the first JSON answer."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import time

from tests.evidence import Result
from tests.evidence.clone import environment, fresh_clone

GOAL = 60.0
PATH = "/v1/customers?limit=1"
_ADDRESS = re.compile(r"http://(127\.0\.0\.1:[0-9]+)")


def measure() -> Result:
    """Clone, start ``make demo``, call the adapter as soon as it names its address; the value is in seconds."""
    start = time.monotonic()
    with fresh_clone() as clone:
        process = subprocess.Popen(
            ["make", "demo"],
            cwd=clone,
            env=environment() | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            customers = _first_answer(process)
            seconds = time.monotonic() - start
        finally:
            process.terminate()  # make hands it on to the demonstration, which stops what it started
            process.communicate(timeout=60)
    if not customers:
        return Result("the demonstration ended without naming an address", ok=False)
    return Result(f"{seconds:.1f}", seconds <= GOAL)


def _first_answer(process: subprocess.Popen[str]) -> list[object]:
    for line in process.stdout or ():
        if found := _ADDRESS.search(line):
            return _customers(found[1])
    return []


def _customers(address: str) -> list[object]:
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        connection.request("GET", PATH)
        items: list[object] = json.loads(connection.getresponse().read())["items"]
    finally:
        connection.close()
    return items
