"""Types proposed for records of a contract, and for everything below them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapter.mapping.files import Path_
from adapter.mapping.proposal.draft import Draft, Section, Types
from adapter.mapping.proposal.grammar import json_form, rule
from adapter.mapping.proposal.members import Member, concrete, form, members
from adapter.mapping.proposal.naming import Naming
from adapter.mapping.proposal.prefixes import Prefixes
from adapter.mapping.proposal.spelling import free, kebab, pascal, split
from adapter.wsdl.types import Contract, Record, local_name

DISCRIMINATORS = ("type", "kind", "variant", "xsi_type")


def propose_types(contract: Contract, roots: Iterable[str], naming: Naming | None = None) -> Types:
    """Propose types for the records with these keys and all that they hold, for requests and replies alike.

    A root is proposed as what fills a message itself: one type, without variants; for a single value an object with
    that value. With the same ``naming`` types are called the same in every proposal.
    """
    proposing = Proposing(contract, naming or Naming(contract))
    for key in dict.fromkeys(roots):
        proposing.whole(key)
    return proposing.types()


class Proposing:
    """Proposes types until nothing is named that is not there."""

    def __init__(self, contract: Contract, naming: Naming) -> None:
        self.contract, self.naming, self.prefixes = contract, naming, Prefixes(contract)
        self.made: dict[str, Draft] = {}
        self._whole: dict[str, str] = {}
        self._waiting: dict[str, str] = {}
        self._done: set[str] = set()

    def name(self, key: str) -> str:
        """Return the name of the type for a record, and see that it is proposed."""
        name = self.naming.names[key]
        self._waiting.setdefault(name, key)
        return name

    def whole(self, key: str) -> str:
        """Return the name of a type that fills a message itself, which one with variants cannot; "" for nothing."""
        kind = self.contract.types.get(key)
        if not isinstance(kind, Record):
            return self._value(key)
        if key not in self._whole:
            draft = self.plain(key)
            self._whole[key] = "" if not draft.section["fields"] else self.name(key)
            if kind.derived and self._whole[key]:
                self._whole[key] = f"{self.naming.names[key]}Itself"
                self.made[self._whole[key]] = draft
        return self._whole[key]

    def _value(self, key: str) -> str:
        """Return the name of the type for a message that is one single value: an object with that value in it."""
        if key not in self._whole:
            taken = {*self.naming.names.values(), *self.made}
            name = free(f"{pascal(local_name(key).rpartition('/')[2])}Value", taken.__contains__)
            self.made[name] = Draft({"fields": {"value": rule(".", **json_form(self.contract, key))}})
            self._whole[key] = name
        return self._whole[key]

    def plain(self, key: str) -> Draft:
        """Return the type for one record alone, whatever is derived from it."""
        return _plain(list(members(self.contract, key, self.name, self.prefixes)))

    def finished(self) -> dict[str, Draft]:
        """Return every type that was named, and those that these name."""
        while len(self._done) < len(self._waiting):
            for name in self._waiting.keys() - self._done:
                self._done.add(name)
                self.made[name] = self._one(self._waiting[name])
        return self.made

    def types(self) -> Types:
        """Return everything that was named, and what that names, in the order of the contract."""
        self.finished()
        order = {name: number for number, name in enumerate(self.naming.names.values())}
        made = sorted(self.made.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
        return Types(self.naming.names, dict(self._whole), dict(made), dict(self.prefixes.used))

    def _one(self, key: str) -> Draft:
        kind = self.contract.types[key]
        assert isinstance(kind, Record)
        if not kind.derived or form(self.contract, key)[0] == "xml":
            return self.plain(key)
        variants = {
            each: list(members(self.contract, each, self.name, self.prefixes)) for each in concrete(self.contract, key)
        }
        return _varied(variants, self.prefixes)


def _plain(found: list[Member]) -> Draft:
    return Draft({"fields": _fields(found)}, dict(_notes(found, ("fields",))))


def _varied(variants: dict[str, list[Member]], prefixes: Prefixes) -> Draft:
    """Return a type with variants: what all of them have stands above, the rest of each in it."""
    every = list(variants.values())
    shared = [member for member in every[0] if all(member in others for others in every[1:])]
    by = next(name for name in DISCRIMINATORS if not any(member.name == name for found in every for member in found))
    section: Section = {"fields": _fields(shared)}
    notes = dict(_notes(shared, ("fields",)))
    of: Section = {}
    for key, found in variants.items():
        value = free(kebab(split(local_name(key))), of.__contains__)
        own = [member for member in found if member not in shared]
        of[value] = {"soap_type": prefixes.of(key, list(variants)), **({"fields": _fields(own)} if own else {})}
        notes |= _notes(own, ("variants", "of", value, "fields"))
    section["variants"] = {"by": by, "of": of}
    return Draft(section, notes)


def _fields(found: list[Member]) -> Section:
    return {member.name: member.rule for member in found}


def _notes(found: list[Member], path: Path_) -> Iterator[tuple[Path_, str]]:
    yield from (((*path, member.name), member.note) for member in found if member.note)
