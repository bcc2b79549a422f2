"""Messages of WSDL 1.1 (sections 2.3 and 3.4 to 3.7): which parts stand in the SOAP body, in headers, in a fault.

Anything that cannot be resolved raises Unresolved with the reason, for one operation to be left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from typing import Literal

from lxml import etree

from adapter.wsdl.building import builtin_key
from adapter.wsdl.names import SOAP11_BINDING, SOAP12_BINDING, WSDL, clark, line_of, wsdl, xsd
from adapter.wsdl.reasons import Unresolved
from adapter.wsdl.schema import SchemaSet
from adapter.wsdl.substitution import alternatives
from adapter.wsdl.types import Attachment, Element, Fault, Group, Header, Message, Record, Scalar, Type

_MIME_CONTENT = "{http://schemas.xmlsoap.org/wsdl/mime/}content"


@dataclass(frozen=True, slots=True)
class Declared:
    """A named child of ``wsdl:definitions``: its key, its node and the path of the document that it stands in."""

    key: str
    node: etree._Element
    path: str

    @property
    def namespace(self) -> str:
        """The target namespace of the document."""
        return self.key[1:].rpartition("}")[0]


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything the WSDL documents of a contract declare, by kind (``message`` …) and key, and what schemas say.

    ``types`` grows by the wrappers of rpc messages, ``paths`` has the path of each document by its root,
    ``policies`` are by ``#id``.
    """

    declared: Mapping[str, dict[str, Declared]]
    schemas: SchemaSet
    types: dict[str, Type]
    paths: Mapping[etree._Element, str]
    policies: Mapping[str, etree._Element]

    @property
    def elements(self) -> Mapping[str, Element]:
        """The global elements of all schemas."""
        return self.schemas.elements

    def path(self, node: etree._Element) -> str:
        """Return the path of the document that a node stands in."""
        return self.paths[node.getroottree().getroot()]

    def find(self, kind: str, node: etree._Element, qname: str, namespace: str) -> Declared:
        """Return what a QName means; a name without a prefix may also mean the target namespace."""
        key = _key(node, qname, kind)
        local = clark(namespace, qname.strip().rpartition(":")[2])
        found = self.declared[kind].get(key) or (None if ":" in qname else self.declared[kind].get(local))
        if found is None:
            code = "message-missing" if kind == "message" else "binding-missing"
            raise Unresolved(code, f"there is no {kind} {key}")
        return found


@dataclass(frozen=True, slots=True)
class Binding:
    """One operation of a binding as far as its messages need it. ``soap`` is the namespace of the SOAP elements.

    ``overload`` is that of ``Operation``.
    """

    definitions: Definitions
    operation: str
    soap: str
    style: Literal["document", "rpc"]
    namespace: str
    port: str
    overload: str = ""


def soap_child(node: etree._Element | None, local: str) -> etree._Element | None:
    """Return the first SOAP 1.1 or 1.2 binding element of that name below a node."""
    if node is None:
        return None
    return next(node.iter(f"{{{SOAP11_BINDING}}}{local}", f"{{{SOAP12_BINDING}}}{local}"), None)


def message(binding: Binding, bound: etree._Element | None, abstract: etree._Element) -> Message:
    """Return one direction of an operation; ``bound`` and ``abstract`` are its ``wsdl:input`` or ``wsdl:output``."""
    parts, own = _parts(binding, abstract, abstract.get("message") or "")
    body = soap_child(bound, "body")
    headers, in_headers = _headers(binding, bound, own)
    if body is not None and body.get("parts") is not None:
        chosen = (body.get("parts") or "").split()
        if unknown := [name for name in chosen if name not in parts]:
            text = f"soap:body names parts that {own} does not have: {', '.join(unknown)}"
            raise Unresolved("part-missing", text)
    else:
        beside = {node.get("part") for node in ([] if bound is None else bound.iter(_MIME_CONTENT))}
        chosen = [name for name in parts if name not in in_headers and name not in beside]
    elements = tuple(_element(binding, parts[name]) for name in chosen)
    attached = () if bound is None else tuple(_attachments(binding, bound, parts))
    elements += tuple(element for element, _ in attached)
    attachments = tuple(attachment for _, attachment in attached)
    direction = "input" if abstract.tag == wsdl("input") else "output"
    if binding.style == "rpc":
        namespace = body.get("namespace", "") if body is not None else ""
        name = binding.operation if direction == "input" else f"{binding.operation}Response"
        root = Element(name, namespace, _record(binding, direction, namespace, elements))
        return Message(root, headers, attachments=attachments)
    if len(elements) > 1 or attachments or (elements and elements[0].abstract):
        # Where a part names an element, members of its substitution group may stand for it.
        known = binding.definitions.elements
        elements = tuple(replace(each, ref=each.tag) if each.tag in known else each for each in elements)
        key = _record(binding, direction, binding.namespace, elements)
        return Message(Element("Body", "", key), headers, bare=True, attachments=attachments)
    if elements and not parts[chosen[0]].get("element") and _holds_elements(binding, elements[0]):
        return Message(Element("Body", "", elements[0].type), headers, bare=True)
    if not elements:
        return Message(None, headers)
    head = elements[0].tag if parts[chosen[0]].get("element") else ""
    return Message(elements[0], headers, members=binding.definitions.schemas.substitutes.get(head, ()))


