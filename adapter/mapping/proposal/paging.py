"""Paging, where request and reply show it: number and place of rows, a page's number, or a token that comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from adapter.mapping.paths import children
from adapter.mapping.proposal.draft import Section
from adapter.mapping.proposal.replies import Answer, answer, root_of
from adapter.mapping.proposal.request import Value, is_whole
from adapter.mapping.proposal.resources import Placed
from adapter.mapping.proposal.spelling import split
from adapter.mapping.proposal.words import LIMITS, OFFSETS, PAGES, TOKENS, TOTALS
from adapter.wsdl import lexical
from adapter.wsdl.types import Contract, Record, Scalar

DEFAULT, MOST = 50, 200


@dataclass(frozen=True, slots=True)
class Paging:
    """``key`` is ``page`` or ``cursor``, with its section; ``takes`` are the values of the request that it fills."""

    key: str = ""
    section: Section = field(default_factory=dict)
    takes: tuple[Value, ...] = ()
    why: str = ""


def paging(contract: Contract, placed: Placed) -> Paging:
    """Return the paging of a list, an empty one where nothing shows it."""
    if placed.way.name != "list":
        return Paging()
    said = {key: _first(placed, names) for key, names in _NAMES.items()}
    limit, offset, page, token = said["limit"], said["offset"], said["page"], said["token"]
    replies = dict(_singles(contract, placed))
    total = next((path for path, (words, whole) in replies.items() if words in TOTALS and whole), "")
    if limit is None or not is_whole(limit):
        return Paging()
    size = _size(contract, limit)
    if size is None:
        return Paging()
    totals: Section = {"total": total} if total else {}
    if offset is not None and is_whole(offset) and _lists(contract, placed, [total]):
        why = f"{limit.path} and {offset.path} say how many and from where"
        known: Section = {key: size[key] for key in ("default", "max") if key in size}
        return Paging("page", {"limit": limit.path, "offset": offset.path, **totals, **known}, (limit, offset), why)
    back = next((path for path, (words, whole) in replies.items() if words in TOKENS), "")
    if token is not None and back and not token.required and _lists(contract, placed, [total, back]):
        section = {"limit": limit.path, **size, **totals, "next": {token.path: back}, "end": "no_next"}
        return Paging("cursor", section, (limit, token), f"{token.path} takes what {back} said")
    return _by_number(contract, placed, limit, page, {"limit": limit.path, **size, **totals}, total)


def _by_number(
    contract: Contract, placed: Placed, limit: Value, page: Value | None, section: Section, total: str
) -> Paging:
    """Return paging by the number of a page, where the reply says which one it is and how many there are."""
    replies = dict(_singles(contract, placed))
    here = next((path for path, (words, whole) in replies.items() if words in PAGES and whole), "")
    last = next((path for path, (words, whole) in replies.items() if words in _LAST and whole), "")
    if page is None or page.required or not is_whole(page) or not here or not last:
        return Paging()
    if not _lists(contract, placed, [total, here, last]):
        return Paging()
    following = {page.path: {"from": here, "add": 1}}
    section = {**section, "next": following, "end": {"where": here, "reaches": last}}
    return Paging("cursor", section, (limit, page), f"{here} counts to {last}")


_NAMES = {"limit": LIMITS, "offset": OFFSETS, "page": PAGES, "token": TOKENS}
_LAST = frozenset(("total pages", "page count", "number of pages", "last page"))


def _first(placed: Placed, names: frozenset[str]) -> Value | None:
    return next((value for value in placed.asks.values if " ".join(value.words) in names), None)


def _singles(contract: Contract, placed: Placed) -> Iterator[tuple[str, tuple[str, bool]]]:
    """Yield the single values of a reply outside of its rows: path, and the words of its name and whether it counts."""
    root = root_of(placed)
    waiting = [(root.type, "")] if root is not None else []
    for _ in range(4):
        if not waiting:
            return
        key, before = waiting.pop()
        record = contract.types.get(key)
        for child in children(record) if isinstance(record, Record) else ():
            kind = contract.types.get(child.type)
            path = f"{before}{child.element.name}"
            if child.repeats:
                continue
            if isinstance(kind, Scalar):
                yield path, (" ".join(split(child.element.name)), kind.builtin in lexical.INTEGERS)
            elif isinstance(kind, Record) and not kind.derived and not kind.mixed:
                waiting.append((child.type, f"{path}."))


def _lists(contract: Contract, placed: Placed, taken: list[str]) -> bool:
    found: Answer | None = answer(contract, placed, frozenset(taken))
    return found is not None and found.shape == "each"


def _size(contract: Contract, limit: Value) -> Section | None:
    """Return default, min and max of a page's size, as far as the contract bounds them; None where it lists sizes."""
    kind = contract.types.get(limit.type)
    while isinstance(kind, Record):
        kind = contract.types.get(kind.text)
    if not isinstance(kind, Scalar) or kind.facets.enumeration or kind.facets.patterns or kind.facets.total_digits:
        return None
    low, high = (_number(text) for text in (kind.facets.min_inclusive, kind.facets.max_inclusive))
    found: Section = {}
    if high is not None and high < MOST:
        found |= {"default": min(DEFAULT, high), "max": high}
    if low is not None and low > 1:
        found["min"] = low
    return None if low is not None and low > min(DEFAULT, high or DEFAULT) else found


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.lstrip("-").isdigit() else None
