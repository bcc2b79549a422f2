"""Elements, model groups, wildcards and attributes (XML Schema part 1, sections 3.2, 3.3, 3.7 to 3.10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lxml import etree

from adapter.wsdl.building import ANY_TYPE, Building
from adapter.wsdl.components import Component
from adapter.wsdl.names import SOAP12_ENCODING, WSDL, XML, clark, documentation, xsd
from adapter.wsdl.types import SOAP11_ENCODING, XSD, Any, Attribute, Element, Group, Particle

_MODELS: Mapping[str, str] = {xsd("sequence"): "sequence", xsd("choice"): "choice", xsd("all"): "all"}
_XML_ATTRIBUTES: Mapping[str, str] = {"lang": "language", "space": "NCName", "base": "anyURI", "id": "ID"}
_TRUE = ("true", "1")


def global_element(building: Building, component: Component) -> Element:
    """Return a global element. Its anonymous type is queued under its name as a path, ``{namespace}/name``."""
    known = building.elements.get(component.key)
    if known is not None:
        return known
    name = (component.node.get("name") or "").strip()
    anonymous = clark(component.schema.namespace, f"/{name}")
    made = _declared(building, component, component.node, name, component.schema.namespace, anonymous)
    building.elements[component.key] = made
    return made


def model(building: Building, scope: Component, node: etree._Element) -> Group | None:
    """Return the model group that a type, a derivation or a group definition holds, None where it is empty."""
    for child in node.iterchildren(*_MODELS, xsd("group")):
        made = _particle(building, scope, child, scope.key)
        return made if isinstance(made, Group) and made.items else None
    return None


def attributes(
    building: Building, scope: Component, node: etree._Element
) -> tuple[dict[str, Attribute | None], tuple[Any, ...]]:
    """Return the attributes below a node by their tag, None for a prohibited one, and the wildcards that let others in.

    Its own wildcard stands for those of its attribute groups too, which it can only narrow (part 1, section 3.4.2).
    """
    found: dict[str, Attribute | None] = {}
    any_other = tuple(_wildcard(scope, child, 0, None) for child in node.iterchildren(xsd("anyAttribute")))
    for child in node.iterchildren(xsd("attribute"), xsd("attributeGroup")):
        if child.tag == xsd("attributeGroup"):
            group, group_any = _attribute_group(building, scope, child)
            found |= group
            any_other = any_other or group_any
        elif made := _attribute(building, scope, child):
            found[made.tag] = None if child.get("use") == "prohibited" else made
    building.spend(len(found), scope)
    return found, any_other


def _declared(
    building: Building, scope: Component, node: etree._Element, name: str, namespace: str, anonymous: str
) -> Element:
    """Return what an element declaration says about itself, occurrence apart."""
    inner = next(node.iterchildren(xsd("complexType"), xsd("simpleType")), None)
    head = (node.get("substitutionGroup") or "").split()
    if inner is not None:
        type_key = building.anonymous(scope, inner, anonymous)
    elif node.get("type"):
        type_key = building.type_key(scope, node, node.get("type") or "")
    elif head and (found := building.components.find("element", scope, node, head[0])) and found is not scope:
        type_key = global_element(building, found).type
    else:
        type_key = ANY_TYPE
    return Element(
        name,
        namespace,
        type_key,
        nillable=node.get("nillable", "").strip() in _TRUE,
        default=node.get("default"),
        fixed=node.get("fixed"),
        doc=documentation(node),
        abstract=node.get("abstract", "").strip() in _TRUE,
    )


def _particle(building: Building, scope: Component, node: etree._Element, owner: str) -> Particle | None:
    """Return one particle, None where it may not occur (``maxOccurs="0"``)."""
    building.spend(1, scope)
    least, most = _occurs(building, scope, node)
    if most == 0:
        return None
    if node.tag == xsd("element"):
        element = _reference(building, scope, node) if node.get("ref") else _local(building, scope, node, owner)
        return element and replace(element, min=least, max=most)
    if node.tag == xsd("any"):
        return _wildcard(scope, node, least, most)
    if node.tag == xsd("group"):
        group = _group(building, scope, node)
        return group and replace(group, min=least, max=most)
    items = [_particle(building, scope, child, owner) for child in node if _is_particle(building, scope, child)]
    kind = _MODELS[node.tag]
    return Group(kind, tuple(item for item in items if item), least, most)  # type: ignore[arg-type]


def _is_particle(building: Building, scope: Component, node: etree._Element) -> bool:
    """Whether a child of a model group is a particle; what is neither that nor an annotation is a mistake."""
    if node.tag in _PARTICLES or node.tag == xsd("annotation"):
        return node.tag in _PARTICLES
    building.components.wrong(scope.schema, node, f"{str(node.tag)[:80]} is no part of a content model")
    return False


_PARTICLES = frozenset((*_MODELS, xsd("element"), xsd("group"), xsd("any")))


def _wildcard(scope: Component, node: etree._Element, least: int, most: int | None) -> Any:
    process = node.get("processContents", "strict")
    return Any(least, most, node.get("namespace", "##any"), process, scope.schema.namespace)


def _occurs(building: Building, scope: Component, node: etree._Element) -> tuple[int, int | None]:
    """Return ``minOccurs`` and ``maxOccurs``, None for unbounded."""
    bounds: list[int | None] = []
    for name in ("minOccurs", "maxOccurs"):
        text = node.get(name, "1").strip()
        if text == "unbounded" and name == "maxOccurs":
            bounds.append(None)
        elif text.isascii() and text.isdigit() and len(text) <= 18:
            bounds.append(int(text))
        else:
            building.components.wrong(scope.schema, node, f"{name}={text[:40]!r} is not a whole number")
            bounds.append(1)
    return bounds[0] or 0, bounds[1]


def _local(building: Building, scope: Component, node: etree._Element, owner: str) -> Element | None:
    """Return an element that is declared where it is used."""
    name = (node.get("name") or "").strip()
    if not name:
        building.components.wrong(scope.schema, node, "an element has neither name nor ref")
        return None
    namespace = scope.schema.namespace if scope.schema.qualified(node, "element") else ""
    return _declared(building, scope, node, name, namespace, f"{owner}/{name}")


def _reference(building: Building, scope: Component, node: etree._Element) -> Element | None:
    """Return an element that is declared elsewhere (``ref``), with the documentation of this use first."""
    key = building.components.name(scope, node, node.get("ref") or "")
    if key == xsd("schema"):
        # A .NET DataSet sends its own schema along; nothing in it is known in advance.
        return Element("schema", XSD, ANY_TYPE)
    found = building.components.find("element", scope, node, node.get("ref") or "")
    if found is None:
        return None
    element = global_element(building, found)
    return replace(element, ref=found.key, doc=documentation(node) or element.doc)


def _group(building: Building, scope: Component, node: etree._Element) -> Group | None:
    """Return the content of the group that a reference means. It is built once, and counted at every use."""
    found = building.components.find("group", scope, node, node.get("ref") or "")
    if found is None:
        return None
    if found.key in building.unfinished:
        building.components.wrong(scope.schema, node, f"the group {found.key} contains itself")
        return None
    if found.key not in building.groups:
        building.unfinished.add(found.key)
        before = building.spent
        inside = Component(_inside(found, "group"), found.node, found.schema, found.redefines)
        building.groups[found.key] = model(building, inside, found.node), building.spent - before
        building.unfinished.discard(found.key)
    content, particles = building.groups[found.key]
    building.spend(particles, scope)
    return content


def _inside(component: Component, kind: str) -> str:
    """Return what the keys of anonymous types in a group begin with; a type may have the same name as the group."""
    return clark(component.schema.namespace, f"{kind}:{(component.node.get('name') or '').strip()}")


def _attribute(building: Building, scope: Component, node: etree._Element) -> Attribute | None:
    """Return one attribute use. Those of the SOAP encoding (``arrayType``) are not data, and left out."""
    declaration, owner = node, scope
    if ref := node.get("ref"):
        namespace, _, local = (building.components.name(scope, node, ref) or "").lstrip("{").rpartition("}")
        if namespace in (SOAP11_ENCODING, SOAP12_ENCODING, WSDL):
            return None
        if namespace == XML and local in _XML_ATTRIBUTES:
            return Attribute(local, XML, xsd(_XML_ATTRIBUTES[local]), *_use(node, node))
        found = building.components.find("attribute", scope, node, ref)
        if found is None:
            return None
        declaration, owner = found.node, found
    name = (declaration.get("name") or "").strip()
    qualified = owner is not scope or scope.schema.qualified(node, "attribute")
    namespace = owner.schema.namespace if qualified else ""
    return Attribute(name, namespace, _attribute_type(building, owner, declaration, name), *_use(node, declaration))


def _attribute_type(building: Building, owner: Component, node: etree._Element, name: str) -> str:
    """Return the key of an attribute's type. A global attribute may be used often; its own type has one key."""
    inner = node.find(xsd("simpleType"))
    if inner is None:
        return building.type_key(owner, node, node.get("type") or "") if node.get("type") else xsd("anySimpleType")
    if owner.node is not node:
        return building.anonymous(owner, inner, f"{owner.key}/@{name}")
    key = clark(owner.schema.namespace, f"@{name}")
    return key if key in building.components.by_kind["type"] else building.anonymous(owner, inner, key)


