"""The named components of all schemas of a contract: where each is declared, and how a name is resolved to it.

XML Schema 1.0 part 1, section 4.2: include (chameleon too), redefine and import. All schemas of the contract are one
set: an import without a location refers to a schema that another document brings.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lxml import etree

from adapter.errors import Mistake
from adapter.wsdl.documents import Document, Documents
from adapter.wsdl.names import SOAP12_ENCODING, XML, clark, schemas, wsdl, xsd
from adapter.wsdl.types import SOAP11_ENCODING, XSD

# These are known by heart (their base types stand for the XSD type of the same name), whatever a contract brings.
KNOWN_BY_HEART = (XSD, XML, SOAP11_ENCODING, SOAP12_ENCODING)
# What a redefinition replaces stays reachable under its name with this added (part 1, section 4.2.2), once or more.
ORIGINAL = "#original"

# What a schema declares globally: the kind of each tag.
KINDS = {
    xsd("element"): "element",
    xsd("complexType"): "type",
    xsd("simpleType"): "type",
    xsd("group"): "group",
    xsd("attribute"): "attribute",
    xsd("attributeGroup"): "attributeGroup",
}


@dataclass(frozen=True, slots=True)
class Schema:
    """One schema document as one namespace sees it; an included one without a namespace takes its includer's."""

    path: str
    root: etree._Element
    namespace: str

    def qualified(self, node: etree._Element, what: str) -> bool:
        """Whether a local declaration has a namespace; ``what`` is ``element`` or ``attribute``."""
        return (node.get("form") or self.root.get(f"{what}FormDefault")) == "qualified"


@dataclass(frozen=True, slots=True)
class Component:
    """One global declaration. ``redefines``: what its own name means inside it, where it replaces what had its key."""

    key: str
    node: etree._Element
    schema: Schema
    redefines: str = ""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong in a schema: the mistake, the node, and the code of ``REASONS`` for what it costs.

    ``name`` is the key of the element or type that is not there, where that is what is wrong.
    """

    mistake: Mistake
    node: etree._Element
    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Components:
    """All global declarations by kind and key, in document order, and the flaws found on the way."""

    documents: Documents
    by_kind: dict[str, dict[str, Component]] = field(default_factory=lambda: {kind: {} for kind in KINDS.values()})
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What is wrong in the schemas."""
        return tuple(flaw.mistake for flaw in self.flaws)

    def wrong(self, schema: Schema, node: etree._Element, text: str, remedy: str = "") -> None:
        """Note a mistake at a node of a schema: an operation that needs this cannot be called."""
        self.flaws.append(Flaw(self.documents.mistake(schema.path, node, text, remedy), node, "unreadable"))

    def name(self, scope: Component | Schema, node: etree._Element, qname: str) -> str | None:
        """Return the key that a QName has at a node, or None (a mistake is noted) where its prefix is unknown."""
        schema = scope.schema if isinstance(scope, Component) else scope
        prefix, _, local = qname.strip().rpartition(":")
        # ``xml`` is bound without being declared (Namespaces in XML, section 3).
        namespace = XML if prefix == "xml" else node.nsmap.get(prefix or None)
        if prefix and namespace is None:
            self.wrong(schema, node, f"prefix {prefix!r} is not declared")
            return None
        if not namespace and not schema.root.get("targetNamespace"):
            namespace = schema.namespace
        return clark(namespace or "", local)

    def find(self, kind: str, scope: Component, node: etree._Element, qname: str) -> Component | None:
        """Return the component that a QName means, or None (a mistake is noted) where there is none."""
        key = self.name(scope, node, qname)
        if key is None:
            return None
        found = self._found(kind, scope, key)
        if found is None:
            named = kind in ("type", "element")
            text, remedy = f"there is no {kind} {key}", "add the schema that declares it, or its import"
            mistake = self.documents.mistake(scope.schema.path, node, text, remedy)
            self.flaws.append(Flaw(mistake, node, f"{kind}-missing" if named else "unreadable", key if named else ""))
        return found

    def known(self, kind: str, scope: Component, node: etree._Element, qname: str) -> Component | None:
        """Return the component that a QName means, None where there is none; nothing is noted."""
        prefix = qname.rpartition(":")[0]
        if prefix and prefix != "xml" and prefix not in node.nsmap:
            return None
        key = self.name(scope, node, qname)
        return self._found(kind, scope, key) if key else None

    def _found(self, kind: str, scope: Component, key: str) -> Component | None:
        known = self.by_kind[kind]
        key = self.documents.mending.alias(kind, key, known)
        own = key == scope.redefines.partition(ORIGINAL)[0]
        found = (known.get(scope.redefines) if own else None) or known.get(key)
        if found is None and not key.startswith("{"):
            # Common in the field: no default namespace is declared, and the target namespace is meant.
            found = known.get(clark(scope.schema.namespace, key))
        return found


