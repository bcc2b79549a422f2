"""The limits of a decimal that JSON carries as a string, in one pattern: JSON Schema compares numbers, not texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from adapter.wsdl.types import Facets

# With more decimals than these the alternatives that totalDigits needs would be longer than anybody reads.
_MOST_DECIMALS = 6


def decimal_pattern(*limits: Facets) -> str:
    """Return the ECMAScript pattern of an xsd:decimal within all ``limits``.

    Says totalDigits, fractionDigits, a minimum of 0 or above as "no minus", and a whole maximum where that holds. It
    takes more than is allowed where a limit is of another kind, and never less, but for the minus of ``-0``.
    """
    total = _least(each.total_digits for each in limits)
    decimals = _least(each.fraction_digits for each in limits)
    lows = [bound for each in limits for bound in (each.min_inclusive, each.min_exclusive) if bound is not None]
    highs = [Decimal(each.max_inclusive) for each in limits if each.max_inclusive is not None]
    unsigned = any(Decimal(low) >= 0 for low in lows)
    high = min(highs, default=None)
    sign = "[+]?" if unsigned else "[+-]?"
    if unsigned and high is not None and high >= 1 and high == high.to_integral_value():
        return f"^{sign}0*({'|'.join(_up_to(format(high, '.0f'), decimals))})$"
    if total is not None and (total if decimals is None else decimals) <= _MOST_DECIMALS:
        return f"^{sign}0*({'|'.join(_of_digits(total, total if decimals is None else decimals))})$"
    return f"^{sign}([0-9]+({_fraction(decimals, 0)})?|{_fraction(decimals, 1)})$"


def _least(values: Iterable[int | None]) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _fraction(most: int | None, least: int) -> str:
    """Return the pattern of a point and what follows it; zeros at the end do not count as decimals."""
    if most is None:
        return r"\.[0-9]" + "*+"[least]
    if most == 0:
        return r"\.0" + "*+"[least]
    return rf"\.[0-9]{{{least},{most}}}0*"


def _of_digits(total: int, decimals: int) -> Iterator[str]:
    yield rf"[0-9]{{1,{total}}}(\.0*)?"
    yield r"\.0+"
    for count in range(1, min(decimals, total) + 1):
        yield rf"[0-9]{{0,{total - count}}}\.[0-9]{{{count}}}0*"


def _up_to(high: str, decimals: int | None) -> Iterator[str]:
    """Yield what is below the whole number ``high``, the longest whole parts last, and then itself."""
    rest = f"({_fraction(decimals, 0)})?"
    yield _fraction(decimals, 1)
    if len(high) > 1:
        yield f"[0-9]{{1,{len(high) - 1}}}{rest}"
    for place, digit in enumerate(high):
        first = 1 if place == 0 and len(high) > 1 else 0
        if int(digit) > first:
            after = len(high) - place - 1
            yield f"{high[:place]}[{first}-{int(digit) - 1}]" + (f"[0-9]{{{after}}}" if after else "") + rest
    yield rf"{high}(\.0*)?"
