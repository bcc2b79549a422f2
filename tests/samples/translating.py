"""One message of a contract to our JSON and back, by the mapping that is proposed for its operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from adapter import strict_json
from adapter.errors import InvalidRequest, RequestError
from adapter.mapping import reading
from adapter.mapping.agreement.whole import agree
from adapter.mapping.bound import Endpoint
from adapter.mapping.proposal.single import one_operation
from adapter.translate.reader import reader
from adapter.translate.writer import writer
from adapter.wsdl.types import Contract, Message
from tests.unit.mapped import around, check


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
    root = body if getattr(message, "bare", False) else next(iter(body), None)
    result = reader(endpoint)(root)
    document = strict_json.decode(strict_json.encode(result.document), max_depth=64, max_digits=1000)
    try:
        if endpoint.body is None:
            written = writer(endpoint)(check(endpoint))
        else:
            written = writer(endpoint)(check(endpoint, strict_json.encode(document)))
    except InvalidRequest as error:
        return Translated(document, result.notes, None, "; ".join(f"{each.pointer} {each.detail}" for each in error.fields))
    return Translated(document, result.notes, etree.fromstring(etree.tostring(written)) if written is not None else None)


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


__all__ = ["Mapping", "RequestError", "Translated", "translated"]
