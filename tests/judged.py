"""The schema that judges the messages of a shape: its own, with an element for each message whose root is none of it.

The wrapper of an rpc message (WSDL 1.1 section 3.5) and a body of several parts are declared by no schema. Here
each is the element of an added declaration, under a name that no overload can share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from lxml import etree

from adapter.wsdl.load import load
from adapter.wsdl.types import XSD, Contract, Element, Group, Message, Operation, Record

_XSD = f"{{{XSD}}}"


def schema_of(wsdl: Path) -> etree.XMLSchema:
    """Return the one schema of a shape's contract."""
    found = etree.parse(str(wsdl)).find(f"{{*}}types/{_XSD}schema")
    assert found is not None
    schema = etree.fromstring(etree.tostring(found))
    contract = load(wsdl.parent, wsdl.name)
    for root in {root.type: root for root in _roots(contract)}.values():
        _declare(schema, contract, root)
    return etree.XMLSchema(schema)


def judged(operation: Operation, message: Any) -> Any:
    """Return a request message as the schema of its shape can judge it."""
    root = operation.input.root
    if root is None or not _own(operation, operation.input):
        return etree.ElementTree(message)
    standing = deepcopy(message)
    standing.tag = f"{{{_namespace(root.type)}}}{_name(root)}"
    return etree.ElementTree(standing)


def allowed(wsdl: Path, schema: etree.XMLSchema, body: Any) -> bool:
    """Whether a ``soap:Body`` holds the request of one of the operations of a shape's contract."""
    return any(_holds(operation, schema, body) for operation in _operations(load(wsdl.parent, wsdl.name)))


def _holds(operation: Operation, schema: etree.XMLSchema, body: Any) -> bool:
    root = operation.input.root
    if root is None or not len(body):
        return root is None and not len(body)
    if operation.input.bare:
        return bool(schema.validate(judged(operation, body)))
    return len(body) == 1 and body[0].tag == root.tag and bool(schema.validate(judged(operation, body[0])))


def _own(operation: Operation, message: Message) -> bool:
    return message.root is not None and (operation.style == "rpc" or message.bare)


def _roots(contract: Contract) -> Iterator[Element]:
    for operation in _operations(contract):
        messages = (each for each in (operation.input, operation.output) if each is not None)
        yield from (each.root for each in messages if each.root is not None and _own(operation, each))


def _operations(contract: Contract) -> Iterator[Operation]:
    for service in contract.services.values():
        for port in service.ports.values():
            yield from port.operations.values()


def _declare(schema: Any, contract: Contract, root: Element) -> None:
    record = contract.types[root.type]
    assert isinstance(record, Record)
    if "#" not in root.type:
        spaces = {"m": _namespace(root.type)}
        etree.SubElement(schema, f"{_XSD}element", name=_name(root), type=f"m:{_local(root.type)}", nsmap=spaces)
        return
    element = etree.SubElement(schema, f"{_XSD}element", name=_name(root))
    inside = etree.SubElement(etree.SubElement(element, f"{_XSD}complexType"), f"{_XSD}sequence")
    for part in record.content.items if isinstance(record.content, Group) else ():
        assert isinstance(part, Element)
        if part.ref:
            etree.SubElement(inside, f"{_XSD}element", ref=f"m:{part.name}", nsmap={"m": part.namespace})
        else:
            kind, spaces = f"m:{_local(part.type)}", {"m": _namespace(part.type)}
            etree.SubElement(inside, f"{_XSD}element", name=part.name, type=kind, form="unqualified", nsmap=spaces)


def _name(root: Element) -> str:
    return "message." + re.sub(r"[^\w.-]", "_", _local(root.type))


def _local(key: str) -> str:
    return key.rpartition("}")[2]


def _namespace(key: str) -> str:
    return key.removeprefix("{").rpartition("}")[0]
