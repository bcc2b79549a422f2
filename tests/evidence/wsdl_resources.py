"""wsdl.resources: operations of three real contracts where the proposal has the method, path and filters of a design.

The designs were written by hand, by somebody else, before ``propose`` ran on these contracts (``tests/designs``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from adapter.mapping.proposal.draft import Draft
from adapter.mapping.proposal.whole import first_ports, propose
from adapter.wsdl.load import load
from tests.evidence import Result
from tests.evidence.house import ROOT
from tests.netsuite.contract import ABSENT
from tests.netsuite.contract import CORPUS as WHOLE_CORPUS

CORPUS = WHOLE_CORPUS / "wsdl"
DESIGNS = ROOT / "tests" / "designs"
GOAL = 80


@dataclass(frozen=True, slots=True)
class Shape:
    """A method, a path whose parameters have no names, and the names of the query filters."""

    method: str
    path: str
    filters: frozenset[str]


def measure() -> Result:
    """Propose each contract that has a design, and compare each operation of the design."""
    if not CORPUS.is_dir():
        return Result(ABSENT, ok=False)
    right = total = 0
    told = []
    for file in sorted(DESIGNS.glob("*.yaml")):
        same, every = compare(file)
        right, total = right + same, total + every
        told.append(f"{file.stem} {same} of {every}")
    share = 100 * right / total if total else 0.0
    return Result(f"{share:.1f} % ({right} of {total}): {', '.join(told)}", share >= GOAL and len(told) >= 3)


def compare(file: Path) -> tuple[int, int]:
    """Return how many operations of a design the proposal has alike, and how many there are."""
    contract, designed = design(file)
    found = proposed(contract)
    return sum(found.get(call) == shape for call, shape in designed.items()), len(designed)


def design(file: Path) -> tuple[str, dict[str, Shape]]:
    """Return the contract of a design, and the shape of each operation."""
    data = yaml.safe_load(file.read_text("utf-8"))
    return data["contract"].removeprefix("wsdl/"), {call: _designed(line) for call, line in data["operations"].items()}


def proposed(file: str) -> dict[str, Shape]:
    """Return the shape of each operation that is proposed for a contract of the corpus."""
    contract = load(CORPUS, file)
    drafts = propose(contract, first_ports(contract)).files
    return {call: shape for draft in drafts.values() for call, shape in _shapes(draft)}


def _designed(line: str) -> Shape:
    method, _, rest = line.partition(" ")
    path, _, filters = rest.partition("?")
    return Shape(method, _path(path), frozenset(filter(None, filters.split("&"))))


def _shapes(draft: Draft) -> Iterator[tuple[str, Shape]]:
    for operation in draft.section.get("operations", {}).values():
        method, _, below = operation["request"].partition(" ")
        # A body that is one value of the message is a parameter, and no filter.
        query: Mapping[str, object] = operation.get("query", {}) if method in ("GET", "DELETE") else {}
        yield operation["call"], Shape(method, _path(draft.section["path"] + below), frozenset(query))


def _path(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")
