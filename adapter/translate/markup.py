"""Values without a shape in messages: XML texts become elements, elements become XML texts, attributes an object.

A text is parsed and its elements are built in the message one by one: a message never holds text that was not parsed,
and each element keeps the prefixes that its texts and attributes may use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from adapter.mapping.bound import BoundField, BoundType, leaves
from adapter.mapping.flat import in_xml
from adapter.mapping.markup import shares
from adapter.mapping.occurrence import Way
from adapter.mapping.xml_text import canonical, parsed
from adapter.translate.reading import NIL, Reading, invalid, is_nil
from adapter.wsdl.types import XSI
from adapter.wsdl.types import Any as Wildcard

# As deep as a document may be; what refers to itself has no end.
_MOST_DEPTH = 256
Values = Mapping[str, Any]
Fill = Callable[[Any, Values], bool]
Handler = Callable[[Any, dict[str, Any], Reading], None]


def graft(parent: Any, element: Any) -> Any:
    """Append a copy of an element to a parent of another document, every namespace declaration kept where it stood.

    lxml's own ``append`` drops a declaration where the parent has the namespace under another prefix, and what a text
    such as ``p:T`` means would be lost.
    """
    # Of two prefixes of one namespace lxml takes the last one for the element.
    nsmap = {**{each: uri for each, uri in element.nsmap.items() if each != element.prefix}, **_own(element)}
    made = etree.SubElement(parent, element.tag, element.attrib, nsmap=nsmap)
    made.text = element.text
    for child in element:
        graft(made, child).tail = child.tail
    return made


def _own(element: Any) -> dict[str | None, str]:
    prefix = element.prefix
    return {prefix: element.nsmap[prefix]} if prefix in element.nsmap else {}


def placed(parent: Any, element: Any) -> None:
    """Put a finished element into a parent: as it is, or as a copy where only that keeps all its prefixes."""
    known = {uri: prefix or "" for prefix, uri in parent.nsmap.items()}
    for _, (prefix, uri) in etree.iterwalk(element, events=("start-ns",)):
        if known.setdefault(uri, prefix or "") != (prefix or ""):
            graft(parent, element)
            return
    parent.append(element)


def text_fill(tag: str, slot: str, several: bool, text_of: Callable[[Any], Any] = lambda value: value) -> Fill:
    """Return the function that appends the element of one XML text, or of several. ``tag`` is theirs, if they have one.

    ``text_of`` gives the text of a value, "" for an empty element. null is an element that is nil; for an array the
    element around it is.
    """

    def fill(parent: Any, values: Values) -> bool:
        if slot not in values:
            return False
        if values[slot] is None and several:
            parent.set(NIL, "true")
            return True
        for value in values[slot] if several else (values[slot],):
            text = None if value is None else text_of(value)
            if text:
                graft(parent, parsed(text))
            else:
                made = etree.SubElement(parent, tag)
                made.attrib.update({NIL: "true"} if text is None else {})
        return True

    return fill


def markup_fill(tag: str, field: BoundField, slot: str, types: Mapping[str, BoundType]) -> Fill | None:
    """Return the function that appends the elements of a value that is XML, or of objects that are; None for others."""
    if field.markup is not None:
        return text_fill(tag, slot, field.shape == "scalars")
    name = whole_name(types[field.type]) if field.type else ""
    if not name:
        return None
    bound = types[field.type]
    return text_fill(tag, slot, field.shape == "objects", lambda value: in_xml(bound, value).get(name, ""))


def wild_fills(wildcards: Sequence[Wildcard], way: Way) -> Iterator[Fill]:
    """Yield for each wildcard of a record the function that appends its share of the elements, in order."""
    _, field, slot = way
    several = field.shape == "scalars"
    if len(wildcards) == 1:
        yield text_fill("", slot, several)
        return
    for index in range(len(wildcards)):
        yield _share(wildcards, slot, several, index)


def _share(wildcards: Sequence[Wildcard], slot: str, several: bool, index: int) -> Fill:
    def fill(parent: Any, values: Values) -> bool:
        if slot not in values:
            return False
        roots = [parsed(text) for text in (values[slot] if several else (values[slot],))]
        counts = shares(wildcards, [etree.QName(root).namespace or "" for root in roots])
        first = sum(counts[:index])
        for root in roots[first : first + counts[index]]:
            graft(parent, root)
        return bool(roots)

    return fill


def whole_name(bound: BoundType) -> str:
    """Return the name of the property that alone is the element of such objects, as XML; "" where there is none."""
    found = [each for each in leaves(bound.written) if is_whole(each)]
    return found[0].name if found else ""


def is_whole(field: BoundField) -> bool:
    """Whether a value is the element itself that its object stands for."""
    return not field.steps and field.markup is not None and field.markup.kind == "element"


def attributes_fill(slot: str) -> Fill:
    """Return the function that sets the further attributes of an element."""

    def fill(element: Any, values: Values) -> bool:
        for name, text in values.get(slot, {}).items():
            element.set(name, text)
        return bool(values.get(slot))

    return fill


def markup_reader(field: BoundField, name: str) -> Handler:
    """Return the function that reads a value without a shape of the object called ``name``."""
    assert field.markup is not None
    if field.markup.kind == "attributes":
        return _attributes_reader(field)
    key, place, nullable = field.name, f"{name}.{field.name}", field.nullable

    def item(element: Any, found: dict[str, Any], reading: Reading) -> None:
        found[key].append(None if nil_items and _bare_nil(element) else canonical(_resolved(element, reading)))

    def single(element: Any, found: dict[str, Any], reading: Reading) -> None:
        if key in found:
            reading.note(f"{place} stands there twice")
        else:
            found[key] = None if nullable and _bare_nil(element) else canonical(_resolved(element, reading))

    nil_items = bool(field.steps) and field.steps[-1].element.nillable
    return item if field.shape == "scalars" else single


def _attributes_reader(field: BoundField) -> Handler:
    assert field.markup is not None
    key, others = field.name, field.markup.others

    def read(element: Any, found: dict[str, Any], reading: Reading) -> None:
        found[key] = {
            name: text
            for name, text in element.attrib.items()
            if name not in others and not name.startswith(f"{{{XSI}}}")
        }

    return read


def _resolved(element: Any, reading: Reading) -> Any:
    """Return an element of an encoded message with what its references refer to in their place (SOAP 1.1 5.4.1)."""
    if not reading.encoded or not any(_refers(each) for each in element.iter("*")):
        return element
    made = graft(etree.Element("resolved"), element)
    waiting = [(made, 0)]
    while waiting:
        each, depth = waiting.pop()
        if depth > _MOST_DEPTH:
            raise invalid(reading.operation, "references are nested too deep")
        if _refers(each):
            target = reading.target(each)
            del each.attrib["href"]
            each.attrib.update({name: text for name, text in target.attrib.items() if name != "id"})
            each.text = target.text
            for child in target:
                graft(each, child).tail = child.tail
        waiting.extend((child, depth + 1) for child in each)
    return made


def _refers(element: Any) -> bool:
    return (element.get("href") or "").startswith("#")


def _bare_nil(element: Any) -> bool:
    """Whether an element says that it is nil, and nothing else that null would lose."""
    return is_nil(element) and len(element.attrib) == 1 and not len(element) and not element.text
