"""Agreement of values without a shape: what ``xml: true``, ``*`` and ``@*`` mean at the end of a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapter.mapping.bound import Mode
from adapter.mapping.codec import Codec
from adapter.mapping.convert import Factory
from adapter.mapping.empty import default_of, with_default
from adapter.mapping.markup import Markup, attributes_markup, element_markup, markup_codec
from adapter.mapping.model import FieldRule, TypeRule
from adapter.mapping.paths import WILD, Spot
from adapter.mapping.scalars import ScalarError, field_codec, unknown_codes
from adapter.wsdl.types import Contract, Record, Type


def markup_at(contract: Contract, rule: FieldRule, spot: Spot, tag: str, start: str) -> Markup | None:
    """Return what a value without a shape may be, None where it has one.

    ``tag`` is that of the element that the record with key ``start`` fills, "" where it is not known. Raise
    ScalarError.
    """
    if spot.attribute is not None and spot.attribute.name == WILD:
        return attributes_markup(contract, spot.type)
    last = spot.steps[-1] if spot.steps else None
    if last is not None and last.wildcards:
        known = frozenset(contract.elements)
        return Markup("elements", wildcards=last.wildcards, others=last.others, known=known)
    if not rule.xml:
        return None
    if spot.attribute is not None or rule.soap.endswith("#text"):
        raise ScalarError(f"xml: {rule.soap} is one text, no element", "remove 'xml'")
    if last is not None:
        return element_markup(contract, last.element.tag, last.type, last.element.nillable)
    kind = contract.types.get(start)
    if isinstance(kind, Record) and kind.turn:
        raise ScalarError("a turn has no element that could be XML", "name the elements in it")
    return element_markup(contract, tag, start, nillable=True)


def codec_at(
    contract: Contract,
    rule: FieldRule,
    spot: Spot,
    converters: Mapping[str, Factory],
    mode: Mode,
    markup: Markup | None,
) -> Codec:
    """Return the codec of a value at a spot. Raise ScalarError."""
    if markup is not None:
        return markup_codec(markup)
    found = field_codec(contract, spot.type, rule, converters, spot.fixed)
    if mode == "reply":
        unknown_codes(contract, spot.type, rule)
    # Where the mapping says what an empty element is, it is that.
    return found if rule.blank_null else with_default(found, default_of(spot))


def apart(rule: TypeRule, array: FieldRule | None, tag: str) -> Iterator[str]:
    """Yield what keeps apart two uses of a type for one record: the array around, and the element that XML must be."""
    if array is not None:
        yield f"of {array.name} {array.place.line}"
    if any(each.soap in (".", "") and each.xml for each in rule.every_field()):
        yield f"as {tag}"


def can_be(rule: TypeRule, kind: Type | None) -> bool:
    """Tell whether an object can stand for a type: for a record, or for one value where nothing has another place."""
    if isinstance(kind, Record) or kind is None:
        return kind is not None
    paths = (".", "", "#text")
    return all(each.placeless or (each.soap in paths and each.shape == "scalar") for each in rule.every_field())


def whole_of(rules: Mapping[str, FieldRule]) -> FieldRule | None:
    """Return the property that callers write and that is the whole element as XML, None where there is none."""
    found = (each for each in rules.values() if each.xml and each.soap in (".", "") and not each.read_only)
    return next(found, None)
