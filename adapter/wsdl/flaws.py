"""What is wrong in schemas, and what it costs: every global declaration that needs something wrong, however far away.

A contract is not refused for a mistake in a schema: only the operations that reach it are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field

from lxml import etree

from adapter.wsdl.components import Component, Components
from adapter.wsdl.names import DRAFTS, WSDL, wsdl, xsd
from adapter.wsdl.reasons import Reason, Unresolved
from adapter.wsdl.repair import Mending

# Attributes that hold the name of something else, and the kind of it. ``ref`` means what its element is.
_NAMED: Mapping[str, str] = {
    "type": "type",
    "base": "type",
    "itemType": "type",
    "memberTypes": "type",
    "substitutionGroup": "element",
    f"{{{WSDL}}}arrayType": "type",
}
_REFERRED: Mapping[str, str] = {
    xsd("element"): "element",
    xsd("group"): "group",
    xsd("attribute"): "attribute",
    xsd("attributeGroup"): "attributeGroup",
}
_OUTSIDE = (xsd("schema"), xsd("redefine"))


@dataclass(frozen=True, slots=True)
class Flawed:
    """Which global elements and types cannot be used, by kind and key, and why.

    ``drafts`` are the namespaces whose schemas are of a draft of XML Schema, so that nothing of them was read.
    """

    reasons: Mapping[tuple[str, str], Reason] = field(default_factory=dict)
    drafts: frozenset[str] = frozenset()
    mending: Mending = field(default_factory=Mending)

    def usable(self, kind: str, key: str, known: Mapping[str, object]) -> str:
        """Return the key of a declared ``element`` or ``type``, an alias followed. Raises Unresolved."""
        key = self.mending.alias(kind, key, known)
        if key not in known:
            namespace = key[1:].rpartition("}")[0]
            text = f"there is no {kind} {key}"
            if namespace in self.drafts or namespace in DRAFTS:
                raise Unresolved("schema-1999", f"{text} in a schema that can be read")
            raise Unresolved(f"{kind}-missing", text, name=key)
        if reason := self.reasons.get((kind, key)):
            raise Unresolved(*astuple(reason))
        return key


def flawed(components: Components) -> Flawed:
    """Return what must not be reached in the schemas of a contract."""
    documents = components.documents
    drafts = frozenset(
        node.get("targetNamespace", "")
        for document in documents.files.values()
        for types in document.root.iterchildren(wsdl("types"))
        for node in types
        if str(node.tag)[1:].rpartition("}")[0] in DRAFTS
    )
    wrong: dict[etree._Element, Reason] = {}
    for flaw in components.flaws:
        place = flaw.mistake
        code = "schema-1999" if any(draft in place.text for draft in (*DRAFTS, *filter(None, drafts))) else flaw.code
        wrong.setdefault(_owner(flaw.node), Reason(code, place.text, place.file, place.line, flaw.name))
    if wrong:
        _spread(components, wrong)
    reasons = {
        (kind, key): wrong[component.node]
        for kind in ("element", "type")
        for key, component in components.by_kind[kind].items()
        if component.node in wrong
    }
    return Flawed(reasons, drafts, documents.mending)


def _spread(components: Components, wrong: dict[etree._Element, Reason]) -> None:
    """Mark every global declaration that names a marked one, until nothing is added."""
    users: dict[etree._Element, list[etree._Element]] = {}
    for components_of_kind in components.by_kind.values():
        for component in list(components_of_kind.values()):
            if _owner(component.node) is not component.node:
                continue
            for named in _names(components, component):
                users.setdefault(named, []).append(component.node)
    waiting = list(wrong)
    while waiting:
        node = waiting.pop()
        for user in users.get(node, ()):
            if user not in wrong:
                wrong[user] = wrong[node]
                waiting.append(user)


def _names(components: Components, component: Component) -> Iterator[etree._Element]:
    """Yield the global declarations that one names, anywhere inside it."""
    for node in component.node.iter(etree.Element):
        for attribute, text in node.attrib.items():
            kind = _REFERRED.get(str(node.tag)) if attribute == "ref" else _NAMED.get(str(attribute))
            if kind is None:
                continue
            for qname in str(text).partition("[")[0].split():
                if found := components.known(kind, component, node, qname):
                    yield found.node


def _owner(node: etree._Element) -> etree._Element:
    """Return the global declaration that a node stands in."""
    parent = node.getparent()
    while parent is not None and parent.tag not in _OUTSIDE:
        node, parent = parent, parent.getparent()
    return node
