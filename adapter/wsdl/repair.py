"""Repair rules: what a project declares about contracts that are wrong, so that the files stay as they came.

A rule stands in ``wsdl/repairs.yaml`` (read by ``adapter.wsdl.repair_file``). It is applied while the contract is read,
is reported, and must mend something: one that mends nothing is a mistake of whoever left it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from adapter.errors import Mistake
from adapter.wsdl.reasons import Reason
from adapter.wsdl.types import Contract, Port, Service
from adapter.yaml_files import Place

# Each rule, and the keys of its section; a rule without keys has one text, a path below ``wsdl/``.
RULES: Mapping[str, tuple[str, ...]] = {
    "add_import": (),
    "alias_type": ("name", "to"),
    "alias_element": ("name", "to"),
    "address": ("port", "url"),
    "drop_operation": ("port", "operation"),
    "skip_leading_space": (),
    "allow_doctype": (),
}
_ALIASES = {"type": "alias_type", "element": "alias_element"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, its texts in the order of ``RULES``, and where it stands."""

    kind: str
    texts: tuple[str, ...]
    place: Place = field(default=Place("", 0, 0), compare=False)

    def __str__(self) -> str:
        """Render as it is written in the file, without the dash."""
        quoted = ['"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in self.texts]
        if not RULES[self.kind]:
            return f"{self.kind}: {quoted[0]}"
        pairs = ", ".join(f"{key}: {text}" for key, text in zip(RULES[self.kind], quoted, strict=True))
        return f"{self.kind}: {{{pairs}}}"


@dataclass(frozen=True, slots=True)
class Mending:
    """The rules for one contract while it is read, and which of them were of use."""

    rules: tuple[Rule, ...] = ()
    used: set[Rule] = field(default_factory=set)

    def of(self, kind: str) -> tuple[Rule, ...]:
        """Return the rules of one kind, in their order."""
        return tuple(rule for rule in self.rules if rule.kind == kind)

    def uses(self, kind: str, first: str) -> bool:
        """Whether there is a rule of this kind about ``first``; it counts as used then."""
        found = [rule for rule in self.of(kind) if rule.texts[0] == first]
        self.used.update(found)
        return bool(found)

    def alias(self, kind: str, key: str, known: Mapping[str, object]) -> str:
        """Return the key that stands for a key of a ``type`` or ``element`` that is not known; else the key itself."""
        if self.rules and key not in known:
            for rule in self.of(_ALIASES.get(kind, "")):
                if rule.texts[0] == key and rule.texts[1] in known:
                    self.used.add(rule)
                    return rule.texts[1]
        return key

    def idle(self) -> list[Mistake]:
        """Return a mistake for each rule that mended nothing."""
        remedy = "remove it, or compare its names with `adapter wsdl lint`"
        return [
            rule.place.mistake(f"{rule.kind}: mends nothing", remedy) for rule in self.rules if rule not in self.used
        ]


def mended(contract: Contract, mending: Mending) -> Contract:
    """Return a contract with the addresses and without the operations that rules say; the rules used stand in it."""
    if not mending.rules:
        return contract
    omitted = dict(contract.omitted)
    services = {
        name: Service(name, {port.name: _port(port, mending, omitted) for port in service.ports.values()})
        for name, service in contract.services.items()
    }
    for rule in mending.of("drop_operation"):
        place = ".".join(rule.texts)
        if place in omitted:
            mending.used.add(rule)
            omitted[place] = Reason("dropped", "a rule of wsdl/repairs.yaml drops it")
    used = tuple(str(rule) for rule in mending.rules if rule in mending.used)
    return replace(contract, services=services, omitted=omitted, repairs=used)


def _port(port: Port, mending: Mending, omitted: dict[str, Reason]) -> Port:
    address = port.address
    for rule in mending.of("address"):
        if rule.texts[0] == port.name and rule.texts[1] != port.address:
            mending.used.add(rule)
            address = rule.texts[1]
    drop = {rule.texts[1] for rule in mending.of("drop_operation") if rule.texts[0] == port.name}
    dropped = {f"{port.name}.{name}": Reason("dropped", "") for name in port.operations if name in drop}
    omitted.update(dropped)
    kept = {name: operation for name, operation in port.operations.items() if name not in drop}
    return replace(port, address=address, operations=kept)
