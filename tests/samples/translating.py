"""One message of a contract to our JSON and back, by the mapping that is proposed for its operation."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lxml import etree

from adapter import strict_json
from adapter.errors import InvalidRequest
from adapter.mapping import reading
from adapter.mapping.agreement.whole import agree
from adapter.mapping.bound import Endpoint
from adapter.mapping.proposal.single import one_operation
from adapter.translate.tolerance import aligner
from adapter.translate.writer import writer
from adapter.wsdl.types import Contract, Element, Group, Message, Record
from tests.unit.mapped import around, check
from tests.unit.twins import reader


@dataclass(frozen=True)
class Translated:
    """What became of a message: JSON, what the reader noted, and the XML that was written of the JSON.

    ``refused`` says why a caller could not send that JSON; nothing was written then.
    """

    document: Any
    notes: tuple[str, ...]
    written: Any
    refused: str = ""


def translated(contract: Contract, service: str, port: str, call: str, message: Message, body: Any) -> Translated:
    """Read the message in a ``soap:Body``, and write what was read. Raise RequestError where it cannot be read."""
    endpoint = _both_ways(contract, service, port, call, message)
    root = body if message.bare else next(iter(body), None)
    notes = aligner(endpoint, everything=True)(root)
    result = reader(endpoint)(root)
    document = json.loads(strict_json.encode(result.document), parse_float=Decimal)
    notes += result.notes
    try:
        given = None if endpoint.body is None else strict_json.encode(result.document)
        written = writer(endpoint)(check(endpoint, given))
    except InvalidRequest as error:
        refused = "; ".join(f"{each.pointer} {each.detail}" for each in error.fields)
        return Translated(document, notes, None, refused)
    return Translated(document, notes, etree.fromstring(etree.tostring(written)) if written is not None else None)


def lenient(contract: Contract) -> Contract:
    """Return a contract that requires nothing: what a message lacks is no reason to read nothing of it."""
    types = {key: _optional(kind) if isinstance(kind, Record) else kind for key, kind in contract.types.items()}
    return replace(contract, types=types)


def _optional(record: Record) -> Record:
    content = _free(record.content) if record.content is not None else None
    return replace(
        record,
        content=content,
        attributes=tuple(replace(each, required=False) for each in record.attributes),
    )


def _free(group: Group) -> Group:
    items = tuple(
        replace(_free(item), min=0) if isinstance(item, Group)
        else replace(item, min=0, nillable=True) if isinstance(item, Element)
        else replace(item, min=0)
        for item in group.items
    )  # fmt: skip
    return replace(group, items=items, min=0)


def _both_ways(contract: Contract, service: str, port: str, call: str, message: Message) -> Endpoint:
    """Bind an operation that takes and answers this one message."""
    found = contract.services[service]
    operations = {**found.ports[port].operations}
    operations[call] = replace(operations[call], input=message, output=message, faults=())
    ports = {**found.ports, port: replace(found.ports[port], operations=operations)}
    same = replace(contract, services={**contract.services, service: replace(found, ports=ports)})
    resource, wrong = reading.resource(one_operation(same, service, port, call), {})
    endpoints, disagreements = agree([resource] if resource else [], {contract.file: same}, around())
    mistakes: list[Any] = [*wrong, *disagreements]
    if mistakes or not endpoints:
        raise AssertionError("; ".join(map(str, mistakes)))
    return endpoints[0]
