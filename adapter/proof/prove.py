"""``adapter check --prove``: every operation of a project on its round trip."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from adapter.mapping.agreement.whole import Surroundings
from adapter.mapping.bound import Endpoint
from adapter.proof.examples import examples
from adapter.proof.found import BAD, Finding, distinct
from adapter.proof.from_xml import FromXml
from adapter.proof.judge import Judge, judge_of
from adapter.proof.mapped import Mapped
from adapter.proof.mirror import Side, reply_side, request_side
from adapter.proof.plans import Texts
from adapter.proof.sides import Trip
from adapter.wsdl.documents import Documents
from adapter.wsdl.ground import Ground
from adapter.wsdl.types import Contract
from adapter.wsdl.values import NoValue, value


@dataclass(frozen=True, slots=True)
class Proof:
    """What one operation's proof says. ``written`` counts the examples that were written and read back."""

    operation: str
    judge: str
    written: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was lossy, invalid or unreachable."""
        return not any(each.kind in BAD for each in self.findings)


def prove(
    endpoints: Iterable[Endpoint], documents: Mapping[str, Documents], around: Surroundings, count: int
) -> Iterator[Proof]:
    """Yield the proof of each operation, with ``count`` random examples for each of its messages."""
    judges: dict[str, Judge] = {}
    for endpoint in endpoints:
        file = endpoint.resource.soap.wsdl
        if file not in judges:
            judges[file] = judge_of(documents[file], endpoint.contract)
        yield operation(endpoint, judges[file], around, count)


def operation(endpoint: Endpoint, judge: Judge, around: Surroundings, count: int) -> Proof:
    """Return the proof of one operation, all of its SOAP calls."""
    written, ground = 0, Ground.of(endpoint.contract)
    findings: list[Finding] = []
    for each in endpoint.whole():
        for side in _sides(each, around):
            trip = Trip(side, judge, texts_of(endpoint.contract), ground)
            tried, other = trip.run(count), FromXml(trip, ground)
            examples(count, other.one)
            written += tried.written
            findings += [*tried.findings, *trip.unreached()]
            if side.read.reply.type:
                findings += Mapped(side.read).unmapped(side.read.reply.type)
    return Proof(endpoint.name, judge.of(endpoint.operation), written, tuple(distinct(findings)))


def _sides(endpoint: Endpoint, around: Surroundings) -> list[Side]:
    return [each for each in (request_side(endpoint, around), reply_side(endpoint, around)) if each is not None]


def texts_of(contract: Contract) -> Texts:
    """Return what makes texts of a contract's simple types; "" for one that has none."""

    def text(key: str, source: random.Random) -> str:
        try:
            return value(contract.types, key, source)
        except (NoValue, KeyError):
            return ""

    return text
