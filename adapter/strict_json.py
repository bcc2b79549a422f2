"""JSON as callers may send it, and as we write it (RFC 8259, I-JSON RFC 7493): exact, bounded, nothing guessed.

``decode`` refuses what parsers disagree about (duplicate names, NaN, byte order marks) and what an XML document cannot
carry, since every accepted string may become the text of an element. Numbers stay exact: ``int`` or ``Decimal``.
What a few searches prove of the whole text is decoded at once; only the rest is looked at one by one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any, NoReturn

import msgspec
import simplejson

from adapter import pieces
from adapter.errors import FieldError, InvalidRequest
from adapter.json_proofs import are_unique, brackets, is_carried, is_shallow, without_escapes

_MOST_FIELDS = 100
_UNKNOWN: Any = object()
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# An unterminated string is one token to the end, so that no input is scanned twice.
_STRING = r'"(?:[^"\\]++|\\.)*+"?'
_NOT_A_BRACKET = re.compile(rf"{_STRING}|[^\[\]{{}}\"]++", re.DOTALL)
_TOKEN = re.compile(
    rf"(?P<string>{_STRING})(?P<name>[ \t\r\n]*+:)?"
    r"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<constant>NaN|-?Infinity)"
    r"|(?P<number>-?[0-9][0-9.]*+(?:[eE][-+]?[0-9]*+)?)",
    re.DOTALL,
)


class _Offence(Exception):
    """JSON that we do not take; what found it does not know where it stands."""


def decode(body: bytes, *, max_depth: int, max_digits: int) -> Any:
    """Decode one JSON text in UTF-8 into dict, list, str, int, Decimal, bool and None.

    Raise InvalidRequest: 400 ``malformed-json`` with line and column for what is no acceptable JSON text (``max_depth``
    counts nested arrays and objects, ``max_digits`` bounds a number's digits and its exponent), 422
    ``invalid-request`` with JSON pointers for strings and names that hold characters XML 1.0 has no place for.
    """
    text = _text(body)
    value = _at_once(body, text, max_depth, max_digits)
    return decode_plain(text, max_depth, max_digits) if value is _UNKNOWN else value


def decode_plain(text: str, max_depth: int, max_digits: int) -> Any:
    """Decode as ``decode`` does, with a look at every object, and say what offends and where. ``text`` is not empty."""
    try:
        _bound_depth(text, max_depth)
        value = _decoder(max_digits).decode(text)
    except json.JSONDecodeError as error:
        raise _malformed(text, error.pos, error.msg) from None
    except _Offence:
        raise _malformed(text, *_first_offence(text, max_depth, max_digits)) from None
    if "\\" in text or not xml_can_carry(text):  # escapes are the only other way to a character XML cannot carry
        fields = tuple(islice(_not_xml(value), _MOST_FIELDS))
        if fields:
            raise InvalidRequest("invalid-request", 422, "The body holds characters XML cannot carry.", fields=fields)
    return value


def encode(value: Any) -> bytes:
    """Encode as compact JSON in UTF-8, members in the order of the value, a Decimal as an exact number.

    Raise ValueError for NaN, infinities and lone surrogates, TypeError for types JSON does not have.
    """
    return _ENCODER.encode(value).encode("utf-8")


def encode_document(value: Any) -> bytes:
    """Encode what a reader made: the same JSON as ``encode`` gives, some fifteen times as fast.

    It is made of dict (names are str), list, tuple, str, int, bool, None and finite Decimals; whether it is made of
    anything else is not looked at. Raise ValueError for lone surrogates.
    """
    return _DOCUMENTS.encode(value)


def text(value: Any) -> str:
    """Encode as ``encode`` does, over lines and with two spaces of indentation, for people to read."""
    return str(_FOR_PEOPLE.encode(value))


def xml_can_carry(text: str) -> bool:
    """Tell whether every character matches the Char production of XML 1.0 (section 2.2)."""
    return _NOT_XML.search(text) is None


def _text(body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        raise _malformed("", 0, "The body begins with a byte order mark")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8")
        raise _malformed(before, len(before), "The body is not UTF-8") from None
    if not text.strip(" \t\r\n"):
        raise _malformed("", 0, "The body is empty")
    return text


def _at_once(body: bytes, text: str, max_depth: int, max_digits: int) -> Any:
    """Decode where it is proved of the whole text that nothing offends; else return ``_UNKNOWN``."""
    plain = without_escapes(body)
    pieces.turn()
    left = brackets(plain)
    pieces.turn()
    if left is None or not is_shallow(left, max_depth) or not is_carried(body, text):
        return _UNKNOWN
    members: list[int] = []

    def counted(found: dict[str, Any]) -> dict[str, Any]:
        members.append(len(found))
        return found

    def paced(found: dict[str, Any]) -> dict[str, Any]:
        pieces.turn()
        return counted(found)

    see = counted if pieces.current() is None else paced
    try:
        value = json.JSONDecoder(object_hook=see, **_numbers(max_digits)).decode(text)
    except (json.JSONDecodeError, RecursionError, _Offence):
        return _UNKNOWN
    return value if are_unique(plain, sum(members)) else _UNKNOWN


def _bound_depth(text: str, max_depth: int) -> None:
    """Refuse what would cost the decoder its stack, before it starts."""
    if text.count("[") + text.count("{") <= max_depth:
        return
    depth = 0
    for bracket in _NOT_A_BRACKET.sub("", text):
        depth += 1 if bracket in "[{" else -1
        if depth > max_depth:
            raise _Offence


@cache
def _numbers(max_digits: int) -> dict[str, Any]:
    """Return how a decoder takes numbers, and refuses NaN and what is too long."""

    def integer(text: str) -> int:
        if len(text) > max_digits and _too_long(text, max_digits):
            raise _Offence
        return int(text)

    def decimal(text: str) -> Decimal:
        if ("e" in text or "E" in text or len(text) > max_digits) and _too_long(text, max_digits):
            raise _Offence
        return Decimal(text)

    def constant(text: str) -> NoReturn:
        raise _Offence

    return {"parse_int": integer, "parse_float": decimal, "parse_constant": constant}


@cache
def _decoder(max_digits: int) -> json.JSONDecoder:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        pieces.turn()
        unique = dict(pairs)
        if len(unique) != len(pairs):
            raise _Offence
        return unique

    return json.JSONDecoder(object_pairs_hook=members, **_numbers(max_digits))


def _too_long(number: str, max_digits: int) -> bool:
    digits, _, exponent = number.lower().lstrip("-").replace(".", "").partition("e")
    exponent = exponent.lstrip("+-").lstrip("0") or "0"
    return len(digits) > max_digits or len(exponent) > len(str(max_digits)) or int(exponent) > max_digits


def _first_offence(text: str, max_depth: int, max_digits: int) -> tuple[int, str]:
    """Find where the first offence stands and what it is. Slow, so only for a text that is known to hold one."""
    names: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        if token["open"]:
            names.append(set())
            if len(names) > max_depth:
                return token.start(), f"Nested deeper than {max_depth} levels"
        elif token["close"] and names:
            names.pop()
        elif token["constant"]:
            return token.start(), "NaN and Infinity are not JSON"
        elif token["number"] and _too_long(token["number"], max_digits):
            return token.start(), f"A number has more than {max_digits} digits"
        elif token["name"] and names:
            try:
                name = json.loads(token["string"])
            except json.JSONDecodeError as error:
                return token.start() + error.pos, error.msg
            if name in names[-1]:
                return token.start(), "A member name stands twice in one object"
            names[-1].add(name)
    raise AssertionError("the decoder saw an offence that the scanner does not see")


def _not_xml(value: Any) -> Iterator[FieldError]:
    """Name every string and member name with such a character; a bad name by its object, since it cannot be shown."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        pointer, item = waiting.pop()
        if isinstance(item, str) and not xml_can_carry(item):
            yield FieldError("body", pointer, "Holds a character that XML cannot carry.")
        elif isinstance(item, dict):
            if not all(map(xml_can_carry, item)):
                yield FieldError("body", pointer, "A member name holds a character that XML cannot carry.")
            known = [(name, member) for name, member in item.items() if xml_can_carry(name)]
            waiting += [(f"{pointer}/{_escape(name)}", member) for name, member in reversed(known)]
        elif isinstance(item, list):
            waiting += [(f"{pointer}/{index}", member) for index, member in reversed(list(enumerate(item)))]


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")  # RFC 6901, section 3


def _malformed(text: str, position: int, reason: str) -> InvalidRequest:
    line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    return InvalidRequest("malformed-json", 400, f"{reason}: line {line}, column {column}.")


def _number(value: Any) -> simplejson.RawJSON:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not a type of JSON")
    if not value.is_finite():
        raise ValueError("NaN and Infinity are not JSON")
    return simplejson.RawJSON(str(value))


_ENCODER = simplejson.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, use_decimal=False, default=_number
)
# It writes ints of any size and Decimals as they are, without a call of ours for each.
_DOCUMENTS = msgspec.json.Encoder(decimal_format="number")
_FOR_PEOPLE = simplejson.JSONEncoder(
    ensure_ascii=False, indent=2, separators=(",", ": "), allow_nan=False, use_decimal=False, default=_number
)
