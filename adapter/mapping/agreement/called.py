"""Which operations of a port a mapping calls: by their keys, which tell overloaded ones apart."""

from __future__ import annotations

from adapter.mapping.agreement.types import Binder
from adapter.mapping.model import Place
from adapter.mapping.paths import suggest
from adapter.wsdl.types import Operation, Port


def operation_at(binder: Binder, port: Port, key: str, place: Place, name: str) -> Operation | None:
    """Return the operation of a key; None, and a mistake, where there is none. ``name`` says whose call it is."""
    if key in port.operations:
        return port.operations[key]
    several = [each.key for each in port.operations.values() if each.overload and each.name == key]
    if several:
        text = f"{name}: {port.name} has {len(several)} operations {key}"
        binder.wrong(place, text, f"call one of them: {', '.join(several)}")
        return None
    why = binder.contract.omitted.get(f"{port.name}.{key}")
    text = f"{name}: {port.name} has no operation {key}" + (f" that can be called: {why}" if why else "")
    binder.wrong(place, text, suggest(key, list(port.operations)))
    return None


def operations_called(binder: Binder, port: Port) -> list[Operation]:
    """Return the operations that the rules of a resource call, as far as they are there."""
    return [port.operations[rule.call] for rule in binder.resource.rules() if rule.call in port.operations]
