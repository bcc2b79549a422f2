"""Where each SOAP port of a contract is served, and which operation a message there means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from lxml import etree

from adapter.virtual.faults import ProtocolFault
from adapter.wsdl.types import (
    SOAP11_ENVELOPE,
    SOAP12_ENVELOPE,
    Contract,
    Element,
    Group,
    Message,
    Operation,
    Particle,
    Record,
)

ANY = "*"
"""Stands for the tag of a body's first child that may be any."""
_ENVELOPES = {"1.1": SOAP11_ENVELOPE, "1.2": SOAP12_ENVELOPE}


@dataclass(frozen=True, slots=True)
class Served:
    """One operation under the name that the contract tree has for it (an overloaded one has a name of its own)."""

    name: str
    operation: Operation


@dataclass(frozen=True, slots=True)
class Place:
    """One port at its path. ``operations`` are by the tag of the body's first child, empty for an empty body."""

    path: str
    envelope: str
    service: str
    port: str
    operations: Mapping[str, tuple[Served, ...]]


def places(contract: Contract) -> tuple[Place, ...]:
    """Return every SOAP port with a path of its own: that of its address, else ``/<service>/<port>``."""
    taken: dict[str, Place] = {}
    for service in contract.services.values():
        for port in service.ports.values():
            path = unquote(urlsplit(port.address).path)
            if not _usable(path) or path in taken:
                # Also for an address of another kind, such as jms:queue:orders.
                path = f"/{service.name}/{port.name}"
            by_tag: dict[str, list[Served]] = {}
            for name, operation in port.operations.items():
                for tag in sorted(_tags(operation.input, contract)):
                    by_tag.setdefault(tag, []).append(Served(name, operation))
            operations = {tag: tuple(found) for tag, found in by_tag.items()}
            taken[path] = Place(path, _ENVELOPES[port.soap_version], service.name, port.name, operations)
    return tuple(taken.values())


def address(origin: str, place: Place) -> str:
    """Return the URL of a port."""
    return origin + quote(place.path)


def inside(message: Message, root: etree._Element) -> list[etree._Element]:
    """Return the children of the body of a message whose root was made: itself, or what it holds where it is bare."""
    # Parsed again, each has all prefixes that its values need.
    return [etree.fromstring(etree.tostring(each)) for each in root] if message.bare else [root]


def meant(place: Place, body: Sequence[etree._Element], action: str | None) -> tuple[Served, ...]:
    """Return the operations that a message can mean, by its body and then by its action: several are overloaded.

    Raise ProtocolFault where there is none.
    """
    tag = str(body[0].tag) if body else ""
    found = place.operations.get(tag, ()) or place.operations.get(ANY, ())
    if not found:
        raise ProtocolFault("Client", f"{tag or 'an empty Body'} is not an operation of {place.path}")
    exact = [each for each in found if action is not None and each.operation.soap_action == action]
    if exact:
        return tuple(exact)
    declared = [each.operation.soap_action for each in found]
    if action and all(declared):
        raise ProtocolFault("Client", f"SOAPAction {action!r} does not belong to {found[0].name}")
    return found


def _usable(path: str) -> bool:
    """Whether a port can be served at the path of its address: not the root, and not one of the server's own."""
    return path.startswith("/") and not path.startswith("/_") and path != "/"


def _tags(message: Message, contract: Contract) -> set[str]:
    """Return the tags that the first child of a body can have."""
    if message.root is None or not message.bare:
        return {message.root.tag if message.root is not None else ""}
    record = contract.types[message.root.type]
    group = record.content if isinstance(record, Record) else None
    return set(_first(group)) if group is not None else {""}


def _first(particle: Particle) -> Iterator[str]:
    """Yield the tags that can stand first in a particle, "" where nothing has to."""
    if isinstance(particle, Element):
        yield particle.tag
    elif not isinstance(particle, Group):
        yield ANY
    else:
        for item in particle.items:
            found = set(_first(item))
            yield from found - {""}
            if particle.kind == "sequence" and "" not in found:
                break
        else:
            yield ""
    if particle.min == 0:
        yield ""
