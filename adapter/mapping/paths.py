"""Follow a ``soap:`` path through the contract tree: which elements it crosses and what stands at its end."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from adapter.wsdl.types import Any, Attribute, Contract, Element, Group, Record


class PathError(ValueError):
    """A path leads nowhere. The message names the step; ``remedy`` says what stands there instead."""

    def __init__(self, text: str, remedy: str = "") -> None:
        super().__init__(text)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Child:
    """One element of a record, with what the groups around it do: ``required``, ``repeats``, and the choices it is in.

    A choice is named by its position in the record; the second number is the branch.
    """

    element: Element
    required: bool
    repeats: bool
    choices: tuple[tuple[str, int, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """The end of a path. ``type`` is the key of what stands there; ``required`` holds for the whole way."""

    steps: tuple[Child, ...]
    attribute: Attribute | None
    type: str
    required: bool

    @property
    def nillable(self) -> bool:
        """Whether xsi:nil may stand at the end: on the element, or for an array on the element around its items."""
        if self.attribute is not None or not self.steps:
            return False
        if self.steps[-1].repeats:
            return len(self.steps) > 1 and self.steps[-2].element.nillable
        return self.steps[-1].element.nillable


def children(record: Record) -> Iterator[Child]:
    """Yield the elements of a record in document order."""
    if record.content is not None:
        yield from _children(record.content, True, False, (), "")


def _children(
    group: Group, required: bool, repeats: bool, choices: tuple[tuple[str, int, bool], ...], position: str
) -> Iterator[Child]:
    required = required and group.min > 0
    repeats = repeats or group.max is None or group.max > 1
    for index, item in enumerate(group.items):
        inner = choices
        if group.kind == "choice":
            inner = (*choices, (position, index, required))
        needed = required and group.kind != "choice"
        if isinstance(item, Element):
            yield Child(item, needed and item.min > 0, repeats or item.repeats, inner)
        elif isinstance(item, Group):
            yield from _children(item, needed, repeats, inner, f"{position}/{index}")


def has_wildcard(record: Record) -> bool:
    """Whether a record has an xsd:any anywhere."""
    todo: list[Group] = [record.content] if record.content else []
    while todo:
        for item in todo.pop().items:
            if isinstance(item, Any):
                return True
            if isinstance(item, Group):
                todo.append(item)
    return False


def follow(contract: Contract, start: str, path: str) -> Spot:
    """Follow ``path`` from the type with key ``start``. Raise PathError where a step does not exist."""
    steps: list[Child] = []
    here, required = start, True
    parts = [] if path in ("", ".", "#text") else path.split(".")
    for index, part in enumerate(parts):
        if part == "#text" and index == len(parts) - 1:
            break
        if part.startswith("@"):
            attribute = _attribute(contract, here, part[1:])
            return Spot(tuple(steps), attribute, attribute.type, required and attribute.required)
        child = _child(contract, here, part, steps[-1].element.name if steps else "the message")
        steps.append(child)
        here, required = child.element.type, required and child.required
    return Spot(tuple(steps), None, here, required)


def _child(contract: Contract, key: str, name: str, where: str) -> Child:
    record = contract.types.get(key)
    if not isinstance(record, Record):
        raise PathError(f"{where} holds no elements, so there is no {name} in it", f"end the path at {where}")
    names = []
    for child in children(record):
        if child.element.name == name:
            return child
        names.append(child.element.name)
    raise PathError(f"there is no {name} in {where}", suggest(name, names))


def _attribute(contract: Contract, key: str, name: str) -> Attribute:
    record = contract.types.get(key)
    found = record.attributes if isinstance(record, Record) else ()
    for attribute in found:
        if attribute.name == name:
            return attribute
    raise PathError(f"there is no attribute {name} here", suggest(name, [attribute.name for attribute in found]))


def suggest(name: str, names: list[str]) -> str:
    """Say which known names come near ``name``."""
    near = difflib.get_close_matches(name, names, 1, 0.6)
    if not near:
        near = [known for known in names if known.lower() == name.lower()][:1]
    if near:
        return f"did you mean {near[0]}?"
    shown = ", ".join(names[:15]) + (", …" if len(names) > 15 else "")
    return f"there are: {shown}" if names else "there is nothing to name here"
