"""Schemas to the types of the contract tree: complex types with what they inherit, and who derives from whom.

XML Schema 1.0 part 1, section 3.4 (complex types); SOAP 1.1 section 5.4 (arrays).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lxml import etree

from adapter.errors import Mistake
from adapter.wsdl.binary import SWA_REF
from adapter.wsdl.building import ANY_TYPE, SOAP_ARRAYS, Building, soap_array
from adapter.wsdl.components import Component, Components
from adapter.wsdl.flaws import Flawed, flawed
from adapter.wsdl.names import WSDL, documentation, xsd
from adapter.wsdl.particles import attributes, global_element, model
from adapter.wsdl.simple import merged, simple_type
from adapter.wsdl.substitution import expanded, substitutes
from adapter.wsdl.turns import with_turns
from adapter.wsdl.types import Attribute, Element, Facets, Group, ListOf, Record, Scalar, Type, Union

_TRUE = ("true", "1")


@dataclass(frozen=True, slots=True)
class SchemaSet:
    """What all schemas of a contract say, and what is wrong in them. ``substitutes``: head to members, all keys.

    ``attributes`` are the keys of the global ones.
    """

    types: dict[str, Type]
    elements: dict[str, Element]
    substitutes: dict[str, tuple[str, ...]]
    mistakes: tuple[Mistake, ...]
    flawed: Flawed
    attributes: frozenset[str]


def read_schemas(components: Components) -> SchemaSet:
    """Build every global type and element, and the anonymous types inside them."""
    building = Building(components)
    for component in components.by_kind["element"].values():
        global_element(building, component)
    building.queue[:0] = components.by_kind["type"].values()
    for component in building.queue:
        type_of(building, component)
    if SWA_REF in building.types:
        # What it refers to is the value; the reference is only how that travels.
        building.types[SWA_REF] = Scalar(SWA_REF, "base64Binary")
    members = substitutes(building)
    types = with_turns(expanded(building, _with_derived(building), members))
    named = frozenset(components.by_kind["attribute"])
    return SchemaSet(types, building.elements, members, components.mistakes, flawed(components), named)


def type_of(building: Building, component: Component) -> Type:
    """Return the type that a component declares, built on first use."""
    known = building.types.get(component.key)
    if known is not None:
        return known
    if component.node.tag == xsd("simpleType"):
        return simple_type(building, component)
    if component.key in building.unfinished:
        building.components.wrong(component.schema, component.node, f"{component.key} is derived from itself")
        return Record(component.key)
    building.unfinished.add(component.key)
    made = _record(building, component)
    building.unfinished.discard(component.key)
    building.types[component.key] = made
    return made


def _record(building: Building, scope: Component) -> Record:
    """Return the record that an ``xsd:complexType`` declares."""
    node = scope.node
    flags = Record(
        scope.key,
        abstract=node.get("abstract", "").strip() in _TRUE,
        mixed=node.get("mixed", "").strip() in _TRUE,
        doc=documentation(node),
    )
    for content in node.iterchildren(xsd("simpleContent"), xsd("complexContent")):
        mixed = flags.mixed or content.get("mixed", "").strip() in _TRUE
        for derivation in content.iterchildren(xsd("extension"), xsd("restriction")):
            is_simple = content.tag == xsd("simpleContent")
            return _derived(building, scope, derivation, replace(flags, mixed=mixed), is_simple)
    own, any_other = attributes(building, scope, node)
    return replace(flags, content=model(building, scope, node), attributes=_present(own), any_attribute=any_other)


def _derived(building: Building, scope: Component, node: etree._Element, flags: Record, is_simple: bool) -> Record:
    """Return the record of an extension or a restriction, its base merged in."""
    base_key = building.type_key(scope, node, node.get("base") or "")
    own, any_other = attributes(building, scope, node)
    base = _base(building, base_key)
    if base.soap_array or base_key in SOAP_ARRAYS:
        array = _array(building, scope, node)
        return replace(array, doc=flags.doc, extends=base_key if base_key not in SOAP_ARRAYS else "")
    extends = node.tag == xsd("extension")
    inherited: dict[str, Attribute | None] = {attribute.tag: attribute for attribute in base.attributes}
    content = None if is_simple else model(building, scope, node)
    if extends:
        content = _joined(building, scope, base.content, content)
    return replace(
        flags,
        content=content,
        attributes=_present(inherited | own),
        text=base.text if extends or not is_simple else _restricted_text(building, scope, node, base.text),
        mixed=flags.mixed or (extends and base.mixed),
        any_attribute=any_other + (base.any_attribute if extends else ()),
        extends=base_key if isinstance(building.types.get(base_key), Record) and base_key != ANY_TYPE else "",
    )


def _base(building: Building, key: str) -> Record:
    """Return a base type as a record; a simple one is the text of an otherwise empty record."""
    component = building.components.by_kind["type"].get(key)
    base = type_of(building, component) if component else building.types[key]
    return base if isinstance(base, Record) else Record(key, text=key)


def _restricted_text(building: Building, scope: Component, node: etree._Element, base: str) -> str:
    """Return the key of the text of restricted simple content; facets make a new anonymous simple type."""
    key = f"{scope.key}/text"
    inner = node.find(xsd("simpleType"))
    if inner is not None:
        made: Type = simple_type(building, Component(key, inner, scope.schema, scope.redefines))
    elif base in building.types:
        made = building.types[base]
    else:
        building.components.wrong(scope.schema, node, "restricts simple content that its base does not have")
        return base
    if not isinstance(made, Scalar | ListOf | Union):
        return base
    facets: Facets = merged(building, scope, node, made.facets)
    if inner is None and facets == made.facets:
        return base
    building.types[key] = replace(made, name=key, facets=facets)
    return key


def _joined(building: Building, scope: Component, base: Group | None, own: Group | None) -> Group | None:
    """Return the content of an extension: first the base's, then its own (part 1, section 3.4.2)."""
    if base is None or own is None:
        return base or own
    building.spend(len(base.items), scope)
    if all(group.kind == "sequence" and (group.min, group.max) == (1, 1) for group in (base, own)):
        return Group("sequence", base.items + own.items)
    return Group("sequence", (base, own))


