"""Numbers as text within the bounds and digits of a simple type (XML Schema part 2, sections 4.3.7 to 4.3.12)."""

from __future__ import annotations

import random
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from adapter.wsdl import lexical
from adapter.wsdl.types import Facets

# What is common where a type says nothing: small numbers, amounts with two decimals.
_COMMON_HIGH = 9999
_DECIMALS = 2
_FLOATS = (Decimal("0.5"), Decimal("1.25"), Decimal("12.75"), Decimal("100.5"), Decimal("-3.5"), Decimal(0))


def integer(builtin: str, facets: Facets, source: random.Random) -> str:
    """Return an integer of a built-in type that fits the facets, as far as any does."""
    low, high = lexical.INTEGERS[builtin]
    return str(int(_within(facets, source, _decimal(low), _decimal(high), Decimal(1))))


def decimal(facets: Facets, source: random.Random) -> str:
    """Return a decimal number that fits the facets, with few decimals."""
    most = _DECIMALS if facets.fraction_digits is None else min(facets.fraction_digits, _DECIMALS)
    if facets.total_digits is not None:
        most = min(most, max(0, facets.total_digits - 1))
    for bound in (facets.min_inclusive, facets.max_inclusive, facets.min_exclusive, facets.max_exclusive):
        exponent = Decimal(bound).as_tuple().exponent if bound else 0
        if isinstance(exponent, int) and -exponent > most and facets.fraction_digits is None:
            most = -exponent
    step = Decimal(1).scaleb(-source.randint(0, most)) if _is_open(facets) else Decimal(1).scaleb(-most)
    return f"{_within(facets, source, None, None, step):f}"


def double(facets: Facets, source: random.Random) -> str:
    """Return a float or double that fits the facets."""
    if _is_open(facets):
        return f"{source.choice(_FLOATS):f}"
    return f"{_within(facets, source, None, None, Decimal('0.125')):f}"


def _is_open(facets: Facets) -> bool:
    bounds = (facets.min_inclusive, facets.max_inclusive, facets.min_exclusive, facets.max_exclusive)
    return all(bound is None for bound in bounds)


def _within(facets: Facets, source: random.Random, low: Decimal | None, high: Decimal | None, step: Decimal) -> Decimal:
    """Return a multiple of ``step`` between the bounds: near zero, else near the bound that is nearest to zero."""
    lows = [low, _bound(facets.min_inclusive), _bound(facets.min_exclusive, step)]
    highs = [high, _bound(facets.max_inclusive), _bound(facets.max_exclusive, -step)]
    if facets.total_digits is not None:
        largest = Decimal(10) ** min(facets.total_digits, 20) * min(step, Decimal(1)) - step
        lows.append(-largest)
        highs.append(largest)
    least = max((each for each in lows if each is not None), default=Decimal("-Infinity"))
    most = min((each for each in highs if each is not None), default=Decimal("Infinity"))
    if most < 0:
        first, last = max(least, most - _COMMON_HIGH), most
    else:
        first = max(least, Decimal(0))
        last = min(most, first + _COMMON_HIGH)
    begin = (first / step).to_integral_value(ROUND_CEILING)
    end = (last / step).to_integral_value(ROUND_FLOOR)
    return step * source.randint(int(begin), max(int(begin), int(end)))


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def _bound(text: str | None, beyond: Decimal = Decimal(0)) -> Decimal | None:
    """Return a bound as a number, moved by ``beyond`` where it is exclusive; None for INF and its like."""
    if text is None or not any(char.isdigit() for char in text):
        return None
    return Decimal(text) + beyond
