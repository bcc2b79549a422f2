"""speed.rollout: what it costs a read that its feature may move: at ``legacy``, and in ``shadow``.

Workers in front of one ERP serve the same read: of a project without ``rollout:``, with the feature back at ``legacy``
(where each call is placed and noted; one that never moved costs less), and in ``shadow`` with all reads asked beside
of a service that answers at once, and the same. Each round asks all, one after the other. A figure is CPU of the worker
for each answer, without ``rollout:`` divided by with it: what a worker can answer as long as nothing else is short. Of
the rounds the lower quartile counts, since whatever else goes on only adds. One more worker without ``rollout:`` shows
how far two figures of the same are apart on this machine, now.
"""

from __future__ import annotations

import re
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Final

from adapter.rollout.rules import Stage
from tests.bench import standin
from tests.bench.compared import ROUNDS, SECONDS
from tests.bench.erp import answering
from tests.bench.messages import SMALL
from tests.bench.rounds import Measured, Pair, interleaved
from tests.bench.servers import Server, endpoint, guarded
from tests.bench.standin import Rule
from tests.evidence import Result
from tests.stack import free_port, gunicorn
from tests.strangler.project import READS, moving_reads
from tests.strangler.standing import stand_in

LEAST: Final = 0.97
NONE, AGAIN, LEGACY, SHADOW = "no rollout", "no rollout again", "at legacy", "in shadow"
_MORE: Final = 4
"""How many times the rounds of other lines: what is looked for is small."""
_STANDS: Final[Mapping[str, Stage | None]] = {NONE: None, AGAIN: None, LEGACY: "legacy", SHADOW: "shadow"}
_COMPARED: Final = re.compile(r'^adapter_rollout_compared_total\{.*outcome="(\w+)".*\} ([0-9.e+]+)$', re.MULTILINE)


def measure() -> Result:
    """Ask all three in turn."""
    port, beside = free_port(), dict[str, int]()
    with ExitStack() as stack:
        erp = stack.enter_context(answering(port))
        with _served(NONE, port, "http://127.0.0.1:1") as alone:
            answer = _got(alone.url + SMALL.path)
        new, _ = stack.enter_context(standin.answering([Rule("", answer, kind="application/json")]))
        servers = [stack.enter_context(_served(name, port, f"http://127.0.0.1:{new}")) for name in _STANDS]
        measured = interleaved([Pair(SMALL, each) for each in servers], erp, port, ROUNDS * _MORE, SECONDS)
        for outcome, many in _COMPARED.findall(_got(f"{servers[-1].url}/metrics")):
            beside[outcome] = beside.get(outcome, 0) + int(float(many))
    return result(measured, beside)


def result(measured: Measured, beside: Mapping[str, int]) -> Result:
    """Return the line of a run. ``beside``: what became of the reads that were asked beside, by outcome."""
    if silent := measured.silent():
        return Result(f"no answer within a round: {', '.join(silent)}", ok=False)
    again, legacy, shadow = (_steady(measured, NONE) / _steady(measured, name) for name in (AGAIN, LEGACY, SHADOW))
    same, lost, asked = beside.get("same", 0), beside.get("dropped", 0), sum(beside.values())
    each = (
        f"{name} {_steady(measured, name):.3f} ms, {measured.rate(SMALL.name, name):,.0f}/s"
        for name in (NONE, LEGACY, SHADOW)
    )
    value = (
        f"{legacy:.3f}; {shadow:.2f} in shadow ({'; '.join(each)}; no rollout again {again:.3f}; "
        f"of {asked} reads {same} compared, {lost} dropped)"
    )
    wrong = measured.failures()
    if not same or same + lost != asked:
        wrong.append(f"asked beside: {dict(beside)}")
    return Result(f"{value}; BUT {'; '.join(wrong)}" if wrong else value, legacy >= LEAST and not wrong)


def _steady(measured: Measured, name: str) -> float:
    """Return the lower quartile of ms of CPU for an answer."""
    return quantiles([each.cpu for each in measured.rounds[SMALL.name][name]], n=4)[0]


@contextmanager
def _served(name: str, erp: int, service: str) -> Iterator[Server]:
    """Serve the example project with one worker, its customers where ``name`` says."""
    ports, stage = ("ERPSERVICE_ERPSOAP11", "ERPSERVICE_ERPSOAP12", "LAGERSERVICE"), _STANDS[name]
    environ = {f"ADAPTER_ENDPOINT_{port}": endpoint(erp) for port in ports}
    with tempfile.TemporaryDirectory(prefix="bench-rollout-") as place:
        (folder := Path(place, "guarded")).mkdir()
        project = guarded(moving_reads(Path(place, "project"), READS if stage else ""), folder)
        if stage:
            stand_in(project, "customers", stage)
        with gunicorn(project, {**environ, "ADAPTER_SERVICE_CUSTOMERS": service}) as (url, process, _):
            yield Server(name, url, process.pid)


def _got(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        found: bytes = answer.read()
    return found.decode()
