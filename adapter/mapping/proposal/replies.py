"""What an operation answers: its rows where it is a list, the one object in it, or the whole reply."""

from __future__ import annotations

from dataclasses import dataclass

from adapter.mapping.paths import Child, children
from adapter.mapping.proposal.draft import Section
from adapter.mapping.proposal.grammar import can_name
from adapter.mapping.proposal.members import form, wildcards
from adapter.mapping.proposal.nouns import singular
from adapter.mapping.proposal.resources import Placed
from adapter.mapping.proposal.spelling import kebab, split
from adapter.mapping.proposal.words import REPLY_TECHNIQUE
from adapter.wsdl.types import Contract, Element, Record


@dataclass(frozen=True, slots=True)
class Answer:
    """``path`` leads to the element that is answered, ``key`` is its type; ``shape`` says whether it repeats.

    ``left_out`` are paths of single values beside it that say nothing about the resource, or that paging takes.
    """

    shape: str
    path: str
    key: str
    required: bool = True
    left_out: tuple[str, ...] = ()


def root_of(placed: Placed) -> Element | None:
    """Return the element of the reply, None where there is none."""
    return placed.operation.output.root if placed.operation.output is not None else None


def answer(contract: Contract, placed: Placed, paging: frozenset[str]) -> Answer | None:
    """Return what is answered, None where the reply holds nothing. ``paging`` are paths that paging takes."""
    root = root_of(placed)
    if root is None:
        return None
    whole = Answer("one", "", root.type)
    record = contract.types.get(root.type)
    if not isinstance(record, Record):
        return whole
    if record.content is None and not record.attributes and not record.text and not record.any_attribute:
        return None
    if placed.way.name in ("list", "search"):
        return _rows(contract, root.type, paging) or whole
    return _only(contract, root.type, whole)


def _rows(contract: Contract, key: str, paging: frozenset[str]) -> Answer | None:
    """Return the rows of a list: the one array of objects in the reply, with nothing beside it that matters."""
    path, left = "", list[str]()
    for _ in range(4):
        inside = _inside(contract, key)
        objects = [child for child in inside or () if form(contract, child.type)[0] != "scalar" or child.repeats]
        if inside is None or len(objects) != 1 or not can_name(objects[0].element.name):
            return None
        for child in inside:
            if child is not objects[0]:
                beside = f"{path}{child.element.name}"
                if beside not in paging and child.element.name.lower() not in REPLY_TECHNIQUE:
                    return None
                left.append(beside)
        row = objects[0]
        if form(contract, row.type)[0] != "object":
            return None
        path += row.element.name
        if row.repeats:
            return Answer("each", path, row.type, left_out=tuple(left))
        path, key = f"{path}.", row.type
    return None


def _only(contract: Contract, key: str, whole: Answer) -> Answer:
    """Return the only object in a reply; a list, or what may be missing, stays where it is."""
    found, path, required = whole, "", True
    for _ in range(3):
        inside = _inside(contract, key)
        if inside is None or len(inside) != 1 or inside[0].repeats or not can_name(inside[0].element.name):
            return found
        child = inside[0]
        if form(contract, child.type)[0] != "object":
            return found
        path, key = f"{path}.{child.element.name}".lstrip("."), child.type
        required = required and child.required and not child.element.nillable
        found = Answer("one", path, key, required)
    return found


def _inside(contract: Contract, key: str) -> list[Child] | None:
    """Return the elements of a record that holds nothing else, None for any other."""
    record = contract.types.get(key)
    if not isinstance(record, Record) or record.content is None or wildcards(record.content):
        return None
    if record.attributes or record.any_attribute or record.mixed or record.derived or record.abstract or record.text:
        return None
    inside = list(children(record))
    return None if any(child.repeated or child.element.abstract for child in inside) else inside


def reply(placed: Placed, found: Answer | None, name: str) -> Section:
    """Return ``reply:``; ``name`` is the type of what is answered."""
    if found is None or not name:
        return {"status": 204}
    section: Section = {found.shape: name}
    if found.path:
        section["from"] = found.path
    if placed.way.name in ("cancel", "delete"):
        section["status"] = 200
    if not found.required:
        section["when_empty"] = {"status": 404, "problem": missing(placed.resource)}
    return section


def missing(resource: str) -> str:
    """Return the problem type of a thing that is not there."""
    return f"{kebab(singular(split(resource)))}-not-found"
