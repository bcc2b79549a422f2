"""What can be reached from the operations of a contract: its records, and the particles of each."""

from __future__ import annotations

from collections.abc import Iterator

from adapter.mapping.markup import attributes_markup
from adapter.mapping.paths import children
from adapter.proof.markup import attributes
from adapter.wsdl.building import ANY_TYPE
from adapter.wsdl.ground import Ground
from adapter.wsdl.types import Any, Contract, Group, Message, Operation, Particle, Record

TEXT, ELEMENTS, ATTRIBUTES = "#text", "*", "@*"


def operations(contract: Contract) -> Iterator[Operation]:
    """Yield every operation of every port, once for each binding."""
    for service in contract.services.values():
        for port in service.ports.values():
            yield from port.operations.values()


def reached(contract: Contract) -> dict[str, bool]:
    """Return the keys of the concrete records that a message can hold, in order; whether only encoded ones hold it."""
    found: dict[str, bool] = {}
    for encoded in (False, True):
        waiting = [key for each in operations(contract) if (each.use == "encoded") == encoded for key in _roots(each)]
        while waiting:
            key = waiting.pop()
            kind = contract.types.get(key)
            if key in found or not isinstance(kind, Record):
                continue
            found[key] = encoded
            waiting += [*kind.derived, *(child.type for child in children(kind))]
    concrete = (key for key in contract.types if key in found and key != ANY_TYPE)
    return {key: found[key] for key in concrete if not _record(contract, key).abstract}


def _roots(operation: Operation) -> Iterator[str]:
    yield from _message(operation.input)
    if operation.output is not None:
        yield from _message(operation.output)
    yield from (fault.element.type for fault in operation.faults if fault.element is not None)


def _message(message: Message) -> Iterator[str]:
    yield from (message.root.type,) if message.root is not None else ()
    yield from (header.element.type for header in message.headers)


def particles(ground: Ground, contract: Contract, key: str) -> list[str]:
    """Return the particles of a record: tags of elements, ``@`` and tags of attributes, its text, its wildcards.

    What can stand in no valid message is none: a wildcard that only lets in what nobody declares, and what needs one.
    """
    record = _record(contract, key)
    if _barred(ground, contract, key):
        return []
    found = {
        child.element.tag: None
        for child in children(record)
        if not child.element.abstract and child.most != 0 and not _barred(ground, contract, child.element.type)
    }
    found |= {f"@{each.tag}": None for each in record.attributes}
    if record.text:
        found[TEXT] = None
    if record.content is not None and any(ground.wildcards.element(each) is not None for each in wild(record.content)):
        found[ELEMENTS] = None
    if record.any_attribute and _attributes(contract, key):
        found[ATTRIBUTES] = None
    return list(found)


def _attributes(contract: Contract, key: str) -> bool:
    """Tell whether anything may stand for the attribute wildcard of a record."""
    try:
        return bool(attributes(_record(contract, key).any_attribute, attributes_markup(contract, key)))
    except LookupError:
        return False


def wild(particle: Particle) -> list[Any]:
    """Return the wildcards for elements in a model group."""
    if isinstance(particle, Group):
        return [each for item in particle.items for each in wild(item)]
    return [particle] if isinstance(particle, Any) else []


def _barred(ground: Ground, contract: Contract, key: str) -> bool:
    """Tell whether a record needs a wildcard that lets nothing in."""
    kind = contract.types.get(key)
    if not isinstance(kind, Record) or kind.content is None or kind.content.kind == "choice" or not kind.content.min:
        return False
    needed = [each for each in kind.content.items if isinstance(each, Any) and each.min]
    return any(ground.wildcards.element(each) is None for each in needed)


def _record(contract: Contract, key: str) -> Record:
    kind = contract.types[key]
    assert isinstance(kind, Record)
    return kind
