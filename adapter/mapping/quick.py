"""Quick ways to read the texts that ERPs mostly send; whatever they are not sure of goes to the exact way.

A quick way never takes what the exact one refuses, and gives the same value for what both take: tests hold them
against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from adapter.mapping.convert import Converter
from adapter.wsdl import lexical

Read = Callable[[str], Any]
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# More digits than this are looked at by the exact way, which has a bound.
_LONG = 300
# Most numbers are small: a look into a table costs a fifth of what looking at each digit does.
_SMALL = {str(number): number for number in range(5000)}


def as_it_is(text: str) -> str:
    """Return the text."""
    return text


def quick(builtin: str, white_space: str | None, converters: Sequence[Converter], json: Any, exact: Read) -> Read:
    """Return the quick way for texts of a built-in type; ``exact`` where there is none.

    ``json`` is what makes a JSON value of a checked text. What is returned raises ValueError as ``exact`` does.
    """
    kept = builtin in ("string", "anySimpleType") and white_space in (None, "preserve")
    if converters:
        return _converted(kept, converters, exact)
    if kept:
        return as_it_is
    if builtin in lexical.STRINGS:
        return _collapsing(exact)
    if builtin in lexical.INTEGERS:
        return _integer(builtin, json is int, exact)
    if builtin in ("decimal", "float", "double"):
        return _decimal(builtin == "decimal" and json is str, exact)
    if builtin == "boolean":
        return _known(_BOOLEANS, exact)
    if builtin == "date":
        return _date(exact)
    return _date_time(exact) if builtin == "dateTime" else exact


def _converted(kept: bool, converters: Sequence[Converter], exact: Read) -> Read:
    last = converters[-1]
    if len(converters) == 1 and (last.words or last.result == "boolean"):
        known = {}
        for text in last.texts:
            try:
                known[text] = exact(text)
            except ValueError:
                continue
        return _known(known, exact)
    # A converter that leaves a text a text is all that there is to do.
    only = kept and len(converters) == 1 and last.result in ("", "string")
    return last.read if only else exact


def _known(values: dict[str, Any], exact: Read) -> Read:
    def read(text: str) -> Any:
        try:
            return values[text]
        except KeyError:
            return exact(text)

    return read


def _collapsing(exact: Read) -> Read:
    def read(text: str) -> Any:
        # No white space but single spaces inside: there is nothing to collapse.
        return text if text.isascii() and " ".join(text.split()) == text else exact(text)

    return read


def _integer(builtin: str, number: bool, exact: Read) -> Read:
    low, high = lexical.INTEGERS[builtin]
    least, most = max(low or 0, 0), 10**_LONG if high is None else high
    digits = _LONG if high is None else len(str(high)) - 1
    small = _SMALL.get

    def read(text: str) -> Any:
        value = small(text)
        if value is None and text.isdigit() and len(text) <= digits and text.isascii():
            value = int(text)
        if value is not None and least <= value <= most:
            return value if number else text
        return exact(text)

    return read


def _decimal(plain: bool, exact: Read) -> Read:
    def read(text: str) -> Any:
        # Digits around one point at most are a number whatever their places are.
        digits = text.replace(".", "", 1)
        if digits.isdigit() and digits.isascii() and len(digits) <= _LONG:
            return text if plain else Decimal(text)
        if text[:1] == "-" and (digits := digits[1:]).isdigit() and digits.isascii() and len(digits) <= _LONG:
            return text if plain else Decimal(text)
        return exact(text)

    return read


def _date(exact: Read) -> Read:
    def read(text: str) -> Any:
        if len(text) == 10 and text[4] == "-" == text[7]:
            try:
                date.fromisoformat(text)
            except ValueError:
                return exact(text)
            return text
        return exact(text)

    return read


def _date_time(exact: Read) -> Read:
    def read(text: str) -> Any:
        if _in_place(text):
            try:
                datetime.fromisoformat(text[:19])
            except ValueError:
                return exact(text)
            return text
        return exact(text)

    return read


def _in_place(text: str) -> bool:
    """Whether all marks of a date and time stand in their places, so that only its digits are left to be looked at."""
    if len(text) != 19 and (len(text) != 20 or text[19] != "Z"):
        return False
    return text[4] == "-" == text[7] and text[10] == "T" and text[13] == ":" == text[16]
