"""rpc/encoded messages (SOAP 1.1 section 5): plain values in and out, checked against the types of the WSDL.

A value is a ``str`` (lexical form), None (nil), a dictionary (struct) or a list (array). Read: values in place or by
``href``. Written as Axis 1 does: every struct stands apart in a ``multiRef`` and is referred to by ``href``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from adapter.virtual.contract import WSDL, clark, inline_schemas
from adapter.virtual.elements import NIL, TYPE, is_nil, local
from adapter.virtual.faults import ProtocolFault
from adapter.wsdl.types import SOAP11_ENCODING, SOAP11_ENVELOPE, XSD, XSI

Value = str | None | dict[str, "Value"] | list["Value"]

ARRAY_TYPE = f"{{{SOAP11_ENCODING}}}arrayType"
LEXICAL = {
    "string": re.compile(r"[\s\S]*"),
    "decimal": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)"),
    "long": re.compile(r"[+-]?\d{1,19}"),
    "dateTime": re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"),
}


@dataclass(frozen=True, slots=True)
class Types:
    """The types of an rpc/encoded contract by Clark name.

    ``structs``: accessors as name, type, nillable. ``arrays``: type of the items. ``enums``: allowed values.
    """

    structs: Mapping[str, tuple[tuple[str, str, bool], ...]]
    arrays: Mapping[str, str]
    enums: Mapping[str, frozenset[str]]


def read_types(wsdl: Path) -> Types:
    """Read the types in a WSDL file: sequences, restrictions of soapenc:Array, enumerations."""
    structs: dict[str, tuple[tuple[str, str, bool], ...]] = {}
    arrays: dict[str, str] = {}
    enums: dict[str, frozenset[str]] = {}
    for schema in inline_schemas(wsdl):
        for each in schema.iterchildren(f"{{{XSD}}}simpleType", f"{{{XSD}}}complexType"):
            key = f"{{{schema.get('targetNamespace')}}}{each.get('name')}"
            array = next((a for a in each.iter(f"{{{XSD}}}attribute") if a.get(f"{{{WSDL}}}arrayType")), None)
            if array is not None:
                arrays[key] = clark(array, array.get(f"{{{WSDL}}}arrayType", "").removesuffix("[]"))
            elif local(each) == "simpleType":
                enums[key] = frozenset(value.get("value", "") for value in each.iter(f"{{{XSD}}}enumeration"))
            else:
                structs[key] = tuple(
                    (field.get("name", ""), clark(field, field.get("type", "")), field.get("nillable") == "true")
                    for field in each.iter(f"{{{XSD}}}element")
                )
    return Types(structs, arrays, enums)


def read_parts(types: Types, body: etree._Element, parts: Sequence[tuple[str, str]]) -> dict[str, Value]:
    """Return the parts of the call in a SOAP body. Raise ProtocolFault that names what is wrong."""
    independent = {each.get("id", ""): each for each in body.iterchildren(etree.Element) if each.get("id")}
    call = body[0]
    return _struct(types, call, [(part, type_, True) for part, type_ in parts], independent, local(call))


def _struct(
    types: Types,
    element: etree._Element,
    fields: Sequence[tuple[str, str, bool]],
    independent: Mapping[str, etree._Element],
    where: str,
) -> dict[str, Value]:
    given = {str(each.tag): each for each in element}
    known = {field for field, _, _ in fields}
    for tag in given:
        if tag not in known:
            raise ProtocolFault("Client", f"{where}: {tag} is not part of it")
    if len(given) != len(element):
        raise ProtocolFault("Client", f"{where}: an accessor stands twice")
    values: dict[str, Value] = {}
    for field, type_, nillable in fields:
        place = f"{where}.{field}"
        values[field] = _read(types, given[field], type_, independent, place) if field in given else None
        if values[field] is None and not nillable:
            raise ProtocolFault("Client", f"{place}: a value is missing")
    return values


def _read(
    types: Types, element: etree._Element, type_: str, independent: Mapping[str, etree._Element], where: str
) -> Value:
    reference = element.get("href")
    if reference is not None:
        if not reference.startswith("#") or reference[1:] not in independent:
            raise ProtocolFault("Client", f"{where}: href {reference!r} leads nowhere")
        # What an id names is taken out of reach below itself, so that a cycle ends here.
        rest = {key: each for key, each in independent.items() if key != reference[1:]}
        return _read(types, independent[reference[1:]], type_, rest, where)
    if is_nil(element):
        return None
    _agree(types, element, type_, where)
    if type_ in types.arrays:
        return _array(types, element, types.arrays[type_], independent, where)
    if type_ in types.structs:
        return _struct(types, element, types.structs[type_], independent, where)
    value = element.text or ""
    if type_ in types.enums:
        fits = value in types.enums[type_]
    else:
        fits = LEXICAL[etree.QName(type_).localname].fullmatch(value.strip()) is not None
    if not fits or len(element):
        raise ProtocolFault("Client", f"{where}: not a value of {type_}")
    return value


def _array(
    types: Types, element: etree._Element, item: str, independent: Mapping[str, etree._Element], where: str
) -> Value:
    declared = element.get(ARRAY_TYPE, "")
    matched = re.fullmatch(r"\s*([^\[\]\s]+)\[(\d*)\]\s*", declared)
    if matched is None:
        raise ProtocolFault("Client", f"{where}: arrayType {declared!r} is not one of an array")
    named = _plain(clark(element, matched[1]))
    if named not in (item, f"{{{XSD}}}anyType"):
        raise ProtocolFault("Client", f"{where}: arrayType {declared!r} does not agree with {item}")
    if matched[2] and int(matched[2]) != len(element):
        raise ProtocolFault("Client", f"{where}: arrayType says {matched[2]} items, there are {len(element)}")
    return [_read(types, each, item, independent, f"{where}[{index}]") for index, each in enumerate(element)]


def _agree(types: Types, element: etree._Element, type_: str, where: str) -> None:
    said = element.get(TYPE)
    if said is None:
        return
    named = _plain(clark(element, said))
    if named != type_ and not (type_ in types.arrays and named == f"{{{SOAP11_ENCODING}}}Array"):
        raise ProtocolFault("Client", f"{where}: xsi:type {said!r} does not agree with {type_}")


def _plain(type_: str) -> str:
    """Return the schema's own type for one of the encoding's: soapenc:string is xsd:string."""
    qualified = etree.QName(type_)
    if qualified.namespace == SOAP11_ENCODING and qualified.localname in LEXICAL:
        return f"{{{XSD}}}{qualified.localname}"
    return type_


def write_parts(
    types: Types, root: str, parts: Sequence[tuple[str, str]], values: Mapping[str, Value]
) -> list[etree._Element]:
    """Return the children of a reply's body: the answer, then every struct as a multiRef."""
    answer = etree.Element(root, nsmap=_prefixes(types))
    answer.set(f"{{{SOAP11_ENVELOPE}}}encodingStyle", SOAP11_ENCODING)
    independent: list[etree._Element] = [answer]
    numbers = itertools.count()
    for part, type_ in parts:
        answer.append(_write(types, part, type_, values[part], independent, numbers))
    return independent


