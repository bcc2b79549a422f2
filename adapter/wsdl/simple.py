"""Simple types: facets merged along the derivation, lists and unions (XML Schema part 2, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from lxml import etree

from adapter.wsdl.building import Building
from adapter.wsdl.components import Component
from adapter.wsdl.names import documentation, xsd
from adapter.wsdl.types import Facets, ListOf, Scalar, Union

Simple = Scalar | ListOf | Union

_ANY = xsd("anySimpleType")
_NUMBERS: Mapping[str, str] = {
    xsd("length"): "length",
    xsd("minLength"): "min_length",
    xsd("maxLength"): "max_length",
    xsd("totalDigits"): "total_digits",
    xsd("fractionDigits"): "fraction_digits",
}
_BOUNDS: Mapping[str, str] = {
    xsd("minInclusive"): "min_inclusive",
    xsd("maxInclusive"): "max_inclusive",
    xsd("minExclusive"): "min_exclusive",
    xsd("maxExclusive"): "max_exclusive",
}
_WHITE_SPACE = frozenset(("preserve", "replace", "collapse"))
# A narrower bound takes the place of the other kind of bound at the same end.
_REPLACES: Mapping[str, str] = {
    "min_inclusive": "min_exclusive",
    "min_exclusive": "min_inclusive",
    "max_inclusive": "max_exclusive",
    "max_exclusive": "max_inclusive",
}


def simple_of(building: Building, scope: Component, node: etree._Element, qname: str) -> Simple:
    """Return the simple type that a QName means; ``anySimpleType``, with a mistake noted, where it means none."""
    key = building.type_key(scope, node, qname)
    found = building.types.get(key)
    if found is None:
        component = building.components.by_kind["type"][key]
        found = simple_type(building, component) if component.node.tag == xsd("simpleType") else None
    if isinstance(found, Scalar | ListOf | Union):
        return found
    building.components.wrong(scope.schema, node, f"{key} is not a simple type")
    return Scalar(_ANY, "anySimpleType")


def simple_type(building: Building, component: Component) -> Simple:
    """Return the type that an ``xsd:simpleType`` declares, and keep it under the component's key."""
    key, node = component.key, component.node
    known = building.types.get(key)
    if isinstance(known, Scalar | ListOf | Union):
        return known
    if key in building.unfinished:
        building.components.wrong(component.schema, node, f"{key} is derived from itself")
        return Scalar(key, "anySimpleType")
    building.unfinished.add(key)
    doc = documentation(node)
    made: Simple = Scalar(key, "anySimpleType", doc=doc)
    for child in node.iterchildren(xsd("restriction"), xsd("list"), xsd("union")):
        if child.tag == xsd("restriction"):
            base = _base(building, component, child)
            made = replace(base, name=key, facets=merged(building, component, child, base.facets), doc=doc)
        elif child.tag == xsd("list"):
            made = ListOf(key, _item(building, component, child), doc=doc)
        else:
            made = Union(key, _members(building, component, child), doc=doc)
    building.unfinished.discard(key)
    building.types[key] = made
    return made


def merged(building: Building, scope: Component, restriction: etree._Element, base: Facets) -> Facets:
    """Return the facets of a restriction on top of those of its base. Patterns add up, all else is replaced."""
    changes: dict[str, str | int | None] = {}
    enumeration, patterns = [], []
    for node in restriction:
        value = node.get("value", "")
        if node.tag == xsd("enumeration"):
            enumeration.append(value)
        elif node.tag == xsd("pattern"):
            patterns.append(value)
        elif name := _NUMBERS.get(node.tag):
            changes[name] = _count(building, scope, node, value)
        elif node.tag == xsd("whiteSpace") and value.strip() in _WHITE_SPACE:
            changes["white_space"] = value.strip()
        elif name := _BOUNDS.get(node.tag):
            changes |= {name: value.strip(), _REPLACES[name]: None}
    if not (changes or enumeration or patterns):
        return base
    values = {field.name: getattr(base, field.name) for field in fields(base)} | changes
    values["enumeration"] = tuple(enumeration) or base.enumeration
    values["patterns"] = base.patterns + (("|".join(patterns),) if patterns else ())
    return Facets(**values)


def _count(building: Building, scope: Component, node: etree._Element, value: str) -> int | None:
    """Return the value of a facet that counts something."""
    text = value.strip().removeprefix("+")
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    building.components.wrong(scope.schema, node, f"{value[:40]!r} is not a whole number")
    return None


def _base(building: Building, scope: Component, restriction: etree._Element) -> Simple:
    """Return what a restriction restricts: the type that ``base`` names or the anonymous one inside."""
    inner = restriction.find(xsd("simpleType"))
    if inner is None:
        return simple_of(building, scope, restriction, restriction.get("base") or "")
    return simple_type(building, Component(f"{scope.key}/base", inner, scope.schema, scope.redefines))


def _item(building: Building, scope: Component, node: etree._Element) -> str:
    """Return the key of the items of an ``xsd:list``."""
    inner = node.find(xsd("simpleType"))
    if inner is not None:
        return building.anonymous(scope, inner, f"{scope.key}/item")
    return building.type_key(scope, node, node.get("itemType") or "")


def _members(building: Building, scope: Component, node: etree._Element) -> tuple[str, ...]:
    """Return the keys of the members of an ``xsd:union``, those in the attribute first."""
    named = [building.type_key(scope, node, qname) for qname in (node.get("memberTypes") or "").split()]
    inner = [
        building.anonymous(scope, child, f"{scope.key}/member{number}")
        for number, child in enumerate(node.findall(xsd("simpleType")), 1)
    ]
    return (*named, *inner)
