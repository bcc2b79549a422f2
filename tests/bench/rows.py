"""speed.row_cost, speed.stream_rss, speed.stream_first: a list of a million rows through one real worker.

The ERP is a process of its own and the caller reads all of it: length and CRC-32 of every answer are compared with what
they must be. Cost is CPU time of the worker, so that a busy machine does not count; a million rows are asked for
between two halves of the small lists that they are compared with. Memory is the worker's peak (VmHWM of proc(5), reset
before) less what it had before.
"""

from __future__ import annotations

import http.client
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from tests.bench.streaming.content import BLOCK, FORMS, expected
from tests.cases import SHAPES, shape_project
from tests.evidence import Result
from tests.processes import status_kib, tree, tree_cpu_seconds
from tests.stack import ROOT, free_port, gunicorn, wait_for

MANY: Final = 1_000_000
FEW: Final = BLOCK
COST: Final = 1.15
MEGABYTES: Final = 32.0
FIRST_MS: Final = 100.0
_SMALL_LISTS: Final = 150
_DRIPS: Final = 3
_NUMBER = re.compile(rb"[0-9]{13}\.[0-9]{6}")


def measure() -> Mapping[str, Result]:
    """Read long and short lists in every form, and dripping ones."""
    with tempfile.TemporaryDirectory(prefix="rows-") as name, _erp() as port:
        project = shape_project(SHAPES / "streamed-list", Path(name) / "project", f"http://127.0.0.1:{port}/")
        with gunicorn(project, {}) as (url, process, _):
            worker = next(pid for pid in tree(process.pid) if pid != process.pid)
            for form in FORMS:
                _read(url, form, FEW)
            firsts = [_first(url, form, what) for form in FORMS for what in ("drip", "drip-whole") for _ in range(3)]
            found = {form: _long(url, worker, form) for form in FORMS}
    costs = [many / few for many, few, _ in found.values()]
    memory = [max(0.0, grown) for _, _, grown in found.values()]
    shown = ", ".join(f"{1e6 * many:.1f} / {1e6 * few:.1f} µs" for many, few, _ in found.values())
    grew = ", ".join(f"{each:.1f}" for each in memory)
    return {
        "speed.row_cost": Result(
            f"{max(costs):.2f} (CPU for each row in JSON, NDJSON, CSV: {shown})", max(costs) <= COST
        ),
        "speed.stream_rss": Result(f"{max(memory):.1f} MB (JSON, NDJSON, CSV: {grew})", max(memory) <= MEGABYTES),
        "speed.stream_first": Result(
            f"{max(firsts):.1f} (longest of {len(firsts)}, median {statistics.median(firsts):.1f})",
            max(firsts) <= FIRST_MS,
        ),
    }


def _long(url: str, worker: int, form: str) -> tuple[float, float, float]:
    """Return CPU seconds for each row of a long list and of short ones, and the megabytes that the long one took."""
    few = _short(url, worker, form)
    Path(f"/proc/{worker}/clear_refs").write_text("5")
    before, begin = status_kib(worker, "VmRSS"), tree_cpu_seconds(worker)
    _read(url, form, MANY)
    many, peak = (tree_cpu_seconds(worker) - begin) / MANY, status_kib(worker, "VmHWM")
    return many, (few + _short(url, worker, form)) / 2, (peak - before) / 1024


def _short(url: str, worker: int, form: str) -> float:
    begin = tree_cpu_seconds(worker)
    for _ in range(_SMALL_LISTS):
        _read(url, form, FEW)
    return (tree_cpu_seconds(worker) - begin) / (_SMALL_LISTS * FEW)


def _read(url: str, form: str, rows: int) -> None:
    """Read a whole list. Raises RuntimeError where it is not what it must be."""
    size = check = 0
    with _asked(url, form, f"rows {rows}") as answer:
        while piece := answer.read(256 * 1024):
            size, check = size + len(piece), zlib.crc32(piece, check)
    if (size, check) != _expected(form, rows):
        raise RuntimeError(f"{form}: {size} bytes are not the {rows} rows that the ERP sent")


_known: dict[tuple[str, int], tuple[int, int]] = {}


def _expected(form: str, rows: int) -> tuple[int, int]:
    if (form, rows) not in _known:
        _known[form, rows] = expected(form, rows)
    return _known[form, rows]


def _first(url: str, form: str, what: str) -> float:
    """Return milliseconds from the sending of the ERP's first row to the first bytes with it."""
    body = b""
    with _asked(url, form, f"{what} {_DRIPS}") as answer:
        while not _NUMBER.search(body):
            body += answer.read1(64 * 1024)
        came = time.monotonic()
        body += answer.read()
    sent = [float(each) for each in _NUMBER.findall(body)]
    if len(sent) != _DRIPS:
        raise RuntimeError(f"{form}: {len(sent)} rows came")
    return 1000 * (came - sent[0])


@contextmanager
def _asked(url: str, form: str, what: str) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
    try:
        connection.request("GET", f"/v1/orders/export?city={quote(what)}", headers={"Accept": form})
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{form}: {answer.status} {answer.read()[:500]!r}")
        yield answer
    finally:
        connection.close()


@contextmanager
def _erp() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.streaming.erp", str(port)], cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/", process)
        yield port
    finally:
        process.terminate()
        process.wait(20)
