"""The schemas of a contract as one closed set of texts, which any XSD processor can compile.

WSDL 1.1 lets a contract hold many schemas of one namespace, some inside the WSDL, some that name others without
importing them. XML Schema 1.0 (part 1, section 4.2.3) lets a processor load each namespace once. So each namespace gets
a driver that includes all its documents, every import leads to the driver of its namespace, and missing imports are
added.

A type without a name cannot be asked for. It gets one: ``<element><complexType>`` becomes a named type beside it, and
the element refers to it. That says the same.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from adapter.wsdl.builtins import BUILTINS
from adapter.wsdl.components import KINDS, Component, Components, collect
from adapter.wsdl.documents import Documents
from adapter.wsdl.names import XML, schemas, xsd
from adapter.wsdl.schema import read_schemas
from adapter.wsdl.types import SOAP11_ENCODING, XSD
from adapter.wsdl.wellknown import WELL_KNOWN, WELL_KNOWN_URLS

MAIN = "main.xsd"
# The namespace of the elements that stand for types: no contract has it.
PROOF = "urn:proof"
_KNOWN = {XML: "http://www.w3.org/2001/xml.xsd", SOAP11_ENCODING: SOAP11_ENCODING}
_REFERENCES = ("import", "include", "redefine")


@dataclass(frozen=True, slots=True)
class SchemaTexts:
    """Texts by file name, all imported by ``MAIN``. ``elements`` are Clark names of elements, by their type's key."""

    texts: Mapping[str, bytes]
    elements: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Schema:
    """One schema document of the set: its name, where it came from, its root. ``entered``: not only included."""

    name: str
    path: str
    root: etree._Element
    entered: bool

    @property
    def namespace(self) -> str:
        return self.root.get("targetNamespace") or ""


def schema_texts(documents: Documents) -> SchemaTexts:
    """Return the closed set of a contract's schemas. ``documents`` are left as they are."""
    own = _own_copy(documents)
    named = _name_all(own)
    found = _found(own)
    namespaces = {each.namespace: f"namespace-{number}.xsd" for number, each in enumerate(found) if each.entered}
    names = {id(each.root): each.name for each in found}
    for each in found:
        _redirect(own, each, namespaces, names)
    texts = {each.name: etree.tostring(each.root) for each in found}
    for namespace, name in namespaces.items():
        texts[name] = _driver(namespace, [each.name for each in found if each.entered and each.namespace == namespace])
    elements = {key: f"{{{PROOF}}}t{number}" for number, key in enumerate(named)}
    texts[MAIN] = _main(namespaces, named, elements)
    return SchemaTexts(texts, elements)


def _own_copy(documents: Documents) -> Documents:
    """Return the same documents with roots that may be changed, well-known ones that nobody imports among them."""
    files = {
        path: replace(each, root=_with_prefixes(copy.deepcopy(each.root))) for path, each in documents.files.items()
    }
    return replace(documents, files=files)


def _with_prefixes(root: etree._Element) -> etree._Element:
    """Return a document in which every schema has a prefix for its own namespace."""
    for schema in schemas(root):
        namespace = schema.get("targetNamespace")
        if not namespace or namespace == XML or namespace in schema.nsmap.values():
            continue
        nsmap: Any = dict(schema.nsmap.items()) | {"proof-own": namespace}
        attributes: Any = dict(schema.attrib)
        other = etree.Element(schema.tag, attributes, nsmap=nsmap)
        other.extend(list(schema))
        parent = schema.getparent()
        if parent is None:
            return other
        parent.replace(schema, other)
    return root


def _name_all(documents: Documents) -> dict[str, tuple[str, str]]:
    """Give anonymous complex types of elements a name. Return namespace and local name of each type by its key."""
    components = collect(documents)
    read_schemas(components)
    _drop_repeated(components)
    named: dict[str, tuple[str, str]] = {}
    for number, (key, component) in enumerate(list(components.by_kind["type"].items())):
        node = component.node
        if "#" in key.rpartition("}")[2]:
            continue
        if not node.get("name"):
            _hoist(component, f"proof-{number}")
        if (node.get("name") and node.getparent() is component.schema.root) or component.redefines:
            named[key] = component.schema.namespace, (node.get("name") or "").strip()
    return named | {xsd(local): (XSD, local) for local in BUILTINS}


def _drop_repeated(components: Components) -> None:
    """Drop what is declared again: the first of a name wins, as in the contract tree."""
    registered = [each for kind in components.by_kind.values() for each in kind.values()]
    nodes = {each.node for each in registered}
    for root in {each.schema.root for each in registered}:
        for node in list(root.iterchildren(*KINDS)):
            if node not in nodes:
                root.remove(node)


