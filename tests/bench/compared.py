"""speed.small_vs_hand and its kin: the adapter and its peers in front of one stand-in ERP, measured in one run.

Each round asks every server for every kind of call, one after the other; a figure is a ratio of medians over the
rounds. A run in which anything failed, an answer differed, or the load or the ERP could have been the limit is short.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.bench import install, servers
from tests.bench.answers import differences, exchanges
from tests.bench.erp import answering, recording
from tests.bench.messages import LARGE, SMALL, WRITE
from tests.bench.rounds import Measured, Pair, interleaved
from tests.bench.servers import FLOOR, HAND, NODE, OURS, TWO
from tests.evidence import Result
from tests.stack import free_port

ROUNDS: Final = int(os.environ.get("ROUNDS") or 5)
SECONDS: Final = int(os.environ.get("SECONDS") or 3)
# Load generator and ERP alone must do so many times what the fastest server did, else they could be the limit.
ALONE: Final = 3.0


@dataclass(frozen=True, slots=True)
class Ratio:
    """One line: the call, whose answers a second are divided by whose, and the least that is promised."""

    call: str
    above: str
    below: str
    goal: float


RATIOS: Final = {
    "speed.small_vs_hand": Ratio(SMALL.name, OURS, HAND, 4),
    "speed.small_vs_node": Ratio(SMALL.name, OURS, NODE, 1.3),
    "speed.large_vs_hand": Ratio(LARGE.name, OURS, HAND, 10),
    "speed.large_vs_node": Ratio(LARGE.name, OURS, NODE, 3),
    "speed.write_vs_hand": Ratio(WRITE.name, OURS, HAND, 8),
    "speed.workers": Ratio(LARGE.name, TWO, OURS, 1.7),
}
FLOOR_LINE: Final = "speed.floor"
MOST_OVER_FLOOR: Final = 1.6


def measure() -> Mapping[str, Result]:
    """Start everything, compare the answers, take the rounds; return one result for each id."""
    missing, packages = install.programs(), None
    if not missing and (packages := install.node_packages()) is None:
        missing = ["the npm packages in tests/bench/peers/node"]
    if packages is None:
        return dict.fromkeys((*RATIOS, FLOOR_LINE), Result(f"not installed: {', '.join(missing)}", ok=False))
    measured, wrong = _run(packages, free_port())
    if file := os.environ.get("BENCH_ROUNDS"):
        Path(file).write_text(json.dumps(asdict(measured)), encoding="utf-8")
    return results(measured, wrong)


def _run(packages: Path, port: int) -> tuple[Measured, list[str]]:
    with ExitStack() as stack:
        with recording(port) as recorder:
            ours = stack.enter_context(servers.adapter(port))
            two = stack.enter_context(servers.adapter(port, workers=2))
            hand = stack.enter_context(servers.hand(port))
            node = stack.enter_context(servers.node(port, packages))
            asked = {SMALL: [ours, hand, node], LARGE: [ours, hand, node, two], WRITE: [ours, hand]}
            wrong = differences(asked, recorder)
            floor = stack.enter_context(servers.floor(exchanges(ours, asked, recorder)))
        erp = stack.enter_context(answering(port))
        pairs = [Pair(call, server) for call, those in asked.items() for server in those]
        measured = interleaved([Pair(SMALL, floor), *pairs], erp, port, ROUNDS, SECONDS)
        return measured, wrong + differences(asked)


def results(measured: Measured, wrong: Sequence[str]) -> Mapping[str, Result]:
    """Return the lines of a run. ``wrong`` is what differed between the answers; any of it makes every line short."""
    if silent := measured.silent():
        return dict.fromkeys((*RATIOS, FLOOR_LINE), Result(f"no answer within a round: {', '.join(silent)}", ok=False))
    found = {id: _ratio(measured, ratio) for id, ratio in RATIOS.items()}
    found[FLOOR_LINE] = _floor(measured)
    spoilt = "; ".join([*wrong, *measured.failures(), *_limits(measured)])
    return {id: Result(f"{each.value}; BUT {spoilt}", ok=False) if spoilt else each for id, each in found.items()}


def _ratio(measured: Measured, ratio: Ratio) -> Result:
    call, above, below = ratio.call, ratio.above, ratio.below
    found = measured.rate(call, above) / measured.rate(call, below)
    busy = measured.busy(call, above)
    text = (
        f"{found:.2f} ({measured.rate(call, above):,.1f}/s against {measured.rate(call, below):,.1f}/s; CPU ms "
        f"{measured.cpu(call, above):.2f} against {measured.cpu(call, below):.2f}; load and ERP: {busy:.2f} of a core, "
        f"alone {measured.alone[call]:,.0f}/s)"
    )
    return Result(text, found >= ratio.goal)


def _floor(measured: Measured) -> Result:
    ours, floor = measured.cpu(SMALL.name, OURS), measured.cpu(SMALL.name, FLOOR)
    return Result(f"{ours / floor:.2f} ({ours:.3f} ms against {floor:.3f} ms)", ours / floor <= MOST_OVER_FLOOR)


def _limits(measured: Measured) -> list[str]:
    found = []
    for call, servers_rounds in measured.rounds.items():
        fastest = max(measured.rate(call, server) for server in servers_rounds)
        if measured.alone[call] < ALONE * fastest:
            found.append(f"load and ERP alone do {measured.alone[call]:,.0f}/s of {call}, a server {fastest:,.0f}/s")
    return found