def _use(node: etree._Element, declaration: etree._Element) -> tuple[bool, str | None, str | None, str]:
    """Return whether an attribute is required, its default, its fixed value and its documentation."""
    default = node.get("default", declaration.get("default"))
    fixed = node.get("fixed", declaration.get("fixed"))
    return node.get("use") == "required", default, fixed, documentation(node) or documentation(declaration)


def _attribute_group(
    building: Building, scope: Component, node: etree._Element
) -> tuple[dict[str, Attribute], tuple[Any, ...]]:
    """Return the attributes of the group that a reference means, and the wildcards that let others in."""
    key = building.components.name(scope, node, node.get("ref") or "")
    if key and key.startswith((f"{{{SOAP11_ENCODING}}}", f"{{{SOAP12_ENCODING}}}")):
        return {}, (Any(0, None, "##any", "lax"),)
    if key == clark(XML, "specialAttrs"):
        return {made.tag: made for made in (Attribute(n, XML, xsd(t)) for n, t in _XML_ATTRIBUTES.items())}, ()
    found = building.components.find("attributeGroup", scope, node, node.get("ref") or "")
    if found is None:
        return {}, ()
    memo = building.attributes.get(found.key)
    if memo is None:
        if f"attributeGroup {found.key}" in building.unfinished:
            building.components.wrong(scope.schema, node, f"the attribute group {found.key} contains itself")
            return {}, ()
        building.unfinished.add(f"attributeGroup {found.key}")
        inside = Component(_inside(found, "attributeGroup"), found.node, found.schema, found.redefines)
        made, any_other = attributes(building, inside, found.node)
        memo = {tag: attribute for tag, attribute in made.items() if attribute}, any_other
        building.attributes[found.key] = memo
        building.unfinished.discard(f"attributeGroup {found.key}")
    building.spend(len(memo[0]), scope)
    return memo
