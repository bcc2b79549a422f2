"""Constraining facets (XML Schema part 2, section 4.3) as checks on text."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from elementpath.regex import RegexError, translate_pattern

from adapter.wsdl import lexical
from adapter.wsdl.types import Facets

Check = Callable[[str], None]
Holds = Callable[[Any, Any], bool]
NUMBERS = frozenset((*lexical.INTEGERS, "decimal", "float", "double"))
_ORDERED = frozenset(("date", "dateTime", "time", "gYear", "gYearMonth"))
_PLAIN_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}(T[0-9:.]+)?|[0-9]{2}:[0-9:.]+")
_CLASSES = frozenset((r"\s", r"\S", r"\d", r"\D", r"\w", r"\W"))


def checks(builtin: str, facets: Facets) -> tuple[Check, ...]:
    """Return the checks that the facets ask of text which already has the built-in type's lexical form."""
    found: list[Check] = []
    # Lengths come first: they bound what the patterns have to look at.
    if (facets.length, facets.min_length, facets.max_length) != (None, None, None):
        found.append(_length(builtin, facets))
    if facets.enumeration:
        found.append(_one_of(facets.enumeration, builtin, facets.white_space))
    found.extend(_pattern(pattern) for pattern in facets.patterns)
    if facets.total_digits is not None or facets.fraction_digits is not None:
        found.append(_digits(facets.total_digits, facets.fraction_digits))
    found.extend(_ranges(builtin, facets))
    return tuple(found)


def bad_pattern(pattern: str) -> str:
    """Return why an XSD regular expression cannot be used, or an empty string."""
    try:
        compiled(pattern)
    except (RegexError, re.error) as error:
        return str(error)
    return ""


def _one_of(values: tuple[str, ...], builtin: str, white_space: str | None) -> Check:
    allowed = frozenset(lexical.collapsed(builtin, value, white_space) for value in values)
    shown = ", ".join(values[:12]) + (", …" if len(values) > 12 else "")

    def check(text: str) -> None:
        if text not in allowed:
            raise ValueError(f"must be one of {shown}")

    return check


def _pattern(pattern: str) -> Check:
    expression = compiled(pattern)

    def check(text: str) -> None:
        if not expression.search(text):
            raise ValueError(f"must have the form {pattern}")

    return check


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    r"""Compile an XSD regular expression. elementpath gives ``\s`` and its like XSD's meaning only inside a class."""
    parts, depth = [], 0
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        depth += (part == "[") - (part == "]")
        parts.append(f"[{part}]" if depth == 0 and part in _CLASSES else part)
    plain = translate_pattern("".join(parts), back_references=False, lazy_quantifiers=False, anchors=False)
    return re.compile(plain)


def _length(builtin: str, facets: Facets) -> Check:
    low = facets.length if facets.length is not None else facets.min_length
    high = facets.length if facets.length is not None else facets.max_length
    unit = "byte" if builtin in ("hexBinary", "base64Binary") else "character"

    def check(text: str) -> None:
        size = len(text)
        if builtin == "hexBinary":
            size //= 2
        elif builtin == "base64Binary":
            plain = "".join(text.split())
            size = len(plain) // 4 * 3 - plain.count("=")
        if low is not None and size < low:
            raise ValueError(f"must have at least {low} {unit}{'s' if low > 1 else ''}")
        if high is not None and size > high:
            raise ValueError(f"must have at most {high} {unit}{'s' if high != 1 else ''}")

    return check


def _digits(total: int | None, fraction: int | None) -> Check:
    def check(text: str) -> None:
        whole, _, part = text.lstrip("+-").partition(".")
        part = part.rstrip("0")
        if fraction is not None and len(part) > fraction:
            raise ValueError(f"must have at most {fraction} decimals")
        if total is not None and len(whole.lstrip("0")) + len(part) > total:
            raise ValueError(f"must have at most {total} digits")

    return check


def _ranges(builtin: str, facets: Facets) -> list[Check]:
    """Ranges of numbers, and of dates as far as they have an order of their own (3.2.7.4)."""
    make = _range if builtin in NUMBERS else _date_range if builtin in _ORDERED else None
    if make is None:
        return []
    bounds: tuple[tuple[str | None, Holds, str], ...] = (
        (facets.min_inclusive, operator.ge, "at least"),
        (facets.max_inclusive, operator.le, "at most"),
        (facets.min_exclusive, operator.gt, "greater than"),
        (facets.max_exclusive, operator.lt, "less than"),
    )
    return [make(bound, holds, words) for bound, holds, words in bounds if bound is not None]


def _date_range(bound: str, holds: Holds, words: str) -> Check:
    """Compare texts, which order dates without a zone. Those with one are left to the other side."""

    def check(text: str) -> None:
        if _PLAIN_DATE.fullmatch(text) and _PLAIN_DATE.fullmatch(bound) and not holds(text, bound):
            raise ValueError(f"must be {words} {bound}")

    return check


def _range(bound: str, holds: Holds, words: str) -> Check:
    limit = Decimal(bound)

    def check(text: str) -> None:
        try:
            within = holds(Decimal(text.replace("INF", "Infinity")), limit)
        except InvalidOperation:
            within = False
        if not within:
            raise ValueError(f"must be {words} {bound}")

    return check
