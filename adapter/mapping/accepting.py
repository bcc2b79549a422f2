"""What a codec writes at once: for common types a test that is enough, in front of ``write``, which decides the rest.

No test here says no. Each takes only what ``write`` takes too, and gives the same text; whatever it is not sure of goes
to ``write``. It is for values whose strings are known to be what XML can carry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from adapter.mapping.convert import Converter, Sure
from adapter.wsdl import lexical
from adapter.wsdl.facets import compiled
from adapter.wsdl.types import Facets

Accept = Callable[[Any], Any]
# Texts are that long in no ERP, but any length will do.
_LONGEST = 10**9
# Whole digits and decimals of a number that a contract does not bound.
_DIGITS, _DECIMALS = 18, 6
_TEXTS = frozenset(("string", "normalizedString", "token", "anySimpleType"))


def accepting(
    builtin: str,
    facets: Facets,
    converters: Sequence[Converter],
    narrowed: Facets,
    write: Accept,
) -> Accept:
    """Return what writes a value as ``write`` does. The other arguments are those of ``codec``."""
    if not converters:
        return _plain(builtin, (facets, narrowed), write)
    if not all(each.fixed for each in converters):
        return write
    last = converters[-1]
    logical = next((each.result for each in reversed(converters) if each.result), builtin)
    if logical == "boolean":
        return _boolean(write)
    if last.words:
        return _one_of(last.words, write)
    kept = all(each.keeps for each in converters[:-1])
    if last.sure is not None and kept and builtin in _TEXTS and narrowed == Facets():
        return _converted(last.sure, converters[:-1], facets, write)
    return write


def _converted(sure: Sure, others: Sequence[Converter], facets: Facets, write: Accept) -> Accept:
    """Return what accepts texts that a converter makes: one of them shows what the contract says to all."""
    free = replace(facets, length=None, min_length=None, max_length=None, white_space=None) == Facets()
    if not free or _given(write, sure.example) is None:
        return write
    match, make = sure.pattern.fullmatch, sure.make
    checks = [each.write for each in reversed(others)]

    def accept(value: Any) -> Any:
        if type(value) is not str or not match(value):
            return write(value)
        text = make(value)
        for check in checks:
            check(text)
        return text

    return accept


def _plain(builtin: str, limits: Sequence[Facets], write: Accept) -> Accept:
    """Return what accepts values of a type whose texts are those of XML."""
    if builtin in _TEXTS:
        return _text(builtin, limits, write)
    if any(each.enumeration or each.patterns for each in limits):
        return write
    if builtin == "boolean":
        return _boolean(write)
    if builtin in lexical.ORDINARY:
        free = all(each == Facets(white_space=each.white_space) for each in limits)
        return _matching(lexical.ORDINARY[builtin], write) if free else write
    if builtin in lexical.INTEGERS or builtin == "decimal":
        return _number(builtin, limits, write)
    return write


def _boolean(write: Accept) -> Accept:
    yes, no = _given(write, True), _given(write, False)
    if yes is None or no is None:
        return write

    def accept(value: Any) -> Any:
        return yes if value is True else no if value is False else write(value)

    return accept


def _one_of(words: Sequence[str], write: Accept) -> Accept:
    known = {word: text for word in words if (text := _given(write, word)) is not None}

    def accept(value: Any) -> Any:
        return known[value] if type(value) is str and value in known else write(value)

    return accept


def _given(write: Accept, value: Any) -> Any:
    """Return what is written for a value, None where that is refused."""
    try:
        return write(value)
    except ValueError:
        return None


def _text(builtin: str, limits: Sequence[Facets], write: Accept) -> Accept:
    if any(each.total_digits is not None or each.fraction_digits is not None for each in limits):
        return write
    if words := next((each.enumeration for each in limits if each.enumeration), ()):
        return _one_of(words, write)
    low = max((bound for each in limits for bound in (each.length, each.min_length) if bound is not None), default=0)
    highs = [bound for each in limits for bound in (each.length, each.max_length) if bound is not None]
    high = min(highs, default=_LONGEST)
    tests: list[Callable[[str], Any]] = [compiled(pattern).search for each in limits for pattern in each.patterns]
    if (spaced := _spaced(builtin, limits[0].white_space)) is not None:
        tests.append(spaced)
    if not tests:

        def accept(value: Any) -> Any:
            return value if type(value) is str and low <= len(value) <= high else write(value)

        return accept
    first, others = tests[0], tests[1:]

    def accept_form(value: Any) -> Any:
        return value if type(value) is str and low <= len(value) <= high and first(value) else write(value)

    def accept_forms(value: Any) -> Any:
        plain = type(value) is str and low <= len(value) <= high and all(test(value) for test in tests)
        return value if plain else write(value)

    return accept_forms if others else accept_form


def _spaced(builtin: str, white_space: str | None) -> Callable[[str], Any] | None:
    """Return what tells that a schema processor leaves a text's white space as it is; None: it always does."""
    rule = lexical.white_space_rule(builtin, white_space)
    if rule == "preserve":
        return None
    return re.compile(r"[^\t\r\n]*" if rule == "replace" else r"(?:[^ \t\r\n]+(?: [^ \t\r\n]+)*+)?").fullmatch


