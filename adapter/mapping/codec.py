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

from adapter.mapping.accepting import Accept, accepting
from adapter.mapping.convert import Converter
from adapter.mapping.digits import decimal_pattern
from adapter.mapping.facets import describe, safe_bounds
from adapter.mapping.quick import as_it_is, quick
from adapter.strict_json import xml_can_carry
from adapter.wsdl import lexical
from adapter.wsdl.facets import Check, checks
from adapter.wsdl.types import Facets


@dataclass(frozen=True, slots=True)
class Codec:
    """Two functions and a JSON Schema.

    ``read`` takes XML text and gives the JSON value; ``write`` takes the JSON value and gives XML text (for further
    attributes of a record: the object itself, proved). Both raise ValueError. ``gives_null`` says that ``read`` may
    give null, whatever the contract says about nil, ``takes_null`` that ``write`` has a text for null. ``tolerant``
    marks dates: a bad one in a reply is kept as text and reported, it never fails the reply. ``logical`` is the XSD
    built-in type of the JSON value, where it is one atomic value. ``names``: its texts hold names with prefixes, which
    ``read`` takes and ``write`` gives as ``{namespace}local``. ``accept`` is what ``at_once`` gives, where it is not
    ``write``. ``quick`` reads the same as ``read``, and is mostly quicker; it is ``as_it_is`` where every text is its
    own value. None: there is no quicker way.
    """

    read: Callable[[str], Any]
    write: Callable[[Any], Any]
    schema: Mapping[str, Any] = field(default_factory=dict)
    gives_null: bool = False
    tolerant: bool = False
    takes_null: bool = False
    logical: str = ""
    names: bool = False
    accept: Accept | None = None
    quick: Callable[[str], Any] | None = None

    def at_once(self) -> Accept:
        """Return what does as ``write`` for values whose strings XML can carry, at once where they are plain."""
        return self.accept or self.write


def codec(
    builtin: str,
    facets: Facets,
    converters: tuple[Converter, ...] = (),
    json: str = "",
    narrowed: Facets | None = None,
) -> Codec:
    """Build the codec of an atomic type. ``converters`` stand nearest the XML first; ``narrowed`` is the rule's own.

    Raise ValueError where a converter writes what the contract's type does not take.
    """
    logical = next((converter.result for converter in reversed(converters) if converter.result), builtin)
    in_contract = _in_contract(builtin, facets)
    in_json = (lexical.check_for(logical), *checks(logical, narrowed or Facets()))
    own = Facets() if converters or builtin in lexical.QNAMES else facets
    to_json, from_json, schema = _json_form(logical, own, narrowed, json)
    schema = {**schema, **_hints(converters), **_own_pattern(schema, narrowed)}
    gives_null = any(converter.gives_null for converter in converters)
    collapse = lexical.collapsing(builtin, facets.white_space)

    def read(text: str) -> Any:
        value: str | None = collapse(text)
        for converter in converters:
            value = converter.read(value) if value is not None else None
        if value is None:
            return None
        if logical not in lexical.STRINGS:
            value = value.strip(" \t\r\n")
            in_json[0](value)
        return to_json(value)

    def write(value: Any) -> str:
        if (text := None if value is None and gives_null else from_json(value)) is not None:
            _all(in_json, text)
        for converter in reversed(converters):
            # null travels on until it meets the converter that has a text for it.
            text = converter.write(text) if text is not None or converter.gives_null else None
        if text is None:
            raise ValueError("must not be null")
        return in_contract(text)

    for sample in converters[0].texts if converters else ():
        _sample(converters[0].name, builtin, sample, in_contract)
    tolerant, takes_null = logical in lexical.DATES, gives_null and _takes_null(write)
    fast = quick(builtin, facets.white_space, converters, to_json, read)
    accept, names = accepting(builtin, facets, converters, narrowed or Facets(), write), builtin in lexical.QNAMES
    return Codec(read, write, schema, gives_null, tolerant, takes_null, logical, names, accept, fast)


def _in_contract(builtin: str, facets: Facets) -> Callable[[str], str]:
    """Return what gives a text as it is, where the contract takes it."""
    tests = (lexical.check_for(builtin), *(_names(facets) if builtin in lexical.QNAMES else checks(builtin, facets)))
    collapse = lexical.collapsing(builtin, facets.white_space)

    def in_contract(text: str) -> str:
        _all(tests, collapse(text))
        if not xml_can_carry(text):
            raise ValueError("holds a character that XML cannot carry")
        return text

    return in_contract


