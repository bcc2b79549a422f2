"""Proposed operations as data: what each takes and answers, at the place that it was given."""

from __future__ import annotations

from dataclasses import dataclass

from adapter.mapping.files import Path_
from adapter.mapping.paths import Child, children
from adapter.mapping.proposal.draft import Draft, Section
from adapter.mapping.proposal.grammar import json_form, rule
from adapter.mapping.proposal.members import form
from adapter.mapping.proposal.paging import Paging, paging
from adapter.mapping.proposal.replies import Answer, answer, reply, root_of
from adapter.mapping.proposal.request import Value
from adapter.mapping.proposal.resources import Placed
from adapter.mapping.proposal.typing import Typing
from adapter.wsdl.types import Contract, Record


def operation(contract: Contract, placed: Placed, typing: Typing) -> Draft:
    """Return the section of one operation; the types that it names are proposed too."""
    way, asks = placed.way, placed.asks
    pages = paging(contract, placed)
    section: Section = {"request": f"{way.method} {way.path}", "call": placed.call}
    notes: dict[Path_, str] = {(): f"confidence {way.sure / 100:.2g}: {way.why}"}
    if way.key is not None:
        section["path"] = {way.key.name: parameter(contract, way.key)}
    query = [each for each in asks.values if way.query and each not in (way.key, *pages.takes)]
    if query:
        section["query"] = {each.name: parameter(contract, each) for each in query}
    if pages.key:
        section[pages.key] = pages.section
        notes[(pages.key,)] = f"confidence 0.7: {pages.why}"
    if not way.query:
        section |= body(contract, placed, typing)
    found = answer(contract, placed, _said(pages))
    section["reply"] = reply(placed, found, _answered(contract, placed, found, typing))
    left = [*(asks.left_out if way.query else ()), *(found.left_out if found is not None else ())]
    if left:
        notes[("reply",)] = f"left out: {', '.join(left)}"
    return Draft(section, notes)


def whole(contract: Contract, placed: Placed, typing: Typing) -> Draft:
    """Return the section of one operation that carries request and reply as they are, under an action's name."""
    section: Section = {"request": f"{placed.way.method} {placed.way.path}", "call": placed.call}
    section |= body(contract, placed, typing)
    root = root_of(placed)
    name = typing.whole(root.type) if root is not None else ""
    section["reply"] = {"one": name, "status": 200} if name else {"status": 204}
    return Draft(section, {(): f"confidence {placed.way.sure / 100:.2g}: {placed.way.why}"})


def parameter(contract: Contract, value: Value) -> object:
    """Return the rule of a parameter."""
    return rule(value.path, **json_form(contract, value.type))


def _said(pages: Paging) -> frozenset[str]:
    """Return the paths of the reply that paging reads."""
    section = pages.section
    found = {str(section["total"])} if "total" in section else set()
    end = section.get("end")
    found |= {end["where"], end["reaches"]} if isinstance(end, dict) else set()
    for value in section.get("next", {}).values():
        found.add(value["from"] if isinstance(value, dict) else value)
    return frozenset(found)


def _answered(contract: Contract, placed: Placed, found: Answer | None, typing: Typing) -> str:
    """Return the name of the type of what is answered."""
    if found is None:
        return ""
    if found.path and found.shape == "each":
        return typing.named(found.key)
    return typing.named(found.key) if found.path else typing.whole(found.key)


@dataclass(frozen=True, slots=True)
class _Top:
    """What stands at the top level of a request."""

    key: str
    into: str
    children: tuple[Child, ...]
    alone: bool


def body(contract: Contract, placed: Placed, typing: Typing) -> Section:
    """Return what carries the request beside its key: a body, or a parameter where it is a single value."""
    root = placed.operation.input.root
    if root is None:
        return {}
    if not isinstance(contract.types.get(root.type), Record):
        return {"query": {"value": rule(".", **json_form(contract, root.type))}}
    top = _top(contract, placed)
    key = placed.way.key
    if top.alone:
        objects = [each for each in top.children if key is None or each.element.name != key.path.rpartition(".")[2]]
        if len(objects) == 1 and _is_object(contract, objects[0]):
            into = f"{top.into}.{objects[0].element.name}".lstrip(".")
            return {"body": {"one": typing.named(objects[0].type), "into": into}}
    local = key.path.removeprefix(f"{top.into}." if top.into else "") if key is not None else ""
    name = typing.without(top.key, local, placed.call) if local else typing.spread(top.key, bool(top.into))
    section: Section = {"one": name} if not top.into else {"one": name, "into": top.into}
    return {"body": section} if name else {}


def _top(contract: Contract, placed: Placed) -> _Top:
    asks = placed.asks
    record = contract.types.get(asks.key)
    assert isinstance(record, Record)
    inside = tuple(children(record))
    alone = not record.attributes and not record.any_attribute and not record.text and not record.mixed
    return _Top(asks.key, asks.into, inside, alone)


def _is_object(contract: Contract, child: Child) -> bool:
    return not child.repeats and not child.repeated and not child.choices and form(contract, child.type)[0] == "object"