def _write(
    types: Types, tag: str, type_: str, value: Value, independent: list[etree._Element], numbers: Iterator[int]
) -> etree._Element:
    top = independent[0]
    element = etree.Element(tag, nsmap=_prefixes(types))
    if value is None:
        element.set(NIL, "true")
    elif isinstance(value, list):
        item = types.arrays[type_]
        element.set(TYPE, "soapenc:Array")
        element.set(ARRAY_TYPE, f"{_prefixed(top, item)}[{len(value)}]")
        element.extend([_write(types, tag, item, each, independent, numbers) for each in value])
    elif isinstance(value, dict):
        number = f"id{next(numbers)}"
        element.set("href", f"#{number}")
        apart = etree.Element("multiRef", nsmap=_prefixes(types))
        apart.set("id", number)
        apart.set(f"{{{SOAP11_ENCODING}}}root", "0")
        apart.set(f"{{{SOAP11_ENVELOPE}}}encodingStyle", SOAP11_ENCODING)
        apart.set(TYPE, _prefixed(top, type_))
        independent.append(apart)
        for field, field_type, _ in types.structs[type_]:
            apart.append(_write(types, field, field_type, value[field], independent, numbers))
    else:
        element.set(TYPE, _prefixed(top, type_))
        element.text = value
    return element


def _prefixes(types: Types) -> dict[str, str]:
    namespaces = sorted({etree.QName(key).namespace or "" for key in types.structs})
    own = {f"ns{index}": namespace for index, namespace in enumerate(namespaces, start=1)}
    return {"soapenv": SOAP11_ENVELOPE, "soapenc": SOAP11_ENCODING, "xsd": XSD, "xsi": XSI} | own


def _prefixed(element: etree._Element, type_: str) -> str:
    qualified = etree.QName(type_)
    prefix = next(prefix for prefix, namespace in element.nsmap.items() if namespace == qualified.namespace)
    return f"{prefix}:{qualified.localname}"
