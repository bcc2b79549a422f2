"""``wsdl/lock.json``: what every contract said when somebody last looked, so that a change is seen and shown.

The file holds the SHA-256 of each file and a readable form of each contract: one entry for each operation, element
and type, in lines that a person can compare. The same contract always gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from difflib import unified_diff
from pathlib import Path
from typing import Any

from adapter.errors import Mistake
from adapter.wsdl.documents import read_below, read_documents
from adapter.wsdl.types import (
    XSD,
    Attribute,
    Contract,
    Element,
    Facets,
    Group,
    ListOf,
    Message,
    Particle,
    Record,
    Scalar,
    Type,
)
from adapter.wsdl.types import Any as Wildcard
from adapter.wsdl.wellknown import WELL_KNOWN

LOCK = "lock.json"
SHOWN = 30
RELOCK = "look at the difference, then accept it with `adapter wsdl lock`"


def write_lock(wsdl_dir: Path, contracts: Iterable[Contract]) -> Path:
    """Write ``lock.json`` for these contracts, in place of the one before; return its path."""
    listed = list(contracts)
    lock = {
        "files": {path: digest for contract in listed for path, digest in _digests(wsdl_dir, contract).items()},
        "contracts": {contract.file: describe(contract) for contract in listed},
    }
    target = wsdl_dir / LOCK
    beside = target.with_suffix(".json.new")
    beside.write_text(json.dumps(lock, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    return beside.replace(target)


def check_lock(wsdl_dir: Path, contracts: Iterable[Contract]) -> list[Mistake]:
    """Compare contracts with ``lock.json``. Return a mistake for each that changed, with the difference in lines."""
    place = f"{wsdl_dir.name}/{LOCK}"
    if not (wsdl_dir / LOCK).exists():
        return [Mistake(place, 0, 0, "is missing", "write it with `adapter wsdl lock`")]
    try:
        lock = json.loads(read_below(wsdl_dir, LOCK))
        files, locked = dict(lock["files"]), dict(lock["contracts"])
    except (OSError, ValueError, KeyError, TypeError):
        return [Mistake(place, 0, 0, "is not a lock file", "write it again with `adapter wsdl lock`")]
    mistakes = []
    for contract in contracts:
        file = f"{wsdl_dir.name}/{contract.file}"
        if contract.file not in locked:
            mistakes.append(Mistake(file, 0, 0, f"is not in {place}", "add it with `adapter wsdl lock`"))
        elif changes := differences(locked[contract.file], describe(contract)):
            more = f"\n  … and {len(changes) - SHOWN} more lines" if len(changes) > SHOWN else ""
            shown = "".join(f"\n  {line}" for line in changes[:SHOWN])
            mistakes.append(Mistake(file, 0, 0, f"says something else than {place}:{shown}{more}", RELOCK))
        else:
            mistakes += [
                Mistake(f"{wsdl_dir.name}/{path}", 0, 0, f"is not the file of {place}, though it says the same", RELOCK)
                for path, digest in _digests(wsdl_dir, contract).items()
                if files.get(path) != digest
            ]
    return mistakes


def differences(old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> list[str]:
    """Return what differs between two descriptions: the entry's name, then its lines marked ``-`` and ``+``."""
    lines: list[str] = []
    for entry in sorted({*old, *new}):
        before, after = old.get(entry, []), new.get(entry, [])
        if before == after:
            continue
        word = "" if before and after else " (new)" if after else " (gone)"
        lines.append(f"{entry}{word}")
        if before and after:
            changed = list(unified_diff(before, after, lineterm="", n=0))[2:]
            lines += [f"  {line[0]} {line[1:].strip()}" for line in changed if not line.startswith("@@")]
    return lines


