"""A change of a contract, and how the change of a facet is judged (XML Schema part 2, section 4.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from adapter.wsdl.types import Facets

Kind = Literal["breaking", "compatible"]

# For each facet that is a bound: whether a larger value accepts more.
_BOUNDS = {
    "min_length": False,
    "min_inclusive": False,
    "min_exclusive": False,
    "max_length": True,
    "max_inclusive": True,
    "max_exclusive": True,
    "total_digits": True,
    "fraction_digits": True,
}


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One difference: whether it breaks somebody, where it stands in the contract, and what it is."""

    kind: Kind
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Use:
    """Where a type is used: in what is asked, in what is answered, or in both."""

    asked: bool
    answered: bool

    def narrower(self, place: str, text: str) -> Change:
        """Return a change after which less is valid than before."""
        return Change("breaking" if self.asked else "compatible", place, text)

    def wider(self, place: str, text: str) -> Change:
        """Return a change after which more is valid than before."""
        return Change("breaking" if self.answered else "compatible", place, text)


def facet_changes(place: str, old: Facets, new: Facets, use: Use) -> Iterator[Change]:
    """Yield what changed in the facets of a simple type."""
    if bool(old.enumeration) != bool(new.enumeration):
        yield (
            use.narrower(place, "is now a fixed list of values")
            if new.enumeration
            else use.wider(place, "is no longer a fixed list of values")
        )
    elif new.enumeration:
        yield from (use.narrower(place, f"value {v!r} is gone") for v in old.enumeration if v not in new.enumeration)
        yield from (use.wider(place, f"value {v!r} is new") for v in new.enumeration if v not in old.enumeration)
    if old.patterns != new.patterns:
        yield Change("breaking", place, f"patterns {list(old.patterns)} became {list(new.patterns)}")
    if old.length != new.length:
        yield Change("breaking", place, f"length {old.length} became {new.length}")
    for name, larger_is_wider in _BOUNDS.items():
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        text = f"{name} {before} became {after}"
        wider = after is None if None in (before, after) else _larger(before, after)
        if wider is None:
            yield Change("breaking", place, text)
        elif None in (before, after):
            yield use.wider(place, text) if wider else use.narrower(place, text)
        else:
            yield use.wider(place, text) if wider == larger_is_wider else use.narrower(place, text)


def _larger(old: str | int, new: str | int) -> bool | None:
    """Return whether a bound grew, None where it is no number (a date, a duration)."""
    try:
        return Decimal(new) > Decimal(old)
    except InvalidOperation:
        return None
