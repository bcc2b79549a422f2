"""When two values that are no arrays and no objects are the same."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from adapter.rollout.nodes import Node

_KINDS: Final[dict[type, str]] = {
    str: "text",
    bool: "truth",
    int: "number",
    Decimal: "number",
    float: "number",
    dict: "object",
    list: "array",
    type(None): "null",
}
_DAY: Final = date(2000, 1, 1)


def kind(value: Any) -> str:
    """Return which type of JSON a value is."""
    return _KINDS[type(value)]


def alike(node: Node, legacy: Any, candidate: Any) -> bool:
    """Return whether two values of one type that are not equal are the same by what is said about them."""
    if node.codes is not None and isinstance(candidate, str):
        candidate = node.codes.get(candidate, candidate)
        if legacy == candidate:
            return True
    if node.numbers is not None and _near(node.numbers, legacy, candidate):
        return True
    return node.times is not None and _at_once(node.times, legacy, candidate)


def _near(most: Decimal, legacy: Any, candidate: Any) -> bool:
    one, other = _number(legacy), _number(candidate)
    return one is not None and other is not None and abs(one - other) <= most


def _number(value: Any) -> Decimal | None:
    """Return the number that a value is, or that a text says; None for none that can be compared."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    # one of a million digits would be written out to be subtracted
    return found if found.is_finite() and abs(found.adjusted()) < 100 and len(found.as_tuple().digits) < 100 else None


def _at_once(most: float, legacy: Any, candidate: Any) -> bool:
    one, other = _moment(legacy), _moment(candidate)
    if one is None or other is None or (one.tzinfo is None) != (other.tzinfo is None):
        return False
    return abs((one - other).total_seconds()) <= most


def _moment(value: Any) -> datetime | None:
    """Return the moment that a text says (ISO 8601: a date, a time of day, or both); None for none."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    try:
        return datetime.combine(_DAY, time.fromisoformat(value))
    except ValueError:
        return None