def collect(documents: Documents) -> Components:
    """Find every global declaration of every schema that the root document reaches."""
    components = Components(documents)
    seen: set[tuple[int, str]] = set()
    for document in documents.files.values():
        is_schema = document.root.tag == xsd("schema")
        if is_schema and document.path not in documents.roots and not _imported_by_wsdl(documents, document):
            continue
        for root in schemas(document.root):
            _add(components, Schema(document.path, root, root.get("targetNamespace", "")), seen)
    return components


def _imported_by_wsdl(documents: Documents, schema: Document) -> bool:
    """Whether a ``wsdl:import`` points at this schema directly, which WSDL 1.1 (section 2.1.1) uses itself."""
    return any(
        documents.target(document.path, location) is schema
        for document in documents.files.values()
        for node in document.root.findall(wsdl("import"))
        if (location := (node.get("location") or "").strip())
    )


def _add(components: Components, schema: Schema, seen: set[tuple[int, str]]) -> None:
    """Register what one schema declares, and what it includes and imports. Each schema is done once a namespace."""
    waiting = [schema]
    while waiting:
        schema = waiting.pop()
        if (id(schema.root), schema.namespace) in seen or schema.namespace in KNOWN_BY_HEART:
            continue
        seen.add((id(schema.root), schema.namespace))
        waiting.extend(reversed(_brought(components, schema)))
        for node in schema.root:
            if kind := KINDS.get(node.tag):
                _register(components, kind, schema, node)
        for node in schema.root.findall(xsd("redefine")):
            _redefine(components, schema, node, seen)


def _brought(components: Components, schema: Schema) -> list[Schema]:
    """Return the schemas that one schema includes and imports."""
    brought = []
    for node in schema.root.iterchildren(xsd("include"), xsd("import"), xsd("override")):
        if node.tag == xsd("override"):
            components.wrong(schema, node, "xsd:override (XML Schema 1.1) is not supported", "use redefine or include")
        elif target := _target(components, schema, node):
            own = schema.namespace if node.tag == xsd("include") else node.get("namespace", "")
            brought.append(Schema(target.path, target.root, target.root.get("targetNamespace") or own))
    return brought


def _target(components: Components, schema: Schema, node: etree._Element) -> Document | None:
    """Return the schema document that an import, include or redefine names; None where it names none."""
    location = (node.get("schemaLocation") or "").strip()
    if not location:
        return None
    target = components.documents.target(schema.path, location)
    if target is None:
        return None
    if target.root.tag == xsd("schema"):
        return target
    components.wrong(
        schema, node, f"{target.path} is not an XML Schema document", "import a file whose root is xsd:schema"
    )
    return None


def _register(components: Components, kind: str, schema: Schema, node: etree._Element, redefines: str = "") -> None:
    """Register one declaration. The first of a name wins, since real contracts repeat whole schemas."""
    name = (node.get("name") or "").strip()
    if not name:
        components.wrong(schema, node, f"a global {kind} has no name")
        return
    key = clark(schema.namespace, name)
    components.by_kind[kind].setdefault(key, Component(key, node, schema, redefines))


def _redefine(components: Components, schema: Schema, redefine: etree._Element, seen: set[tuple[int, str]]) -> None:
    """Register a redefined document, then what replaces parts of it (part 1, section 4.2.2)."""
    target = _target(components, schema, redefine)
    if target is None:
        return
    _add(components, Schema(target.path, target.root, target.root.get("targetNamespace") or schema.namespace), seen)
    for node in redefine:
        kind = KINDS.get(node.tag)
        if kind is None:
            continue
        key = clark(schema.namespace, (node.get("name") or "").strip())
        original = components.by_kind[kind].pop(key, None)
        if original is None:
            components.wrong(schema, node, f"redefines {key}, which {target.path} does not declare")
            continue
        # What replaces something may be replaced itself, by a document that redefines this one.
        before = key + ORIGINAL
        while before in components.by_kind[kind]:
            before += ORIGINAL
        components.by_kind[kind][before] = replace(original, key=before)
        _register(components, kind, schema, node, before)
