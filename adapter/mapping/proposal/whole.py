"""The proposal for a whole contract: one file for each resource, and one for what they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from adapter.mapping.agreement.whole import Surroundings, agree
from adapter.mapping.files import Document, Path_
from adapter.mapping.model import Place, TypeRule
from adapter.mapping.model.operation import VERBS, Shared
from adapter.mapping.model.soap import SoapRule
from adapter.mapping.proposal import operations
from adapter.mapping.proposal.draft import Draft, Section
from adapter.mapping.proposal.faults import fault_lines
from adapter.mapping.proposal.grammar import soap_section
from adapter.mapping.proposal.resources import Placed, Taken, place
from adapter.mapping.proposal.spelling import kebab, split
from adapter.mapping.proposal.typing import Typing
from adapter.mapping.reading import read_types
from adapter.mapping.reading import resource as read_resource
from adapter.wsdl.types import Contract, Operation, Port, Service

SHARED = "shared"
_ORDER = {verb: number for number, verb in enumerate(VERBS)}
NOWHERE = Place("shared.yaml", 1, 1)
NOBODY = Surroundings(lambda name: "", lambda name: "http://x", lambda service, port: "http://x", {})


@dataclass(frozen=True, slots=True)
class Proposal:
    """Files by path below ``mappings/``. ``left_out`` are operations that no mapping can carry, with why."""

    files: Mapping[str, Draft]
    placed: tuple[Placed, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)


def shared_name(file: str) -> str:
    """Return what the shared file of a contract is called: after the WSDL."""
    return kebab(split(file.rpartition("/")[2].removesuffix(".wsdl"))) or "contract"


def first_ports(contract: Contract, service: str = "", port: str = "") -> list[tuple[Service, Port]]:
    """Return the ports that are proposed: those that are asked for, but none that only repeats another of its service.

    A port has only the operations that no port before it has.
    """
    found = []
    for each in contract.services.values():
        if service and each.name != service:
            continue
        known: set[tuple[str, str, str]] = set()
        for one in each.ports.values():
            fresh = {call: operation for call, operation in one.operations.items() if _same(operation) not in known}
            if fresh and (not port or one.name == port):
                known |= {_same(operation) for operation in fresh.values()}
                found.append((each, replace(one, operations=fresh)))
    return found


def _same(operation: Operation) -> tuple[str, str, str]:
    """Return what makes two operations of two ports the same one."""
    output = operation.output.root if operation.output is not None else None
    root = operation.input.root
    return operation.name, root.type if root is not None else "", output.type if output is not None else ""


def propose(
    contract: Contract,
    ports: Sequence[tuple[Service, Port]],
    only: str = "*",
    ask: Callable[[Placed], Placed | None] | None = None,
    taken: Taken | None = None,
) -> Proposal:
    """Return the proposal. ``only``: a pattern of operations' names; the others are left for another time.

    ``ask`` is asked about each operation; it returns it, maybe at another place, or None to leave it out. ``taken``:
    what mappings that are there have.
    """
    wanted = [each for each in place(contract, ports, taken) if fnmatchcase(each.call, only)]
    if ask is not None:
        wanted = [answered for each in wanted if (answered := ask(each)) is not None]
    typing = Typing(contract)
    sections = {each.call + each.port.name: operations.operation(contract, each, typing) for each in wanted}
    proposing = _Proposing(contract, typing, sections, len(ports) > 1)
    by_resource: dict[str, list[Placed]] = {}
    for each in wanted:
        by_resource.setdefault(each.resource, []).append(each)
    return proposing.proved(by_resource)


class _Proposing:
    """Puts files together, and proves each of them before it is proposed."""

    def __init__(self, contract: Contract, typing: Typing, sections: dict[str, Draft], several: bool) -> None:
        self.contract, self.typing, self.sections, self.several = contract, typing, sections, several
        self.left_out: dict[str, str] = {}
        self._read: dict[str, TypeRule] = {}

    def proved(self, by_resource: Mapping[str, list[Placed]]) -> Proposal:
        """Return the proposal with nothing in it that ``adapter check`` would name."""
        kept: dict[str, list[Placed]] = {}
        for resource, found in by_resource.items():
            if self._wrong(resource, found):
                found = [good for each in found if (good := self._mended(resource, each)) is not None]
            if found:
                kept[resource] = found
        files = {f"{name}.yaml": self._file(name, found) for name, found in sorted(kept.items())}
        if files:
            files[f"{SHARED}/{shared_name(self.contract.file)}.yaml"] = self._shared(kept)
        return Proposal(files, tuple(each for found in kept.values() for each in found), self.left_out)

    def _mended(self, resource: str, one: Placed) -> Placed | None:
        """Return an operation that holds: as it was guessed, else with request and reply as they are, else None."""
        key = one.call + one.port.name
        if not self._wrong(resource, [one]):
            return one
        verb = one.way.name if one.way.action else kebab(split(one.call))
        way = replace(one.way, method="POST", key=None, action=verb, query=False, sure=30, why="nothing else holds")
        plain = replace(one, way=way)
        self.sections[key] = operations.whole(self.contract, plain, self.typing)
        if why := self._wrong(resource, [plain]):
            self.left_out[one.call] = why
            return None
        return plain

    def _wrong(self, resource: str, found: Sequence[Placed]) -> str:
        """Return what ``check`` would say of a file, "" for nothing."""
        shared = Document("shared.yaml", {"version": 1}, {})
        soap = SoapRule(NOWHERE, self.contract.file, found[0].service, found[0].port.name)
        # What the port asks of calls, the file of the contract says.
        soap = replace(soap, namespaces=self.typing.namespaces(), addressing=False)
        known = Shared(None if self.several else soap, self._types_read())
        document = Document(f"{resource}.yaml", self._file(resource, found).section, {})
        if not self.several:
            shared = replace(shared, data={**shared.data, "soap": {}})
        read, mistakes = read_resource(document, {shared_name(self.contract.file): shared}, {shared.file: known})
        if read is not None:
            mistakes = agree([read], {self.contract.file: self.contract}, NOBODY)[1]
        return mistakes[0].text if mistakes else ""

    def _types_read(self) -> dict[str, TypeRule]:
        """Return all types as they are once read; each is read once."""
        every = self.typing.made()
        fresh = {name: every[name].section for name in every.keys() - self._read.keys()}
        if fresh:
            self._read |= read_types(Document("shared.yaml", {"types": fresh}, {}))
        return self._read

    def _file(self, resource: str, found: Sequence[Placed]) -> Draft:
        """Return one mapping file."""
        section: Section = {"version": 1, "resource": resource, "path": f"/v1/{found[0].noun}"}
        section["title"] = " ".join(split(resource)).capitalize()
        section["uses"] = shared_name(self.contract.file)
        section["scopes"] = {effect: [f"{resource}.{effect}"] for effect in ("read", "write")}
        notes: dict[Path_, str] = {}
        if self.several:
            section["soap"] = self._soap(found[0].service, found[0].port)
        calls = [each.call for each in found]
        own = {name: draft for name, (call, draft) in self.typing.own.items() if call in calls}
        if own:
            section["types"] = {name: draft.section for name, draft in own.items()}
            notes |= _below(("types",), own)
        order = sorted(found, key=lambda each: _ORDER.get(each.way.name, len(_ORDER)))
        drafts = {each.way.name: self.sections[each.call + each.port.name] for each in order}
        section["operations"] = {name: draft.section for name, draft in drafts.items()}
        notes |= _below(("operations",), drafts)
        if lines := fault_lines(each.operation for each in found):
            section["faults"] = lines
        return Draft(section, notes)

    def _shared(self, kept: Mapping[str, list[Placed]]) -> Draft:
        """Return what the files share: contract and port where there is one, and every type."""
        section: Section = {"version": 1}
        notes: dict[Path_, str] = {}
        first = next(iter(kept.values()))[0]
        if not self.several:
            section["soap"] = self._soap(first.service, first.port)
            if others := _other_ports(self.contract, first):
                notes[("soap", "port")] = f"other ports: {', '.join(others)}"
        types = self.typing.finish().types
        if types:
            section["types"] = {name: draft.section for name, draft in types.items()}
            notes |= _below(("types",), types)
        return Draft(section, notes)

    def _soap(self, service: str, port: Port) -> Section:
        soap = soap_section(self.contract, service, port)
        if namespaces := self.typing.namespaces():
            soap["namespaces"] = dict(sorted(namespaces.items()))
        return soap


def _other_ports(contract: Contract, one: Placed) -> list[str]:
    """Return the names of ports that offer what the one that is proposed offers."""
    every = contract.services[one.service].ports
    wanted = {_same(operation) for operation in one.port.operations.values()}
    return [
        name
        for name, port in every.items()
        if name != one.port.name and wanted & set(map(_same, port.operations.values()))
    ]


def _texts(value: object) -> Iterator[str]:
    """Yield every text of a section, among them the names of the types that it uses."""
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(each)


def _below(path: Path_, drafts: Mapping[str, Draft]) -> dict[Path_, str]:
    return {(*path, name, *at): note for name, draft in drafts.items() for at, note in draft.notes.items()}
