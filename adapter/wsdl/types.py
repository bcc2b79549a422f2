"""The contract tree: what a WSDL says, frozen and ours, free of zeep and of XML documents.

Types and global elements are kept in dictionaries by *key*, so the tree has no cycles, pickles, and can be compared.
A key is a Clark name ``{namespace}local``; an anonymous type is keyed by where it stands, for example
``{urn:x}Order/Position``. Built-in types keep their XSD name, ``{http://www.w3.org/2001/XMLSchema}decimal``.

Sources: XML Schema 1.0 part 1 (components) and part 2 (datatypes, facets), WSDL 1.1, SOAP 1.1 section 5 (encoding).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapter.wsdl.asked import Addressing as Addressing
from adapter.wsdl.asked import Attachment as Attachment
from adapter.wsdl.reasons import Reason
from adapter.wsdl.wildcard import Any as Any

XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SOAP11_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
SOAP11_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12_ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"


@dataclass(frozen=True, slots=True)
class Facets:
    """Constraining facets of a simple type, merged along its derivation (XSD part 2, section 4.3).

    ``patterns`` must all match; each is one derivation step's alternatives joined with ``|`` (still XSD syntax).
    ``white_space`` is the facet's word, None where the built-in type decides.
    """

    enumeration: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    length: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_inclusive: str | None = None
    max_inclusive: str | None = None
    min_exclusive: str | None = None
    max_exclusive: str | None = None
    total_digits: int | None = None
    fraction_digits: int | None = None
    white_space: str | None = None


@dataclass(frozen=True, slots=True)
class Scalar:
    """An atomic simple type: its facets and the built-in it stands on (``builtin``, a local name like ``decimal``)."""

    name: str
    builtin: str
    facets: Facets = Facets()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A simple type whose value is a white-space separated list of ``item`` (a key)."""

    name: str
    item: str
    facets: Facets = Facets()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Union:
    """A simple type whose value fits one of ``members`` (keys)."""

    name: str
    members: tuple[str, ...]
    facets: Facets = Facets()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """One element declaration where it is used. ``namespace`` is empty for an unqualified local element.

    ``max`` is None for unbounded. ``ref`` is the key of the global element when declared by ``ref=``, else empty. A
    reference to the head of a substitution group is a choice in the tree. An ``abstract`` one is never in a message.
    """

    name: str
    namespace: str
    type: str
    min: int = 1
    max: int | None = 1
    nillable: bool = False
    default: str | None = None
    fixed: str | None = None
    ref: str = ""
    doc: str = ""
    abstract: bool = False

    @property
    def tag(self) -> str:
        """The Clark name that the element has in an instance document."""
        return f"{{{self.namespace}}}{self.name}" if self.namespace else self.name

    @property
    def repeats(self) -> bool:
        """Whether it may occur more than once, and so is an array in JSON whatever a message holds."""
        return self.max is None or self.max > 1


@dataclass(frozen=True, slots=True)
class Group:
    """A model group with its own occurrence bounds. ``all`` is kept apart, since its order is free.

    ``turn`` is the key of the record of one turn, where it repeats as a whole and no group around it does.
    """

    kind: Literal["sequence", "choice", "all"]
    items: tuple[Particle, ...]
    min: int = 1
    max: int | None = 1
    turn: str = ""