def _headers(binding: Binding, bound: etree._Element | None, own: str) -> tuple[tuple[Header, ...], set[str]]:
    """Return the header blocks of a direction, and which parts of its own message (``own``) they are."""
    own_parts: set[str] = set()
    headers = []
    for node in [] if bound is None else bound.iter(f"{{{binding.soap}}}header"):
        offered, key = _parts(binding, node, node.get("message") or "")
        name = node.get("part") or ""
        if name not in offered:
            raise Unresolved("part-missing", f"soap:header names a part {name!r} that {key} does not have")
        element = _element(binding, offered[name], node.get("namespace", ""))
        headers.append(Header(element, node.get(f"{{{WSDL}}}required") in ("true", "1")))
        own_parts |= {name} if key == own else set()
    return tuple(headers), own_parts


def _attachments(
    binding: Binding, bound: etree._Element, parts: Mapping[str, etree._Element]
) -> Iterator[tuple[Element, Attachment]]:
    """Yield the parts that travel beside the envelope, each once: a part may be offered in several media types."""
    seen: set[str] = set()
    for node in bound.iter(_MIME_CONTENT):
        name = node.get("part") or ""
        if name in seen or name not in parts:
            continue
        seen.add(name)
        key = builtin_key(_key(parts[name], parts[name].get("type") or "", "type"), binding.definitions.types)
        kind = binding.definitions.types.get(key or "")
        text = isinstance(kind, Scalar) and kind.builtin == "string"
        # Whatever else a part says that it is (an image, a data handler), what travels are bytes.
        element = Element(name, "", key if key and text else xsd("base64Binary"))
        yield element, Attachment(name, node.get("type") or "application/octet-stream", not text)


def fault(binding: Binding, abstract: etree._Element) -> Fault:
    """Return a declared fault with the element of its one part (section 3.6)."""
    parts, _ = _parts(binding, abstract, abstract.get("message") or "")
    return Fault(abstract.get("name", ""), next((_element(binding, node) for node in parts.values()), None))


def _parts(binding: Binding, node: etree._Element, qname: str) -> tuple[dict[str, etree._Element], str]:
    """Return the parts of a message by name, and the message's key."""
    found = binding.definitions.find("message", node, qname, binding.namespace)
    return {part.get("name", ""): part for part in found.node.findall(wsdl("part"))}, found.key


def _element(binding: Binding, part: etree._Element, namespace: str = "") -> Element:
    """Return the element that a part stands for: the global one it names, or one of its own name and type."""
    try:
        return _declared(binding, part, namespace)
    except Unresolved as error:
        raise Unresolved(*astuple(error.at(binding.definitions.path(part), line_of(part)))) from None


def _declared(binding: Binding, part: etree._Element, namespace: str) -> Element:
    definitions = binding.definitions
    if qname := part.get("element"):
        key = definitions.schemas.flawed.usable("element", _key(part, qname, "element"), definitions.elements)
        element = definitions.elements[key]
        return replace(element, ref=key) if binding.style == "rpc" else element
    if not part.get("type") or not part.get("name", "").strip():
        what = "a part has no name" if part.get("type") else "a part has neither element nor type"
        raise Unresolved("part-missing", what)
    key = _key(part, part.get("type") or "", "type")
    key = builtin_key(key, definitions.types) or definitions.schemas.flawed.usable("type", key, definitions.types)
    return Element(part.get("name", ""), namespace, key)


def _holds_elements(binding: Binding, element: Element) -> bool:
    """Whether a type holds elements and nothing else, so that it can be the type of soap:Body (section 3.5)."""
    found = binding.definitions.types[element.type]
    return isinstance(found, Record) and not (found.text or found.attributes or found.any_attribute)


def _record(binding: Binding, direction: str, namespace: str, elements: Iterable[Element]) -> str:
    """Keep the type of a message's parts in the tree, and return its key: ``{ns}operation#input``."""
    schemas = binding.definitions.schemas
    content = tuple(alternatives(each, schemas.elements, schemas.substitutes) for each in elements)
    name = binding.operation + (f"({binding.overload})" if binding.overload else "")
    key = free = clark(namespace, f"{name}#{direction}")
    record, number = Record(key, Group("sequence", content) if content else None), 1
    # Two ports may bind different operations of one name and namespace.
    while binding.definitions.types.setdefault(free, record) != record:
        free = f"{key}.{binding.port}" if number == 1 else f"{key}.{binding.port}.{number}"
        record, number = replace(record, name=free), number + 1
    return free


def _key(node: etree._Element, qname: str, kind: str) -> str:
    """Return the Clark name of a QName at a node; ``kind`` is what it should name."""
    prefix, _, local = qname.strip().rpartition(":")
    if prefix and prefix not in node.nsmap:
        code = f"{kind}-missing" if kind in ("message", "element", "type") else "binding-missing"
        raise Unresolved(code, f"prefix {prefix!r} is not declared")
    return clark(node.nsmap.get(prefix or None) or "", local)