def _array(building: Building, scope: Component, node: etree._Element) -> Record:
    """Return a soapenc array: its items are named by ``wsdl:arrayType``, or by the one element of a sequence."""
    content = model(building, scope, node)
    element = next((item for item in content.items if isinstance(item, Element)), None) if content else None
    name = element.name if element else "item"
    for attribute in node.iterchildren(xsd("attribute")):
        if array_type := attribute.get(f"{{{WSDL}}}arrayType"):
            qname, *dimensions = array_type.strip().split("[")
            item = building.type_key(scope, attribute, qname)
            # ``xsd:int[][]`` is an array of arrays; the commas of ``xsd:int[,]`` do not nest in a message.
            for depth in range(len(dimensions) - 1, 0, -1):
                inner = f"{scope.key}/{name}" + f"/{name}" * (depth - 1)
                building.types[inner] = soap_array(inner, item, name)
                item = inner
            return soap_array(scope.key, item, name)
    return soap_array(scope.key, element.type if element else ANY_TYPE, name)


def _present(found: dict[str, Attribute | None]) -> tuple[Attribute, ...]:
    """Return the attributes that are not prohibited."""
    return tuple(attribute for attribute in found.values() if attribute)


def _with_derived(building: Building) -> dict[str, Type]:
    """Return all types, each record with the keys of the global types derived from it, in document order."""
    derived: dict[str, list[str]] = {}
    for key, component in building.components.by_kind["type"].items():
        made = building.types[key]
        while component.node.get("name") and isinstance(made, Record) and made.extends:
            derived.setdefault(made.extends, []).append(key)
            made = building.types[made.extends]
    return {
        key: replace(made, derived=tuple(derived[key])) if key in derived and isinstance(made, Record) else made
        for key, made in building.types.items()
    }
