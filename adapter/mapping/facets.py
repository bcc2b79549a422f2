"""Constraining facets (XML Schema part 2, section 4.3) as JSON Schema keywords."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from adapter.wsdl import lexical
from adapter.wsdl.facets import NUMBERS
from adapter.wsdl.types import Facets

_MEASURED = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_FORMATS = {"date": "date", "base64Binary": "byte"}
_SAFE_PATTERN = re.compile(r"[A-Za-z0-9 _,:;/@=<>!\"'#%&~`\-\[\]{}()|*+?.\\^]*")
_UNSAFE_ESCAPES = re.compile(r"\\[icICpPdwDWsS]|-\[|&&|\[\^?\[|\^|\$")


def describe(builtin: str, facets: Facets, narrowed: Facets | None = None) -> dict[str, Any]:
    """Return the JSON Schema keywords that say the same. A pattern that ECMAScript would read otherwise is left out."""
    schema: dict[str, Any] = {}
    if builtin in _FORMATS:
        schema["format"] = _FORMATS[builtin]
    for each in (facets, narrowed or Facets()):
        if each.enumeration:
            schema["enum"] = [_enumerated(builtin, text) for text in each.enumeration]
        if builtin in lexical.STRINGS:
            _describe_length(schema, each)
        for pattern in each.patterns:
            if _SAFE_PATTERN.fullmatch(pattern) and not _UNSAFE_ESCAPES.search(pattern):
                schema["pattern"] = f"^({pattern})$"
        _describe_range(schema, builtin, each)
    return schema


def safe_bounds(builtin: str, facets: Facets, narrowed: Facets | None) -> bool:
    """Whether every value of an integer type fits into 2^53 - 1, so that every JSON reader keeps it whole."""
    low, high = lexical.INTEGERS[builtin]
    for each in (facets, narrowed or Facets()):
        if each.total_digits is not None and each.total_digits <= 15:
            return True
        lows = [low, _int(each.min_inclusive), _int(each.min_exclusive)]
        highs = [high, _int(each.max_inclusive), _int(each.max_exclusive)]
        low = max((bound for bound in lows if bound is not None), default=None)
        high = min((bound for bound in highs if bound is not None), default=None)
    return low is not None and high is not None and -lexical.SAFE_INTEGER <= low and high <= lexical.SAFE_INTEGER


def _describe_length(schema: dict[str, Any], facets: Facets) -> None:
    low = facets.length if facets.length is not None else facets.min_length
    high = facets.length if facets.length is not None else facets.max_length
    if low is not None:
        schema["minLength"] = max(low, schema.get("minLength", 0))
    if high is not None:
        schema["maxLength"] = min(high, schema.get("maxLength", high))


def _describe_range(schema: dict[str, Any], builtin: str, facets: Facets) -> None:
    if builtin in lexical.INTEGERS:
        low, high = lexical.INTEGERS[builtin]
        schema.setdefault("minimum", low)
        schema.setdefault("maximum", high)
    for keyword, bound in (
        ("minimum", facets.min_inclusive),
        ("maximum", facets.max_inclusive),
        ("exclusiveMinimum", facets.min_exclusive),
        ("exclusiveMaximum", facets.max_exclusive),
    ):
        if bound is not None and _MEASURED.fullmatch(bound) and builtin in NUMBERS:
            number = int(bound) if builtin in lexical.INTEGERS and "." not in bound else Decimal(bound)
            closer = max if "inimum" in keyword else min
            schema[keyword] = number if schema.get(keyword) is None else closer(schema[keyword], number)
    for keyword in ("minimum", "maximum"):
        if keyword in schema and schema[keyword] is None:
            del schema[keyword]


def _enumerated(builtin: str, text: str) -> int | Decimal | str:
    if builtin in lexical.INTEGERS and _int(text) is not None:
        return int(text)
    return Decimal(text) if builtin == "decimal" else text


def _int(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[+-]?[0-9]+", text) else None