def _hoist(component: Component, name: str) -> None:
    """Make the type of an element a type of its own; leave it where no name can be given."""
    node, root = component.node, component.schema.root
    parent = node.getparent()
    if parent is None or node.tag != xsd("complexType") or parent.tag != xsd("element"):
        return
    if any(each.tag == xsd("redefine") for each in node.iterancestors()):
        return
    own = root.get("targetNamespace") or ""
    prefixes = [prefix for prefix, uri in parent.nsmap.items() if uri == own]
    if not own and None in parent.nsmap:
        return
    prefix = next((each for each in prefixes if each), None) if own else None
    parent.set("type", f"{prefix}:{name}" if prefix else name)
    node.set("name", name)
    root.append(node)


def _found(documents: Documents) -> list[_Schema]:
    """Return every schema document once, the root's own first."""
    entered, taken = _entered(documents)
    found: list[_Schema] = []
    for path, document in documents.files.items():
        for root in schemas(document.root):
            inside = root is not document.root or path == documents.root
            is_entered = (inside or path in entered) and path not in taken
            found.append(_Schema(f"schema-{len(found)}.xsd", path, root, is_entered))
    for namespace, url in _KNOWN.items():
        if all(each.namespace != namespace for each in found):
            root = etree.fromstring(WELL_KNOWN[WELL_KNOWN_URLS[url]])
            found.append(_Schema(f"schema-{len(found)}.xsd", "", root, True))
    return found


def _entered(documents: Documents) -> tuple[set[str], set[str]]:
    """Return the paths that are imported, and those that are redefined."""
    entered: set[str] = set()
    taken: set[str] = set()
    for path, document in documents.files.items():
        nodes = [(each, "location") for each in document.root.iterchildren("{*}import")]
        for root in schemas(document.root):
            nodes += [(each, "schemaLocation") for kind in _REFERENCES for each in root.iterchildren(xsd(kind))]
        for node, attribute in nodes:
            location = (node.get(attribute) or "").strip()
            if location and (path, location) in documents.targets:
                target = documents.targets[path, location]
                if node.tag == xsd("redefine"):
                    taken.add(target)
                elif node.tag != xsd("include"):
                    entered.add(target)
    return entered, taken


def _redirect(documents: Documents, schema: _Schema, namespaces: Mapping[str, str], names: Mapping[int, str]) -> None:
    """Point every reference of a schema into the set, and import what it uses."""
    imported = {schema.namespace}
    for node in list(schema.root.iterchildren(*map(xsd, _REFERENCES))):
        location = str(node.attrib.pop("schemaLocation", "") or "").strip()
        if node.tag == xsd("import"):
            namespace = node.get("namespace") or ""
            if namespace in imported:
                schema.root.remove(node)
                continue
            imported.add(namespace)
            if namespace in namespaces:
                node.set("schemaLocation", namespaces[namespace])
        elif (target := documents.target(schema.path, location)) is not None:
            node.set("schemaLocation", names[id(target.root)])
        else:
            schema.root.remove(node)
    text = etree.tostring(schema.root, encoding="unicode")
    for namespace in sorted(namespaces.keys() - imported):
        if namespace in text and namespace:
            schema.root.insert(0, _reference("import", namespaces[namespace], namespace))


def _reference(kind: str, location: str, namespace: str | None = None) -> etree._Element:
    own = {"namespace": namespace} if namespace else {}
    return etree.Element(xsd(kind), {**own, "schemaLocation": location}, nsmap={"xsd": XSD})


def _driver(namespace: str, names: list[str]) -> bytes:
    root = etree.Element(xsd("schema"), {"targetNamespace": namespace} if namespace else {}, nsmap={"xsd": XSD})
    root.extend([_reference("include", name) for name in names])
    return etree.tostring(root)


def _main(namespaces: Mapping[str, str], named: Mapping[str, tuple[str, str]], elements: Mapping[str, str]) -> bytes:
    """Return the schema that imports all others and declares an element for each type."""
    prefixes = {
        namespace: f"n{number}" for number, namespace in enumerate(namespaces) if namespace not in ("", XML)
    } | {XSD: "xsd"}
    nsmap = {**{prefix: namespace for namespace, prefix in prefixes.items()}}
    root = etree.Element(xsd("schema"), {"targetNamespace": PROOF}, nsmap=nsmap)
    root.extend([_reference("import", name, namespace) for namespace, name in namespaces.items()])
    for key, (namespace, local) in named.items():
        qname = f"{prefixes[namespace]}:{local}" if namespace in prefixes else local
        # Whether an element may be nil is said where it stands, not by its type.
        etree.SubElement(root, xsd("element"), name=elements[key].rpartition("}")[2], type=qname, nillable="true")
    return etree.tostring(root)
