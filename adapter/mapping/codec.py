"""One value, both ways: the text in XML and the value in JSON, from the contract's simple type and the field's rule.

The same codec reads replies, checks and writes requests, and gives the JSON Schema for the documentation, so the three
cannot disagree. Decimals, and integers that can exceed 2^53 - 1, are strings in JSON unless the rule says
``json: number``; nothing passes through a float.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from adapter.mapping import lexical
from adapter.mapping.convert import Converter
from adapter.mapping.facets import Check, checks, describe, safe_bounds
from adapter.wsdl.types import Facets


@dataclass(frozen=True, slots=True)
class Codec:
    """Two functions and a JSON Schema.

    ``read`` takes XML text and gives the JSON value; ``write`` takes the JSON value and gives XML text. Both raise
    ValueError. ``gives_null`` says that null is a value of its own here, whatever the contract says about nil.
    ``tolerant`` marks dates: a bad one in a reply is kept as text and reported, it never fails the reply.
    """

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    schema: Mapping[str, Any] = field(default_factory=dict)
    gives_null: bool = False
    tolerant: bool = False


def codec(
    builtin: str,
    facets: Facets,
    converters: tuple[Converter, ...] = (),
    json: str = "",
    narrowed: Facets | None = None,
) -> Codec:
    """Build the codec of an atomic type. ``converters`` stand nearest the XML first; ``narrowed`` are the rule's own limits."""
    logical = next((converter.result for converter in reversed(converters) if converter.result), builtin)
    in_xml = (lexical.check_for(builtin), *checks(builtin, facets))
    in_json = (lexical.check_for(logical), *checks(logical, narrowed or Facets()))
    plain = not converters
    to_json, from_json, schema = _json_form(logical, facets if plain else Facets(), narrowed, json)
    hints: dict[str, Any] = {}
    for converter in converters:
        # What an earlier converter says about its text does not hold once a later one makes another type of it.
        hints = {**({} if converter.result else hints), **converter.schema}
    schema = {**schema, **hints}
    collapse = builtin not in lexical.STRINGS
    gives_null = any(converter.gives_null for converter in converters)

    def read(text: str) -> Any:
        value: str | None = text.strip(" \t\r\n") if collapse else text
        for converter in converters:
            value = converter.read(value) if value is not None else None
        if value is None:
            return None
        if logical not in lexical.STRINGS:
            value = value.strip(" \t\r\n")
            in_json[0](value)
        return to_json(value)

    def write(value: Any) -> str:
        text = None if value is None and gives_null else from_json(value)
        if text is not None:
            _all(in_json, text)
        for converter in reversed(converters):
            # null travels on until it meets the converter that has a text for it.
            text = converter.write(text) if text is not None or converter.gives_null else None
        if text is None:
            raise ValueError("must not be null")
        _all(in_xml, text)
        return text

    return Codec(read, write, schema, gives_null, logical in lexical.DATES)


def list_codec(item: Codec, facets: Facets) -> Codec:
    """Build the codec of an xsd:list: white-space separated text in XML, an array in JSON."""
    low = facets.length if facets.length is not None else facets.min_length
    high = facets.length if facets.length is not None else facets.max_length

    def write(value: Any) -> str:
        if not isinstance(value, list):
            raise ValueError("must be an array")
        if (low is not None and len(value) < low) or (high is not None and len(value) > high):
            raise ValueError("has too few or too many items")
        texts = [item.write(each) for each in value]
        if any(not text or text.split() != [text] for text in texts):
            raise ValueError("items must not be empty or hold white space")
        return " ".join(texts)

    schema: dict[str, Any] = {"type": "array", "items": dict(item.schema)}
    if low is not None:
        schema["minItems"] = low
    if high is not None:
        schema["maxItems"] = high
    return Codec(lambda text: [item.read(part) for part in text.split()], write, schema, tolerant=item.tolerant)


def union_codec(members: tuple[Codec, ...]) -> Codec:
    """Build the codec of an xsd:union: a string that one of the members accepts; the text is kept as it is."""

    def write(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("must be a string")
        for member in members:
            try:
                return member.write(_as_member(member, value))
            except ValueError:
                continue
        raise ValueError("is none of the forms allowed here")

    return Codec(lambda text: text, write, {"type": "string"})


def _as_member(member: Codec, text: str) -> Any:
    """Give a union's text the JSON type that the member's own writer expects."""
    return member.read(text) if member.schema.get("type") != "string" else text


def _all(tests: tuple[Check, ...], text: str) -> None:
    for test in tests:
        test(text)


def _json_form(
    logical: str, facets: Facets, narrowed: Facets | None, json: str
) -> tuple[Callable[[str], Any], Callable[[Any], str], dict[str, Any]]:
    """Return how checked text becomes a JSON value, how a JSON value becomes text, and its JSON Schema."""
    schema = describe(logical, facets, narrowed)
    if logical == "boolean":
        return (lambda text: text in ("true", "1")), _from_boolean, {"type": "boolean"}
    if logical in lexical.INTEGERS:
        if json == "number" or (json != "string" and safe_bounds(logical, facets, narrowed)):
            return int, _from_integer, {"type": "integer", **schema}
        return str, _from_string, {"type": "string", "pattern": "^[+-]?[0-9]+$", **_texts(schema)}
    if logical == "decimal":
        if json == "number":
            return Decimal, _from_number, {"type": "number", **schema}
        return (
            str,
            _from_string,
            {"type": "string", "pattern": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$", **_texts(schema)},
        )
    if logical in ("float", "double"):
        special = {"type": "string", "enum": ["INF", "-INF", "NaN"]}
        return _double, _from_double, {"anyOf": [{"type": "number", **schema}, special]}
    return str, _from_string, {"type": "string", **schema}


def _texts(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Drop numeric keywords, which mean nothing for a number that JSON carries as a string."""
    return {key: value for key, value in schema.items() if key not in ("minimum", "maximum", "multipleOf")}


def _from_string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    return value


def _from_boolean(value: Any) -> str:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return "true" if value else "false"


def _from_integer(value: Any) -> str:
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("must be a whole number")
    return str(value)


def _from_number(value: Any) -> str:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise ValueError("must be a number")
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _double(text: str) -> Any:
    return text if text in ("INF", "-INF", "NaN") else Decimal(text)


def _from_double(value: Any) -> str:
    if isinstance(value, str) and value in ("INF", "-INF", "NaN"):
        return value
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise ValueError("must be a number")
    return str(value)
