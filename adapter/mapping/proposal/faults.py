"""Declared faults as lines of a fault table: a status is guessed from the name."""

from __future__ import annotations

from collections.abc import Iterable

from adapter.mapping.proposal.draft import Section
from adapter.mapping.proposal.spelling import kebab, split
from adapter.problems import HOUSE
from adapter.wsdl.types import Operation

_STATUSES: tuple[tuple[int, frozenset[str]], ...] = (
    (404, frozenset("found missing unknown nonexistent".split())),
    (409, frozenset("conflict exists exist duplicate already locked use busy concurrent stale".split())),
    (403, frozenset("permission denied forbidden privilege authorization unauthorized access security".split())),
    (429, frozenset("limit quota throttling exceeded many".split())),
    (422, frozenset("invalid validation argument parameter illegal malformed bad value input parse".split())),
    (501, frozenset("supported unsupported implemented implementation".split())),
)
_ENDS = frozenset("fault exception error detail".split())
OTHERWISE = 502


def fault_lines(operations: Iterable[Operation]) -> list[Section]:
    """Return a line for each fault that the operations declare, in their order, once each."""
    found: dict[str, Section] = {}
    for operation in operations:
        for fault in operation.faults:
            if fault.element is not None and fault.element.name not in found:
                found[fault.element.name] = _line(fault.element.name)
    return list(found.values())


def _line(name: str) -> Section:
    words = split(name)
    status = next((status for status, known in _STATUSES if known.intersection(words)), OTHERWISE)
    left = words
    while len(left) > 1 and left[-1] in _ENDS:
        left = left[:-1]
    slug = kebab(left)
    if slug in HOUSE or slug.isdigit() or left[-1] in _ENDS:
        slug = kebab(("erp", *words))
    return {"detail": name, "status": status, "problem": slug}
