"""Build the codec of a field: the contract's simple type, the rule's converters, codes and own limits."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from adapter.mapping.bound import BoundField
from adapter.mapping.codec import Codec, codec, list_codec, union_codec
from adapter.mapping.convert import CONVERTERS, Converter, Factory, blank_null, codes, guarded
from adapter.mapping.model import ConverterCall, FieldRule
from adapter.mapping.paths import suggest
from adapter.wsdl import lexical
from adapter.wsdl.once import by_identity
from adapter.wsdl.types import Contract, Facets, ListOf, Record, Scalar, Union

_OPEN = Facets()
_MEASURED = lexical.STRINGS | {"base64Binary", "hexBinary"}


class ScalarError(ValueError):
    """A rule and a simple type do not fit. ``remedy`` says what to do."""

    def __init__(self, text: str, remedy: str = "") -> None:
        super().__init__(text)
        self.remedy = remedy


def field_codec(
    contract: Contract, key: str, rule: FieldRule, known: Mapping[str, Factory], fixed: str | None = None
) -> Codec:
    """Build the codec for the simple type ``key`` (or the text of a complex type with simple content).

    ``fixed`` is the only value that the contract allows there, if it fixes one.
    """
    kind = contract.types.get(key)
    if isinstance(kind, Record):
        if not kind.text:
            remedy = f"name its type: {{soap: {rule.soap}, one: …}}"
            raise ScalarError(f"{rule.soap or 'the message'} holds elements, not a value", remedy)
        return field_codec(contract, kind.text, rule, known, fixed)
    if isinstance(kind, ListOf | Union):
        _plain_rule(rule)
        return _plain(contract, key)
    if not isinstance(kind, Scalar):
        raise ScalarError(f"the contract says nothing about the type of {rule.soap}", "check the WSDL's imports")
    facets = kind.facets if fixed is None else replace(kind.facets, enumeration=(fixed,))
    converters = _converters(rule, known)
    if rule.codes is not None and not rule.convert:
        _known_codes(rule.codes, facets.enumeration)
    logical = next((each.result for each in reversed(converters) if each.result), kind.builtin)
    if rule.json and logical != "decimal" and logical not in lexical.INTEGERS:
        raise ScalarError(f"json: {rule.json} does not fit {logical}", "remove 'json'")
    if rule.lookup and not rule.convert and kind.builtin not in lexical.STRINGS | frozenset(lexical.INTEGERS):
        raise ScalarError(f"lookup: a code is a text or a whole number, not {kind.builtin}", "remove 'lookup'")
    narrowed = _narrowed(rule, logical)
    try:
        if facets is kind.facets and not converters and not rule.json and narrowed == _OPEN:
            return _as_it_is(kind)
        return codec(kind.builtin, facets, converters, rule.json, narrowed)
    except ValueError as error:
        if isinstance(error, ScalarError):
            raise
        raise ScalarError(str(error), f"see the type of {rule.soap} in the contract") from error


@by_identity
def _as_it_is(kind: Scalar) -> Codec:
    """Return the codec of a type of which a rule says nothing: the same one for all fields that have it."""
    return codec(kind.builtin, kind.facets, (), "", _OPEN)


def unknown_codes(contract: Contract, key: str, rule: FieldRule) -> None:
    """Raise ScalarError where a reply may hold a code that ``codes`` has no word for."""
    kind = contract.types.get(key)
    if isinstance(kind, Record):
        unknown_codes(contract, kind.text, rule)
    elif isinstance(kind, Scalar) and rule.codes is not None and not rule.convert:
        missing = [code for code in kind.facets.enumeration if code.strip() not in rule.codes.values()]
        if missing:
            raise ScalarError(f"codes has no word for {', '.join(missing)}", "a reply may hold it: add a word for it")


def _known_codes(table: Mapping[str, str], enumeration: tuple[str, ...]) -> None:
    unknown = [code for code in table.values() if enumeration and code not in enumeration]
    if unknown:
        raise ScalarError(f"the contract has no code {', '.join(unknown)}", suggest(unknown[0], list(enumeration)))


def _plain_rule(rule: FieldRule) -> None:
    """Lists and unions are read and written as the contract says; a rule has nothing to add."""
    limits = (rule.min_length, rule.max_length, rule.pattern, rule.minimum, rule.maximum)
    if (
        rule.convert
        or rule.codes is not None
        or rule.lookup
        or rule.json
        or rule.blank_null
        or any(each is not None for each in limits)
    ):
        text = "converters, codes, lookup, json, blank and limits do not apply to lists and unions"
        raise ScalarError(text, "remove them")


def _plain(contract: Contract, key: str) -> Codec:
    kind = contract.types[key]
    if isinstance(kind, ListOf):
        return list_codec(_plain(contract, kind.item), kind.facets)
    if isinstance(kind, Union):
        return union_codec(tuple(_plain(contract, member) for member in kind.members), kind.facets)
    assert isinstance(kind, Scalar)
    return codec(kind.builtin, kind.facets)


def _converters(rule: FieldRule, known: Mapping[str, Factory]) -> tuple[Converter, ...]:
    found = [_converter(call, known) for call in rule.convert]
    if rule.codes is not None:
        try:
            found.append(codes(rule.codes))
        except ValueError as error:
            raise ScalarError(f"codes: {error}", "codes: {our word: ERP code}") from error
    if rule.lookup:
        found.append(_lookup(rule.lookup, known))
    if rule.blank_null:
        found.insert(0, blank_null())
    return tuple(found)


def lookup_key(name: str) -> str:
    """Return the name among converters that a lookup has: none that can be written in ``convert:``."""
    return f"lookup {name}"


def _lookup(name: str, known: Mapping[str, Factory]) -> Converter:
    if lookup_key(name) not in known:
        there = [key.removeprefix(lookup_key("")) for key in known if key.startswith(lookup_key(""))]
        raise ScalarError(f"there is no lookup {name}", suggest(name, there) or "declare it in 'lookups:'")
    return known[lookup_key(name)]()


def _converter(call: ConverterCall, known: Mapping[str, Factory]) -> Converter:
    if call.name not in known:
        raise ScalarError(f"there is no converter {call.name}", suggest(call.name, list(known)))
    factory = known[call.name]
    signature = inspect.signature(factory)
    try:
        signature.bind(*call.arguments)
    except TypeError:
        names = list(signature.parameters)
        form = f"{call.name}({', '.join(names)})" if names else call.name
        text = f"{call.name} takes {len(names)} arguments, not {len(call.arguments)}"
        raise ScalarError(text, f"write {form}") from None
    try:
        made = factory(*call.arguments)
    except ValueError as error:
        raise ScalarError(f"{call.name}: {error}", f"see the converter {call.name} in the reference") from error
    return made if CONVERTERS.get(call.name) is factory else guarded(made)


def _narrowed(rule: FieldRule, logical: str) -> Facets:
    number = logical in lexical.INTEGERS or logical in ("decimal", "float", "double")
    if (rule.minimum is not None or rule.maximum is not None) and not number:
        raise ScalarError(f"minimum and maximum do not fit {logical}", "remove them")
    if (rule.min_length is not None or rule.max_length is not None) and logical not in _MEASURED:
        raise ScalarError(f"min_length and max_length do not fit {logical}", "remove them")
    return Facets(
        patterns=(rule.pattern,) if rule.pattern else (),
        min_length=rule.min_length,
        max_length=rule.max_length,
        min_inclusive=rule.minimum,
        max_inclusive=rule.maximum,
    )


def parameter(field: BoundField, text: str) -> object:
    """Give a parameter's text the JSON value that its codec expects. Raise ValueError where it has none."""
    assert field.codec is not None
    kind = field.codec.schema.get("type")
    if kind == "boolean":
        if text not in ("true", "false"):
            raise ValueError("must be true or false")
        return text == "true"
    if kind == "integer":
        if not re.fullmatch(r"[+-]?[0-9]{1,400}", text):
            raise ValueError("must be a whole number")
        return int(text)
    if kind == "array":
        return field.codec.read(text)
    if kind == "string" or text in ("INF", "-INF", "NaN"):
        return text
    lexical.double(text)
    return Decimal(text)
