"""Whether XML is what a contract says, by the contract tree alone: for contracts that no schema processor compiles.

One objection at a time, in words with the way to the element. Where a content model is ambiguous, any way through it
counts. Wildcards take anything; what is declared globally is checked there too (``lax``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from adapter.wsdl.models import Model, content_model, optional
from adapter.wsdl.types import (
    SOAP11_ENCODING,
    XSD,
    XSI,
    Attribute,
    Element,
    Group,
    Record,
    Type,
    local_name,
)
from adapter.wsdl.values import Fitting

_TYPE, _NIL = f"{{{XSI}}}type", f"{{{XSI}}}nil"
_ANY_TYPE = f"{{{XSD}}}anyType"
# They stand on elements of the SOAP encoding without being declared (SOAP 1.1, section 5).
_FREE = (XSI, SOAP11_ENCODING, "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-encoding")


Typed = Callable[[str, etree._Element], str]


class Objection(Exception):
    """What is wrong with a message, and where."""


@dataclass(frozen=True)
class Checker:
    """Checks elements against the types of a contract. ``encoded``: values may be nil or left out.

    ``typed`` says what is wrong with an element inside the one that is checked, as one of a type, where somebody else
    judges those; "" for nothing. ``nil_alone``: what is nil needs none of its attributes.
    """

    types: Mapping[str, Type]
    elements: Mapping[str, Element]
    substitutes: Mapping[str, tuple[str, ...]]
    encoded: bool = False
    typed: Typed | None = None
    nil_alone: bool = False

    @cached_property
    def _fitting(self) -> dict[str, Fitting]:
        return {}

    @cached_property
    def _models(self) -> dict[str, Model]:
        return {}

    def check(
        self, declared: Element, node: etree._Element, texts: dict[str, str] | None = None, where: str = ""
    ) -> None:
        """Raise Objection where an element is not what its declaration says.

        ``texts`` collects what it holds, by the lower-case name of the element or attribute, the first of each.
        """
        where = f"{where}/{local_name(str(node.tag))}"
        texts = {} if texts is None else texts
        nil = node.get(_NIL)
        if nil is not None and not (declared.nillable or self.encoded or declared.type == _ANY_TYPE):
            raise Objection(f"{where} must not be nil")
        if (nil or "").strip() in ("true", "1"):
            if len(node) or node.text:
                raise Objection(f"{where} is nil, and yet it holds something")
            if not self.nil_alone:
                self._attributes(self._record_of(declared), node, texts, where)
            return
        key = self._type(declared, node, where)
        found = self.types[key]
        if isinstance(found, Record):
            self._record(found, node, texts, where)
        else:
            if len(node):
                raise Objection(f"{where} must hold a text, not elements")
            self._text(key, node.text or "", texts, where, declared.name)
            self._attributes(Record(key), node, texts, where)
        if declared.fixed is not None and (node.text or "") not in ("", declared.fixed):
            raise Objection(f"{where} must be {declared.fixed!r}")

    def _record_of(self, declared: Element) -> Record:
        found = self.types[declared.type]
        return found if isinstance(found, Record) else Record(declared.type)

    def _type(self, declared: Element, node: etree._Element, where: str) -> str:
        """Return the type that an element has: its declared one, or the one that ``xsi:type`` names."""
        said = node.get(_TYPE)
        if said is None:
            found = self.types[declared.type]
            if isinstance(found, Record) and found.abstract:
                raise Objection(f"{where} needs xsi:type, since {declared.type} is abstract")
            return declared.type
        prefix, _, local = said.strip().rpartition(":")
        namespace = node.nsmap.get(prefix or None)
        if prefix and namespace is None:
            raise Objection(f"{where} has an xsi:type {said!r} whose prefix is not declared")
        key = self._plain(f"{{{namespace}}}{local}" if namespace else local)
        own = self.types[declared.type]
        if isinstance(own, Record) and own.soap_array and key == f"{{{SOAP11_ENCODING}}}Array":
            return declared.type
        if key not in self.types:
            raise Objection(f"{where} has an xsi:type {said!r} that the contract does not declare")
        found = self.types[key]
        if isinstance(own, Record) and key not in (declared.type, *own.derived) and declared.type != _ANY_TYPE:
            raise Objection(f"{where} has an xsi:type {said!r} that is not derived from {declared.type}")
        if isinstance(found, Record) and found.abstract:
            raise Objection(f"{where} has an xsi:type {said!r} that is abstract")
        return key

    def _plain(self, key: str) -> str:
        """Return the schema's own type for one of the encoding's: ``soapenc:string`` is ``xsd:string``."""
        namespace, _, local = key[1:].rpartition("}")
        same = f"{{{XSD}}}{'base64Binary' if local == 'base64' else local}"
        return same if namespace == SOAP11_ENCODING and same in self.types else key

    def _record(self, found: Record, node: etree._Element, texts: dict[str, str], where: str) -> None:
        self._attributes(found, node, texts, where)
        if found.text:
            if len(node):
                raise Objection(f"{where} must hold a text, not elements")
            self._text(found.text, node.text or "", texts, where, local_name(str(node.tag)))
            return
        if not found.mixed and "".join([node.text or "", *(each.tail or "" for each in node)]).strip():
            raise Objection(f"{where} must hold elements, not a text")
        children = [each for each in node if isinstance(each.tag, str)]
        if found.soap_array and found.content is not None:
            item = found.content.items[0]
            assert isinstance(item, Element)
            for each in children:
                self.check(item, each, texts, where)
            return
        model = self._model(found)
        if wrong := model.objection([str(each.tag) for each in children]):
            raise Objection(f"{where}: {wrong}")
        for each in children:
            inner = model.declared.get(str(each.tag)) or self.elements.get(str(each.tag))
            if inner is not None:
                self._inside(inner, each, texts, where)

    def _inside(self, declared: Element, node: etree._Element, texts: dict[str, str], where: str) -> None:
        if self.typed is None:
            self.check(declared, node, texts, where)
            return
        if (node.get(_NIL) or "").strip() in ("true", "1") and not declared.nillable:
            raise Objection(f"{where}/{local_name(str(node.tag))} must not be nil")
        if why := self.typed(declared.type, node):
            raise Objection(why)

    def _model(self, found: Record) -> Model:
        if found.name not in self._models:
            group = found.content or Group("sequence", ())
            group = optional(group) if self.encoded else group
            self._models[found.name] = content_model(group, self.elements, self.substitutes)
        return self._models[found.name]

    def _attributes(self, found: Record, node: etree._Element, texts: dict[str, str], where: str) -> None:
        known = {each.tag: each for each in found.attributes}
        for tag, text in ((str(each), str(said)) for each, said in node.attrib.items()):
            if tag in known:
                self._attribute(known[tag], text, texts, f"{where}/@{known[tag].name}")
            elif not found.any_attribute and tag[1:].rpartition("}")[0] not in _FREE and tag not in ("id", "href"):
                raise Objection(f"{where} has an attribute {tag} that the contract does not know")
        for declared in found.attributes:
            if declared.required and declared.tag not in node.attrib:
                raise Objection(f"{where} lacks the attribute {declared.name}")

    def _attribute(self, declared: Attribute, text: str, texts: dict[str, str], where: str) -> None:
        self._text(declared.type, text, texts, where, declared.name)
        if declared.fixed is not None and text != declared.fixed:
            raise Objection(f"{where} must be {declared.fixed!r}")

    def _text(self, key: str, text: str, texts: dict[str, str], where: str, name: str) -> None:
        if key not in self._fitting:
            self._fitting[key] = Fitting(self.types, key)
        if not self._fitting[key].fits(text):
            raise Objection(f"{where}: {text[:60]!r} is not a value of {key}")
        texts.setdefault(name.lower(), text)
