"""All operations of a contract as resources: each at a method and a path of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from adapter.mapping.paths import children
from adapter.mapping.proposal.guess import NOWHERE, Way, short, ways
from adapter.mapping.proposal.nouns import singular
from adapter.mapping.proposal.phrase import Phrase, phrase, prefixes
from adapter.mapping.proposal.request import Asked, asked, common_names
from adapter.mapping.proposal.spelling import kebab, split
from adapter.mapping.proposal.words import ACTS, FURTHER, SEVERAL, TECHNIQUE
from adapter.wsdl.types import Contract, Element, Operation, Port, Record, Service

_NOTHING = frozenset("return returnval result output input value ref base param fields".split()) | TECHNIQUE | SEVERAL


@dataclass(frozen=True, slots=True)
class Placed:
    """One operation with its place. ``call`` is its name in the port; ``resource`` names the file.

    ``noun`` is that of its path: of two ports with one noun each has a file of its own.
    """

    service: str
    port: Port
    call: str
    operation: Operation
    asks: Asked
    way: Way
    resource: str
    noun: str

    @property
    def route(self) -> tuple[str, str]:
        """Its method and the shape of its path."""
        return self.way.method, shape(f"/v1/{self.noun}{self.way.path}")


@dataclass(frozen=True, slots=True)
class Taken:
    """What mappings that are there have: routes, names in a file, who a file's resource belongs to, operations.

    A route is a method and a path's shape, a name is that of a resource and an operation, an owner is ``service port``,
    "" where there is one. ``calls`` are the operations that were proposed before: ``call`` or ``service port call``.
    """

    routes: frozenset[tuple[str, str]] = frozenset()
    names: frozenset[tuple[str, str]] = frozenset()
    owners: Mapping[str, str] = field(default_factory=dict)
    calls: frozenset[str] = frozenset()


def place(contract: Contract, ports: Sequence[tuple[Service, Port]], taken: Taken | None = None) -> list[Placed]:
    """Return every operation of these ports at its place, in their order.

    Short names choose first, so that ``GetOrder`` has the place that ``GetOrderWithLines`` might take too. Those that
    are new beside what is ``taken`` get what is left.
    """
    placing, beside = _Placing(Taken()), _Placing(taken or Taken())
    every = [(service, port, call) for service, port in ports for call in port.operations]
    dropped = prefixes(call for _, _, call in every)
    said = {(port.name, call): phrase(call, dropped) for _, port, call in every}
    guessed = _common_nouns(contract, every, said)
    common = common_names(contract, [root.type for _, port, call in every if (root := _root(port, call)) is not None])
    named = [each for each in said.values() if each.noun and each.verb and each.act != "do"]
    things = frozenset(singular(short(each.noun)) for each in named)
    order = sorted(range(len(every)), key=lambda index: (len(split(every[index][2])), index))
    found: dict[int, Placed] = {}
    for index in order:
        service, port, call = every[index]
        operation, spoken = port.operations[call], said[port.name, call]
        root = operation.input.root
        asks = asked(contract, root.type, common) if root is not None else Asked("", "", True, (), empty=True)
        if spoken.act in ("read", "find") and not _answers(contract, operation):
            spoken = replace(spoken, act="do")
        asks = replace(asks, known=things)
        noun, sure = (spoken.noun, 90) if spoken.noun else (guessed.get((port.name, call), ()), 60)
        other = (
            f"-{kebab(_words_of(service.name if len(ports) == len({each.name for each, _ in ports}) else port.name))}"
        )
        known = taken is None or {call, f"{service.name} {port.name} {call}"} & taken.calls
        owner = f"{service.name} {port.name}" if len(ports) > 1 else ""
        way, resource, below = (placing if known else beside).take(ways(spoken, asks, noun, sure), owner, other)
        found[index] = Placed(service.name, port, call, operation, asks, way, resource, below)
    return [found[index] for index in range(len(every))]


class _Placing:
    """Gives out places: a method and a path, and a name in a file, once each."""

    def __init__(self, taken: Taken) -> None:
        self._routes, self._names, self._owners = set(taken.routes), set(taken.names), dict(taken.owners)

    def take(self, wanted: Iterator[Way], owner: str, other: str) -> tuple[Way, str, str]:
        for way in wanted:
            resource = noun = kebab(way.resource)
            # A file speaks to one port.
            if self._owners.get(resource, owner) != owner:
                resource = f"{resource}{other}"
            route, named = (way.method, shape(f"/v1/{noun}{way.path}")), (resource, way.name)
            if route not in self._routes and named not in self._names:
                self._routes.add(route)
                self._names.add(named)
                self._owners.setdefault(resource, owner)
                return way, resource, noun
        raise AssertionError("there is always one more action")


def shape(path: str) -> str:
    """Return a path with the names of its parameters left out: two of one shape cannot stand beside each other."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")


def _common_nouns(
    contract: Contract, every: Sequence[tuple[Service, Port, str]], said: dict[tuple[str, str], Phrase]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return nouns for operations whose names have none: from their types, else what most of these say."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    bare = [(port, call) for _, port, call in every if not said[port.name, call].noun]
    votes: dict[str, Counter[tuple[str, ...]]] = {}
    for port, call in bare:
        spoken = said[port.name, call]
        noun = spoken.context or _noun_of(contract, port.operations[call], spoken)
        if noun and (spoken.act != "do" or _further(spoken)):
            found[port.name, call] = noun
            votes.setdefault(port.name, Counter())[singular(noun)] += 1
    for port, call in bare:
        spoken = said[port.name, call]
        if (
            (port.name, call) not in found
            and port.name in votes
            and ((spoken.verb and spoken.act != "do") or _further(spoken))
        ):
            found[port.name, call] = votes[port.name].most_common(1)[0][0]
    return found


def _root(port: Port, call: str) -> Element | None:
    return port.operations[call].input.root


def _answers(contract: Contract, operation: Operation) -> bool:
    """Tell whether a reply holds anything: what answers nothing reads nothing."""
    root = operation.output.root if operation.output is not None else None
    record = contract.types.get(root.type) if root is not None else None
    if isinstance(record, Record):
        return bool(record.content or record.attributes or record.text or record.any_attribute)
    return record is not None


def _further(spoken: Phrase) -> bool:
    return bool(spoken.tail) and spoken.tail[0] in FURTHER


def _noun_of(contract: Contract, operation: Operation, spoken: Phrase) -> tuple[str, ...]:
    """Return the noun of the one object that a request or a reply holds."""
    output = operation.output.root if operation.output is not None else None
    for root in (output, operation.input.root) if spoken.act in ("read", "find") else (operation.input.root, output):
        record = contract.types.get(root.type) if root is not None else None
        inside = list(children(record)) if isinstance(record, Record) else []
        if len(inside) == 1 and isinstance(contract.types.get(inside[0].type), Record):
            words = tuple(word for word in split(inside[0].element.name) if word not in _NOTHING and word not in ACTS)
            if len("".join(words)) > 2:
                return words
    return ()


def _words_of(service: str) -> tuple[str, ...]:
    found = tuple(word for word in split(service) if word not in TECHNIQUE)
    return found or split(service) or NOWHERE
