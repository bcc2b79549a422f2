"""speed.worst_freeze: how long one worker answers nobody while it decodes a reply of 10 MB.

Outside: a process asks ``/healthz`` every two milliseconds; the longest answer counts, less what one takes while
nothing else goes on. Inside: a greenlet that sleeps for a millisecond notes when its turn came late. Time for which the
worker (outside: or who asks) could have run, but other processes had the processor, is taken off both, so that a busy
machine measures what a quiet one does; the kernel counts it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.erp import answering
from tests.bench.messages import Call
from tests.bench.servers import endpoint
from tests.evidence import Result
from tests.stack import ROOT, free_port, gunicorn

GOAL = 20.0
ROUNDS = 9
BYTES = 10_000_000
PATH = "/v1/orders/500001"
_WATCHED = Path(__file__).parent / "freezing" / "watched.py"
_QUIET = 1.0
_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<d:LeseAuftragAntwort xmlns:d="urn:muster-erp:dienst" xmlns="urn:muster-erp:auftrag"><d:Auftrag>'
    "<AuftragNr>0000500001</AuftragNr><PartnerNr>0000000042</PartnerNr><Status>10</Status><AuftrDat>20260301</AuftrDat>"
    "<ErfasstAm>2026-03-01T08:15:00Z</ErfasstAm><PosAnz>1000</PosAnz>"
    '<GesBetrag waehrung="EUR">12500.00</GesBetrag><AendNr>1</AendNr><Positionen>'
)
_TAIL = "</Positionen></d:Auftrag></d:LeseAuftragAntwort></s:Body></s:Envelope>"


@dataclass(frozen=True, slots=True)
class Round:
    """One reply, in milliseconds: the longest answer outside, the latest turn inside, and the whole call."""

    outside: float
    inside: float
    whole: float


def measure() -> Result:
    """Read the reply again and again, and say what was longest."""
    reply, lines = large_reply()
    with tempfile.TemporaryDirectory(prefix="freeze-") as name:
        folder, port = Path(name), free_port()
        environ = {
            "ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP11": endpoint(port),
            "ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP12": endpoint(port),
            "ADAPTER_ENDPOINT_LAGERSERVICE": endpoint(port),
            "ADAPTER_MAX_REPLY_BYTES": "32000000",
            "FREEZE_WATCH": str(folder / "watch"),
        }
        call = Call("order", "GET", PATH, b"", "LeseAuftrag", reply)
        with answering(port, (call,)), gunicorn(ROOT, environ, config=_WATCHED) as (url, _, _):
            rounds = _rounds(url, folder, lines)
    return _result(rounds)


def _result(rounds: Sequence[Round]) -> Result:
    # One answer in thousands is late for reasons of the machine's own, which no counter of the kernel tells apart. So
    # the longest of a round has its median taken; a turn inside that came late counts even where it was the only one.
    outside, inside = [each.outside for each in rounds], [each.inside for each in rounds]
    median = statistics.median(outside)
    value = (
        f"{max(median, *inside):.1f}: longest answer while a reply was decoded {median:.1f} (median of {len(rounds)}, "
        f"{min(outside):.1f} to {max(outside):.1f}), latest turn inside {max(inside):.1f}; a reply took "
        f"{statistics.median(each.whole for each in rounds):.0f} ms"
    )
    return Result(value, max(median, *inside) <= GOAL)


def large_reply(size: int = BYTES) -> tuple[bytes, int]:
    """Return an order of at least ``size`` bytes, and how many lines it has."""
    rows, total = list[str](), 0
    while total < size:
        rows.append(_line(len(rows) + 1))
        total += len(rows[-1])
    return (_HEAD + "".join(rows) + _TAIL).encode(), len(rows)


def _line(number: int) -> str:
    price = f"<EinzelPreis>{number % 40}.{number * 7 % 10_000:04}</EinzelPreis>" if number % 3 else ""
    batches = f"<Charge>L-{number}</Charge>" if number % 5 == 0 else ""
    return (
        f"<Position><PosNr>{number}</PosNr><ArtikelNr>A-{number * 37 % 100_000:05}</ArtikelNr>"
        f"<Bez>Schraube &amp; Mutter</Bez><Menge>{number % 90 + 1}.{number % 8 * 125:03}</Menge>"
        f"<Einheit>ST</Einheit>{price}{batches}"
        f'<Betrag waehrung="EUR">{number % 900}.{number % 100:02}</Betrag></Position>'
    )


def _rounds(url: str, folder: Path, lines: int) -> list[Round]:
    _read(url, lines)  # everything is imported and compiled then
    probes, watch = folder / "probes", folder / "watch"
    worker = watch.read_text(encoding="utf-8").splitlines()[0]
    with probes.open("wb") as out, _ended(_prober(url, worker, out)):
        began = time.monotonic()
        time.sleep(_QUIET)
        quiet = time.monotonic()
        windows = [_read(url, lines) for _ in range(ROUNDS)]
        time.sleep(_QUIET / 4)
    asked, late = _numbers(probes), _numbers(watch)
    idle = statistics.median(took for start, took, _ in asked if began < start < quiet)
    # What a reply leaves behind is tidied up until the next one is asked for.
    ends = [*(begin for begin, _ in windows[1:]), time.monotonic()]
    return [
        Round(_longest(asked, begin, last) - 1000 * idle, _longest(late, begin, last), 1000 * (end - begin))
        for (begin, end), last in zip(windows, ends, strict=True)
    ]


def _longest(lines: Sequence[tuple[float, ...]], begin: float, end: float) -> float:
    """Return the milliseconds of the longest that reaches into a time, without the wait for a processor."""
    found = [took - waited for start, took, waited in lines if begin < start + took and start < end]
    return 1000 * max(found, default=0.0)


def _read(url: str, lines: int) -> tuple[float, float]:
    """Make the call, see that its answer is right, and return when it began and ended."""
    begin = time.monotonic()
    with urllib.request.urlopen(url + PATH, timeout=60) as answer:
        body = answer.read()
    end = time.monotonic()
    order = json.loads(body)
    if [line["number"] for line in order["lines"]] != list(range(1, lines + 1)):
        raise RuntimeError("the answer is not the order that the ERP gave")
    return begin, end


def _numbers(file: Path) -> list[tuple[float, ...]]:
    whole, _, _ = file.read_text(encoding="utf-8").rpartition("\n")
    lines = [tuple(map(float, line.split())) for line in whole.splitlines()]
    return [line for line in lines if len(line) > 1]


def _prober(url: str, worker: str, out: object) -> subprocess.Popen[bytes]:
    parts = urlsplit(url)
    command = ["-m", "tests.bench.freezing.prober", parts.hostname or "", str(parts.port), "/healthz", worker]
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=out)  # type: ignore[call-overload, no-any-return]


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Stop a process at the end. Raises RuntimeError where it did not live so long."""
    try:
        yield process
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended by itself")
    finally:
        process.terminate()
        process.wait(20)
