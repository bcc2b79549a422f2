"""Build the codec of a field: the contract's simple type, the rule's converters, codes and own limits."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping

from adapter.mapping import lexical
from adapter.mapping.bound import BoundField
from adapter.mapping.codec import Codec, codec, list_codec, union_codec
from adapter.mapping.convert import Converter, Factory, blank_null, codes
from adapter.mapping.facets import bad_pattern
from adapter.mapping.model import ConverterCall, FieldRule
from adapter.mapping.paths import suggest
from adapter.wsdl.types import Contract, Facets, ListOf, Record, Scalar, Union


class ScalarError(ValueError):
    """A rule and a simple type do not fit. ``remedy`` says what to do."""

    def __init__(self, text: str, remedy: str = "") -> None:
        super().__init__(text)
        self.remedy = remedy


def field_codec(contract: Contract, key: str, rule: FieldRule, known: Mapping[str, Factory]) -> Codec:
    """Build the codec for the simple type ``key`` (or the text of a complex type with simple content)."""
    kind = contract.types.get(key)
    if isinstance(kind, Record):
        if not kind.text:
            raise ScalarError(
                f"{rule.soap} holds elements, not a value", f"name its type: {{soap: {rule.soap}, one: …}}"
            )
        return field_codec(contract, kind.text, rule, known)
    if isinstance(kind, ListOf | Union):
        if rule.convert or rule.codes or rule.json:
            raise ScalarError("converters, codes and json do not apply to lists and unions", "remove them")
        return _plain(contract, key)
    if not isinstance(kind, Scalar):
        raise ScalarError(f"the contract says nothing about the type of {rule.soap}", "check the WSDL's imports")
    converters = _converters(rule, known)
    if rule.codes is not None and kind.facets.enumeration and not rule.convert:
        unknown = [code for code in rule.codes.values() if code not in kind.facets.enumeration]
        if unknown:
            raise ScalarError(
                f"the contract has no code {', '.join(unknown)}", suggest(unknown[0], list(kind.facets.enumeration))
            )
    logical = next((each.result for each in reversed(converters) if each.result), kind.builtin)
    if rule.json == "number" and logical != "decimal" and logical not in lexical.INTEGERS:
        raise ScalarError(f"json: number does not fit {logical}", "remove 'json'")
    return codec(kind.builtin, kind.facets, converters, rule.json, _narrowed(rule, logical))


def _plain(contract: Contract, key: str) -> Codec:
    kind = contract.types[key]
    if isinstance(kind, ListOf):
        return list_codec(_plain(contract, kind.item), kind.facets)
    if isinstance(kind, Union):
        return union_codec(tuple(_plain(contract, member) for member in kind.members))
    assert isinstance(kind, Scalar)
    return codec(kind.builtin, kind.facets)


def _converters(rule: FieldRule, known: Mapping[str, Factory]) -> tuple[Converter, ...]:
    found = [_converter(call, known) for call in rule.convert]
    if rule.codes is not None:
        found.append(codes(rule.codes))
    if rule.blank_null:
        found.insert(0, blank_null())
    return tuple(found)


def _converter(call: ConverterCall, known: Mapping[str, Factory]) -> Converter:
    if call.name not in known:
        raise ScalarError(f"there is no converter {call.name}", suggest(call.name, list(known)))
    factory = known[call.name]
    names = list(inspect.signature(factory).parameters)
    if len(names) != len(call.arguments):
        form = f"{call.name}({', '.join(names)})" if names else call.name
        raise ScalarError(f"{call.name} takes {len(names)} arguments, not {len(call.arguments)}", f"write {form}")
    try:
        return factory(*call.arguments)
    except ValueError as error:
        raise ScalarError(f"{call.name}: {error}", f"see the converter {call.name} in the reference") from error


def _narrowed(rule: FieldRule, logical: str) -> Facets:
    if (
        (rule.minimum or rule.maximum)
        and logical not in lexical.INTEGERS
        and logical not in ("decimal", "float", "double")
    ):
        raise ScalarError(f"minimum and maximum do not fit {logical}", "remove them")
    if rule.pattern and (why := bad_pattern(rule.pattern)):
        raise ScalarError(f"pattern: {why}", "use an XML Schema regular expression")
    return Facets(
        patterns=(rule.pattern,) if rule.pattern else (),
        min_length=rule.min_length,
        max_length=rule.max_length,
        min_inclusive=rule.minimum,
        max_inclusive=rule.maximum,
    )


def parameter(field: BoundField, text: str) -> object:
    """Give a parameter's text the JSON type that its codec expects. Raise ValueError where it has none."""
    kind = field.codec.schema.get("type") if field.codec is not None else "string"
    if kind == "boolean":
        if text not in ("true", "false"):
            raise ValueError("must be true or false")
        return text == "true"
    if kind == "integer":
        if not re.fullmatch(r"[+-]?[0-9]{1,400}", text):
            raise ValueError("must be a whole number")
        return int(text)
    return field.codec.read(text) if field.codec is not None and kind not in ("string", None) else text