def describe(contract: Contract) -> dict[str, list[str]]:
    """Return a contract in readable lines, by entry. Documentation and addresses are left out: no call depends on them.

    Names are Clark names, ``xs:`` stands for the XML Schema namespace, ``0..*`` are bounds of occurrence.
    """
    entries: dict[str, list[str]] = {}
    for service in contract.services.values():
        for port in service.ports.values():
            if (said := port.addressing) is not None:
                need = "required" if said.required else "possible"
                entries[f"addressing {service.name}.{port.name}"] = [f"{need} {said.namespace}"]
            for operation in port.operations.values():
                lines = [f"{operation.style}/{operation.use} SOAP {port.soap_version} action {operation.soap_action!r}"]
                lines += [f"in {line}" for line in _message(operation.input)]
                lines += [f"out {line}" for line in _message(operation.output)] if operation.output else ["one-way"]
                lines += [f"fault {f.name} {_element(f.element) if f.element else ''}" for f in operation.faults]
                entries[f"operation {service.name}.{port.name}.{operation.key}"] = lines
    entries |= {f"omitted {name}": [f"{reason.code}: {reason.text}"] for name, reason in contract.omitted.items()}
    entries |= {f"repair {rule}": ["of wsdl/repairs.yaml"] for rule in contract.repairs}
    entries |= {f"element {key}": [_element(element)] for key, element in contract.elements.items()}
    entries |= {f"substitutes {head}": list(members) for head, members in contract.substitutes.items()}
    builtin = f"{{{XSD}}}"
    for key, found in contract.types.items():
        # What one turn of a group is stands in the type that has the group.
        if not key.startswith(builtin) and not (isinstance(found, Record) and found.turn):
            entries[f"type {key}"] = _type(found)
    return entries


def _digests(wsdl_dir: Path, contract: Contract) -> dict[str, str]:
    """Return the SHA-256 of every file of a contract, by path."""
    files = read_documents(wsdl_dir, contract.file).files
    return {path: hashlib.sha256(found.content).hexdigest() for path, found in files.items() if path not in WELL_KNOWN}


def _message(message: Message) -> Iterator[str]:
    """Yield the lines of one direction of an operation."""
    if message.root is not None:
        yield f"body type {_short(message.root.type)}" if message.bare else f"body {_element(message.root)}"
    for header in message.headers:
        yield f"header {_element(header.element)}{' required' if header.required else ''}"


def _type(found: Type) -> list[str]:
    """Return the lines of one type."""
    if isinstance(found, Record):
        flags = [name for name in ("abstract", "mixed", "any_attribute", "soap_array") if getattr(found, name)]
        named = [f"{name} {_short(getattr(found, name))}" for name in ("extends", "text") if getattr(found, name)]
        lines = [" ".join(["record", *flags, *named])]
        lines += _particle(found.content, 1) if found.content else []
        return lines + [_attribute(attribute) for attribute in found.attributes]
    if isinstance(found, Scalar):
        return [f"xs:{found.builtin}", *_facets(found.facets)]
    if isinstance(found, ListOf):
        return [f"list of {_short(found.item)}", *_facets(found.facets)]
    return ["union of", *(f" {_short(member)}" for member in found.members), *_facets(found.facets)]


def _facets(facets: Facets) -> list[str]:
    """Return one line for each facet that is set, one for each value of an enumeration."""
    lines = []
    for field in fields(facets):
        value: Any = getattr(facets, field.name)
        if isinstance(value, tuple):
            lines += [f" {field.name} {one!r}" for one in value]
        elif value is not None:
            lines.append(f" {field.name} {value}")
    return lines


def _particle(particle: Particle, depth: int) -> list[str]:
    """Return the lines of a particle, those of a group indented below it."""
    indent, bounds = " " * depth, f"{particle.min}..{'*' if particle.max is None else particle.max}"
    if isinstance(particle, Group):
        inside = [line for item in particle.items for line in _particle(item, depth + 1)]
        return [f"{indent}{particle.kind} {bounds}", *inside]
    if isinstance(particle, Wildcard):
        return [f"{indent}any {bounds} {particle.namespace} {particle.process}"]
    return [f"{indent}{_element(particle)} {bounds}"]


def _element(element: Element) -> str:
    """Return one element without its bounds."""
    flags = [name for name in ("nillable", "abstract", "ref") if getattr(element, name)]
    return " ".join([element.tag, _short(element.type), *flags, *_values(element)])


def _attribute(attribute: Attribute) -> str:
    """Return one attribute."""
    required = ["required"] if attribute.required else []
    return " ".join([f" @{attribute.tag}", _short(attribute.type), *required, *_values(attribute)])


def _values(declared: Element | Attribute) -> list[str]:
    """Return the default and the fixed value where there is one."""
    found = (("default", declared.default), ("fixed", declared.fixed))
    return [f"{name} {value!r}" for name, value in found if value is not None]


def _short(key: str) -> str:
    """Return a key with ``xs:`` for the namespace of XML Schema."""
    return key.replace(f"{{{XSD}}}", "xs:")
