"""Rounds of load, interleaved over servers and kinds of call, and what each one cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.bench import load
from tests.bench.messages import CALLS, Call
from tests.bench.servers import Server, endpoint
from tests.processes import tree_cpu_seconds


@dataclass(frozen=True, slots=True)
class Pair:
    """What one round asks, and whom."""

    call: Call
    server: Server


@dataclass(frozen=True, slots=True)
class Taken:
    """One round: answers a second, ms of the server's CPU for each, failures, cores that load and ERP kept busy."""

    rate: float
    cpu: float
    errors: Mapping[str, int]
    load: float
    erp: float


@dataclass
class Measured:
    """All rounds by name of the call and of the server; ``alone``: what load and ERP reach without a server."""

    alone: dict[str, float] = field(default_factory=dict)
    rounds: dict[str, dict[str, list[Taken]]] = field(default_factory=dict)

    def rate(self, call: str, server: str) -> float:
        """Return the median of answers a second."""
        return median(each.rate for each in self.rounds[call][server])

    def cpu(self, call: str, server: str) -> float:
        """Return the median ms of CPU for each answer."""
        return median(each.cpu for each in self.rounds[call][server])

    def busy(self, call: str, server: str) -> float:
        """Return the median of the cores that load generator and ERP together kept busy."""
        return median(each.load + each.erp for each in self.rounds[call][server])

    def silent(self) -> list[str]:
        """Return the servers that answered nothing in half of their rounds of a call."""
        return [
            f"{server} {call}"
            for call, servers in self.rounds.items()
            for server in servers
            if not self.rate(call, server)
        ]

    def failures(self) -> list[str]:
        """Return what failed, where."""
        return [
            f"{server} {call}: {kind} errors {count}"
            for call, servers in self.rounds.items()
            for server, rounds in servers.items()
            for each in rounds
            for kind, count in each.errors.items()
        ]


def interleaved(pairs: Sequence[Pair], erp: int, port: int, rounds: int, seconds: int) -> Measured:
    """Take a round of each pair that is not kept, so that all are warm, then the rounds, each in the other direction.

    ``erp`` is the process of the ERP at ``port``.
    """
    measured = Measured()
    for call in CALLS:
        sent = call.body or b"<Envelope/>"
        alone = load.run(endpoint(port), 1, "POST", sent, {"SOAPAction": f'"#{call.soap}"'})
        measured.alone[call.name] = alone.rate
    for number in range(-1, rounds):
        for pair in pairs if number % 2 else reversed(pairs):
            taken = _taken(pair, erp, seconds if number >= 0 else 1)
            if number >= 0:
                measured.rounds.setdefault(pair.call.name, {}).setdefault(pair.server.name, []).append(taken)
    return measured


def _taken(pair: Pair, erp: int, seconds: int) -> Taken:
    call, server = pair.call, pair.server
    headers = {"Content-Type": "application/json"} if call.body else {}
    before, erp_before = tree_cpu_seconds(server.pid), tree_cpu_seconds(erp)
    done = load.run(server.url + call.path, seconds, call.method, call.body, headers)
    spent, erp_spent = tree_cpu_seconds(server.pid) - before, tree_cpu_seconds(erp) - erp_before
    ms = spent * 1000 / max(done.requests, 1)
    return Taken(done.rate, ms, done.errors, done.cpu / done.seconds, erp_spent / done.seconds)