Particle = Element | Group | Any


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute use. ``namespace`` is empty for an unqualified attribute."""

    name: str
    namespace: str
    type: str
    required: bool = False
    default: str | None = None
    fixed: str | None = None
    doc: str = ""

    @property
    def tag(self) -> str:
        """The Clark name that the attribute has in an instance document."""
        return f"{{{self.namespace}}}{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True)
class Record:
    """A complex type with everything it inherits already merged in.

    ``content`` is None when it holds no elements. ``text`` is the key of the simple type of its text (simple content).
    ``any_attribute`` are the wildcards that let further attributes in, each of them what it lets.
    ``extends`` is the key of its base type, ``derived`` are the keys of every type derived from it, directly or not,
    in document order. ``soap_array`` marks a soapenc array (SOAP 1.1 section 5.4): ``content`` is then one
    repeated element whose name in a message is free. ``turn`` marks one turn of a group that repeats: no element is of
    this type, its content stands among the children of another.
    """

    name: str
    content: Group | None = None
    attributes: tuple[Attribute, ...] = ()
    text: str = ""
    abstract: bool = False
    mixed: bool = False
    any_attribute: tuple[Any, ...] = ()
    extends: str = ""
    derived: tuple[str, ...] = ()
    soap_array: bool = False
    doc: str = ""
    turn: bool = False


Type = Scalar | ListOf | Union | Record


def local_name(key: str) -> str:
    """Return the local part of a Clark name."""
    return key.rpartition("}")[2] or key


@dataclass(frozen=True, slots=True)
class Header:
    """One declared SOAP header block: the element to send (WSDL 1.1 section 3.7)."""

    element: Element
    required: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What one direction of an operation carries in the SOAP body.

    ``root`` is the one child of the body. For rpc it is the wrapper (the operation's name in the binding's namespace;
    by convention ``…Response`` in a reply, whose name readers must not insist on) and its type, keyed
    ``{ns}operation#input`` or ``#output``, holds the parts. None means an empty body.
    ``bare``: the root is the body itself, not an element in it; its children are those of the body. So it is for
    several document parts, for a document part that names a type (section 3.5), and for one that names an abstract
    element, whose place one of the members of its substitution group takes. ``members`` are the keys of those that may
    stand for a root that is not abstract. ``attachments`` are children of the root too.
    """

    root: Element | None
    headers: tuple[Header, ...] = ()
    bare: bool = False
    members: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A declared fault: the element that stands in the fault's detail."""

    name: str
    element: Element | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one port. ``output`` is None for a one-way operation.

    ``name`` is what the wire has; ``overload`` tells it from others of that name in its port, "" where it is alone.
    ``action`` is what WS-Addressing calls its input.
    """

    name: str
    style: Literal["document", "rpc"]
    use: Literal["literal", "encoded"]
    soap_action: str
    input: Message
    output: Message | None
    faults: tuple[Fault, ...] = ()
    doc: str = ""
    overload: str = ""
    action: str = ""

    @property
    def key(self) -> str:
        """Its name in ``Port.operations``, unique there: ``echo``, or ``echo(echoString)`` where it is overloaded."""
        return f"{self.name}({self.overload})" if self.overload else self.name

    @property
    def reply_tags(self) -> tuple[str, ...]:
        """The names that the root of a reply may have; () where it is free (rpc), the body itself, or not there."""
        output = None if self.style == "rpc" or self.output is None or self.output.bare else self.output
        return (output.root.tag, *output.members) if output is not None and output.root is not None else ()


@dataclass(frozen=True, slots=True)
class Port:
    """One port: a SOAP binding at an address. ``address`` is what the WSDL claims; calls never go there by itself.

    ``operations`` are by ``Operation.key``, ``binding`` is the Clark name of the ``wsdl:binding``.
    """

    name: str
    soap_version: Literal["1.1", "1.2"]
    address: str
    operations: Mapping[str, Operation]
    binding: str = ""
    addressing: Addressing | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """One service and its SOAP ports."""

    name: str
    ports: Mapping[str, Port]


@dataclass(frozen=True, slots=True)
class Contract:
    """A whole WSDL with everything it imports. ``substitutes`` maps a head element to its members, all keys.

    ``omitted`` says why operations (``Port.Operation``) cannot be called, ``flawed`` why types (by key) cannot be used.
    ``repairs`` are the rules of ``wsdl/repairs.yaml`` that mended something. ``attributes`` are the keys of the global
    ones. ``prefixes`` are what a mapping calls namespaces (``soap.namespaces``).
    """

    file: str
    target_namespace: str
    services: Mapping[str, Service]
    types: Mapping[str, Type]
    elements: Mapping[str, Element]
    substitutes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    omitted: Mapping[str, Reason] = field(default_factory=dict)
    flawed: Mapping[str, Reason] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def operation(self, service: str, port: str, name: str) -> Operation:
        """Return one operation by its key. Raise KeyError, with the part that is unknown, where there is none."""
        return self.services[service].ports[port].operations[name]