def _names(facets: Facets) -> tuple[Check, ...]:
    """Return the check of an enumeration of names by their local parts: what its prefixes mean is not kept."""
    known = {name.rpartition(":")[2] for name in facets.enumeration}

    def one_of(text: str) -> None:
        if known and text.rpartition("}")[2] not in known:
            raise ValueError(f"must be one of {', '.join(sorted(known))}")

    return (one_of,)


def _hints(converters: tuple[Converter, ...]) -> dict[str, Any]:
    """Join what converters say about their text; a word of one does not hold once a later one makes another type."""
    hints: dict[str, Any] = {}
    for converter in converters:
        hints = {**({} if converter.result else hints), **converter.schema}
    return hints


def _own_pattern(schema: Mapping[str, Any], narrowed: Facets | None) -> dict[str, Any]:
    """Return the rule's own pattern, which says more than what a converter hints at."""
    return {"pattern": schema["pattern"]} if narrowed and narrowed.patterns and "pattern" in schema else {}


def _sample(name: str, builtin: str, text: str, in_contract: Callable[[str], str]) -> None:
    try:
        in_contract(text)
    except ValueError as error:
        raise ValueError(f"{name} writes '{text}', which the contract ({builtin}) does not take: {error}") from None


def _takes_null(write: Callable[[Any], str]) -> bool:
    try:
        write(None)
    except ValueError:
        return False
    return True


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
        if any(lexical.items(text) != [text] for text in texts):
            raise ValueError("items must not be empty or hold white space")
        _all(whole, text := " ".join(texts))
        return text

    whole = checks("", Facets(enumeration=facets.enumeration, patterns=facets.patterns))
    schema: dict[str, Any] = {"type": "array", "items": dict(item.schema)}
    if low is not None:
        schema["minItems"] = low
    if high is not None:
        schema["maxItems"] = high
    return Codec(
        lambda text: [item.read(part) for part in lexical.items(text)],
        write,
        schema,
        tolerant=item.tolerant,
        names=item.names,
    )


def union_codec(members: tuple[Codec, ...], facets: Facets) -> Codec:
    """Build the codec of an xsd:union: a string that one of the members accepts; the text is kept as it is."""
    whole = checks("", Facets(enumeration=facets.enumeration, patterns=facets.patterns))

    def write(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("must be a string")
        _all(whole, value)
        for member in members:
            try:
                member.write(_as_member(member, value))
            except ValueError:
                continue
            return value
        raise ValueError("is none of the forms allowed here")

    return Codec(as_it_is, write, {"type": "string", **_words(members, facets)}, quick=as_it_is)


def _words(members: tuple[Codec, ...], facets: Facets) -> dict[str, Any]:
    """Return the words of a union that has no other values."""
    if facets.enumeration:
        return {"enum": list(facets.enumeration)}
    words = [member.schema.get("enum") if member.schema.get("type") == "string" else None for member in members]
    return {"enum": list(dict.fromkeys(word for each in words for word in each or ()))} if words and all(words) else {}


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
        return str, _from_text, {"type": "string", "pattern": "^[+-]?[0-9]+$", **_texts(schema)}
    if logical == "decimal":
        if json == "number":
            return Decimal, _from_number, {"type": "number", **schema}
        form = decimal_pattern(facets, narrowed or Facets())
        return str, _from_text, {"type": "string", "pattern": form, **_texts(schema)}
    if logical in ("float", "double"):
        special = {"type": "string", "enum": ["INF", "-INF", "NaN"]}
        return _double, _from_double, {"anyOf": [{"type": "number", **schema}, special]}
    if logical == "base64Binary":
        return lambda text: "".join(text.split(" ")), _from_string, {"type": "string", **schema}
    return str, _from_string, {"type": "string", **schema}


def _texts(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Drop numeric keywords, which mean nothing for a number that JSON carries as a string."""
    texts = {key: value for key, value in schema.items() if "inimum" not in key and "aximum" not in key}
    return {**texts, "enum": [str(each) for each in schema["enum"]]} if "enum" in schema else texts


def _from_text(value: Any) -> str:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        raise ValueError('must be a string such as "12"')
    return _from_string(value)


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
    # A whole number is written as it is: format() would take it through a float.
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _double(text: str) -> Any:
    return text if text in ("INF", "-INF", "NaN") else Decimal(text)


def _from_double(value: Any) -> str:
    if isinstance(value, str) and value in ("INF", "-INF", "NaN"):
        return value
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise ValueError("must be a number")
    return str(value)