def _matching(pattern: re.Pattern[str], write: Accept) -> Accept:
    match = pattern.fullmatch

    def accept(value: Any) -> Any:
        return value if type(value) is str and match(value) else write(value)

    return accept


def _number(builtin: str, limits: Sequence[Facets], write: Accept) -> Accept:
    """Return what accepts a whole number, or a decimal: in JSON a number or a text, whatever ``write`` takes."""
    pattern = _number_pattern(builtin, limits)
    if pattern is None:
        return write
    match = re.compile(pattern).fullmatch
    as_text = _given(write, "1") is not None or _given(write, "0") is not None or _given(write, "-1") is not None

    def accept_text(value: Any) -> Any:
        return value if type(value) is str and match(value) else write(value)

    def accept_number(value: Any) -> Any:
        if type(value) is int:
            text = str(value)
        elif type(value) is Decimal and builtin == "decimal":
            text = format(value, "f")
        else:
            return write(value)
        return text if match(text) else write(value)

    return accept_text if as_text else accept_number


def _number_pattern(builtin: str, limits: Sequence[Facets]) -> str | None:
    """Return a pattern of numbers that are all within ``limits``; None where there is no such pattern."""
    low, high = lexical.INTEGERS.get(builtin, (None, None))
    lows = [Decimal(low)] if low is not None else []
    highs = [Decimal(high)] if high is not None else []
    total, decimals = _DIGITS + _DECIMALS, _DECIMALS if builtin == "decimal" else 0
    nothing = False
    for each in limits:
        lows += [Decimal(bound) for bound in (each.min_inclusive, each.min_exclusive) if bound is not None]
        highs += [Decimal(bound) for bound in (each.max_inclusive, each.max_exclusive) if bound is not None]
        nothing = nothing or each.min_exclusive is not None
        total = min(total, each.total_digits if each.total_digits is not None else total)
        decimals = min(decimals, each.fraction_digits if each.fraction_digits is not None else decimals)
    decimals = min(decimals, total - 1)
    whole = min(_DIGITS, total - decimals)
    # What has so many whole digits is smaller than the next power of ten.
    while whole > 0 and any(10**whole > bound for bound in highs):
        whole -= 1
    lowest = max(lows, default=Decimal(-(10**whole)))
    if whole < 1 or lowest > 0:
        return None
    sign = "-?" if lowest <= -(10**whole) else ""
    above = r"(?=[0.]*[1-9])" if nothing and not sign else ""
    return f"{above}{sign}[0-9]{{1,{whole}}}" + (rf"(?:\.[0-9]{{1,{decimals}}})?" if decimals else "")
