"""Agreement of values without a shape: what ``xml: true``, ``*`` and ``@*`` mean at the end of a path."""

from __future__ import annotations

from adapter.mapping.markup import Markup, attributes_markup, element_markup
from adapter.mapping.model import FieldRule
from adapter.mapping.paths import WILD, Spot
from adapter.mapping.scalars import ScalarError
from adapter.wsdl.types import Contract


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
    return element_markup(contract, tag, start, nillable=True)


def stands_for_all(rule: FieldRule) -> bool:
    """Whether a property is the element itself that its object stands for, as XML."""
    return rule.xml and rule.bag is None and rule.soap in (".", "")


def is_value(rule: FieldRule) -> bool:
    """Whether a property can be all that an element without elements and attributes holds, or needs no place."""
    return rule.placeless or (rule.shape == "scalar" and rule.bag is None and rule.soap in (".", "", "#text"))
