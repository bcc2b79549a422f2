"""Follow a ``soap:`` path through the contract tree: which elements it crosses and what stands at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from adapter.mapping.bounds import largest, may_be_empty, times, total
from adapter.mapping.path_names import PathError as PathError
from adapter.mapping.path_names import named
from adapter.mapping.path_names import suggest as suggest
from adapter.wsdl.names import xsd
from adapter.wsdl.types import Any, Attribute, Contract, Element, Group, Record, local_name

WILD = "*"
"""What a path writes for the wildcards of a record, and after ``@`` for the attributes that its wildcard lets in."""


@dataclass(frozen=True, slots=True)
class Child:
    """One element of a record, with what the groups around it do: ``required``, ``repeats``, and the choices it is in.

    A choice is named by its position in the record; the number is the branch, the flag says whether a branch must be
    there. ``least`` and ``most`` bound how often it stands there if it does (``most`` None: unbounded). ``repeated``
    is the position of a group of several elements that repeats as a whole, so that its elements take turns.
    ``cast`` is the key of the derived type that a path names in brackets: ``record(Customer)``. ``entry`` is the text
    of its name where it is one entry of a bag, and so one of several elements of that tag.
    ``turns`` is the key of the record of one turn, where it stands in a group that repeats as a whole. ``is_turn``: it
    is no element but such a group, each of its turns an item; ``element`` says how often, and its type is that record.
    ``wildcards`` are those that it stands for, in order, where it is no element but what they let in; ``others`` are
    then the tags of the record's own elements. ``sure``: the groups around it must be there. ``places`` are all that
    declare this element in the record, where several do.
    """

    element: Element
    required: bool
    repeats: bool
    choices: tuple[tuple[str, int, bool], ...] = ()
    least: int = 0
    most: int | None = 1
    repeated: str = ""
    cast: str = ""
    entry: str = ""
    turns: str = ""
    is_turn: bool = False
    wildcards: tuple[Any, ...] = ()
    others: frozenset[str] = frozenset()
    sure: bool = False
    places: tuple[Child, ...] = ()

    def apart(self, other: Child) -> bool:
        """Tell whether another child of the record is in another branch of a choice, so that both cannot be there."""
        mine = {position: branch for position, branch, _ in self.choices}
        return any(mine.get(position, branch) != branch for position, branch, _ in other.choices)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from everything else in the same record: its tag, and in a bag its entry."""
        return self.element.tag, self.entry

    @property
    def type(self) -> str:
        """The key of the type of what stands there."""
        return self.cast or self.element.type


@dataclass(frozen=True, slots=True)
class Spot:
    """The end of a path. ``type`` is the key of what stands there; ``required`` holds for the whole way.

    Where the path ends in the further attributes of a record, ``type`` is the key of the record.
    """

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
            # The nil entry of a bag would have nothing in it, not even its name.
            return len(self.steps) > 1 and self.steps[-2].element.nillable and not self.steps[-2].entry
        return self.steps[-1].element.nillable

    def first(self) -> Spot:
        """Return the spot in the first of every element that repeats."""
        return replace(self, steps=tuple(replace(step, repeats=False) for step in self.steps))

    @property
    def fixed(self) -> str | None:
        """The only value that the contract allows here, where it fixes one."""
        if self.attribute is not None:
            return self.attribute.fixed
        return self.steps[-1].element.fixed if self.steps else None


def children(record: Record) -> Iterator[Child]:
    """Yield the elements of a record in document order."""
    yield from (child for child in particles(record) if not child.wildcards)


def particles(record: Record) -> Iterator[Child]:
    """Yield the elements and the wildcards of a record in document order."""
    yield from (child for child in _with_groups(record) if not child.is_turn)


def groups(record: Record) -> Iterator[Child]:
    """Yield the groups of a record that repeat as a whole, in document order."""
    yield from (child for child in _with_groups(record) if child.is_turn)


def turn_tag(key: str) -> str:
    """Return what stands for the tag of a group whose turns have the record ``key``: ``group(Opened)``."""
    return key.rpartition("/")[2]


def turn_owner(key: str) -> str:
    """Return the key of the record that holds the group whose turns have the record ``key``."""
    return key.rpartition("/")[0]


def wild(found: Sequence[Child]) -> Child:
    """Return all wildcards of a record as one child. ``found`` are its particles, at least one of them a wildcard."""
    wildcards = [child for child in found if child.wildcards]
    others = frozenset(child.element.tag for child in found if not child.wildcards)
    if len(wildcards) == 1:
        return replace(wildcards[0], others=others)
    most = total([each.most for each in wildcards])
    least = sum(each.least for each in wildcards if each.required)
    repeated = next((each.repeated for each in wildcards if each.repeated), "")
    turns = next((each.turns for each in wildcards if each.turns), "")
    element = Element(WILD, "", xsd("anyType"), least, most)
    together = tuple(each.wildcards[0] for each in wildcards)
    return Child(
        element, least > 0, most != 1, (), least, most, repeated, turns=turns, wildcards=together, others=others
    )


def _with_groups(record: Record) -> Iterator[Child]:
    if record.content is not None:
        yield from _children(record.content, _Around("", True, (), 1, 1, ""))


@dataclass(frozen=True, slots=True)
class _Around:
    """What the groups around a group say about everything in it."""

    position: str
    required: bool
    choices: tuple[tuple[str, int, bool], ...]
    least: int
    most: int | None
    repeated: str
    turns: str = ""


def _children(group: Group, around: _Around) -> Iterator[Child]:
    required = around.required and group.min > 0
    least, most = around.least * max(group.min, 1), times(around.most, group.max)
    # In a choice that repeats without end any order is right.
    taking_turns = most != 1 and len(group.items) > 1 and (group.kind != "choice" or most is not None)
    repeated = (around.position or "/") if taking_turns else around.repeated
    turns = group.turn or around.turns
    if group.turn:
        turn = Element(turn_tag(group.turn), "", group.turn, group.min, group.max)
        bounds = around.least * group.min, times(around.most, group.max)
        yield Child(turn, required, True, around.choices, *bounds, group.turn, turns=turns, is_turn=True)
    must = required and group.kind == "choice" and not may_be_empty(group)
    for index, item in enumerate(group.items):
        choices, needed = around.choices, required
        if group.kind == "choice":
            # A choice that repeats can take every branch in turn, so it parts nothing.
            choices = (*choices, (around.position, index, must)) if most == 1 else choices
            needed = False
        if isinstance(item, Element | Any):
            bounds = least * item.min, times(most, item.max)
            element = Element(WILD, "", xsd("anyType"), item.min, item.max) if isinstance(item, Any) else item
            sure = needed and item.min > 0
            bounded = (bounds[0] if sure else 0), bounds[1]
            wildcards = (replace(item, min=bounded[0], max=bounded[1]),) if isinstance(item, Any) else ()
            made = Child(element, sure, bounds[1] != 1, choices, *bounds, repeated, turns=turns, wildcards=wildcards)
            yield replace(made, sure=needed)
        elif isinstance(item, Group):
            position = f"{around.position}/{index}"
            yield from _children(item, _Around(position, needed, choices, least, most, repeated, turns))


def follow(contract: Contract, start: str, path: str, turns: bool = False) -> Spot:
    """Follow ``path`` from the type with key ``start``. Raise PathError where a step does not exist.

    ``turns``: it may end at a group that repeats as a whole, as in ``Events.group(Opened)``.
    """
    steps: list[Child] = []
    here, required = start, True
    parts = [] if path in ("", ".", "#text") else path.split(".")
    for index, part in enumerate(parts):
        if part == "#text" and index == len(parts) - 1:
            break
        if part.startswith("@"):
            attribute = _attribute(contract, here, part[1:])
            kind = here if attribute.name == WILD else attribute.type
            return Spot(tuple(steps), attribute, kind, required and attribute.required)
        name, _, wanted = part.removesuffix(")").partition("(")
        where = steps[-1].element.name if steps else _named(start)
        if name == "group" and wanted and not _has(contract, here, name):
            if not turns:
                raise PathError(f"{part} is an array of turns, and here an element is meant", f"name {wanted} itself")
            child, wanted = _group(contract, here, wanted, where), ""
        else:
            child = _child(contract, here, name, where)
        if wanted:
            child = replace(child, cast=derived(contract, child.element.type, wanted))
        steps.append(child)
        here, required = child.type, required and child.required
    return Spot(tuple(steps), None, here, required)


def _named(key: str) -> str:
    """Return what a reader calls a type: its name, or that of the element or operation it belongs to."""
    return key.rpartition("}")[2].rpartition("/")[2].partition("#")[0] or "the message"


def _child(contract: Contract, key: str, name: str, where: str) -> Child:
    record = contract.types.get(key)
    if not isinstance(record, Record):
        raise PathError(f"{where} holds no elements, so there is no {name} in it", f"end the path at {where}")
    found = list(particles(record))
    if name == WILD:
        if not any(child.wildcards for child in found):
            raise PathError(f"{where} has no wildcard (xsd:any)", "name one of its elements")
        made = wild(found)
        if len(made.wildcards) > 1 and any(child.choices for child in found if child.wildcards):
            raise PathError(f"{where} has several wildcards in a choice", f"soap: {where}, xml: true")
        return made
    known: dict[str, list[Child]] = {}
    for child in found:
        if not child.wildcards:
            known.setdefault(child.element.tag, []).append(child)
    return _all_of(known[named(contract, name, list(known), lambda name: f"there is no {name} in {where}")])


def _all_of(places: Sequence[Child]) -> Child:
    """Return an element that a record declares at several places as one child."""
    first, *others = places
    if not others or any(each.turns for each in places):
        return first
    either = all(one.apart(other) for one, other in combinations(places, 2))
    most = (largest if either else total)([each.most for each in places])
    least = 0 if either else sum(each.least for each in places if each.required)
    choices = tuple(each for each in first.choices if all(each in other.choices for other in others))
    element = replace(first.element, min=least, max=most, nillable=any(each.element.nillable for each in places))
    made = Child(element, least > 0, most != 1, choices, least, most, first.repeated, sure=first.sure)
    return replace(made, places=tuple(places))


def _has(contract: Contract, key: str, name: str) -> bool:
    record = contract.types.get(key)
    return isinstance(record, Record) and any(child.element.name == name for child in children(record))


def _group(contract: Contract, key: str, name: str, where: str) -> Child:
    """Return the group that repeats as a whole and holds the element ``name``, or a wildcard."""
    child = _child(contract, key, name, where)
    record = contract.types[key]
    assert isinstance(record, Record)
    if name == WILD:
        # Of several wildcards the first that stands in such a group is meant.
        child = next((each for each in particles(record) if each.wildcards and each.turns), child)
    for group in groups(record):
        if group.turns == child.turns:
            return group
    raise PathError(f"{name} stands in no group that repeats as a whole", f"soap: {name}, without group()")


def derived(contract: Contract, key: str, name: str) -> str:
    """Return the key of the type called ``name`` that is ``key`` itself or derived from it. Raise PathError."""
    kind = contract.types.get(key)
    candidates = (key, *kind.derived) if isinstance(kind, Record) else ()
    found = named(contract, name, candidates, lambda name: f"{name} is not derived from {local_name(key)}")
    if reason := contract.flawed.get(found):
        raise PathError(f"{name} cannot be used: {reason}", "mend the contract: `adapter wsdl lint` says how")
    return found


def _attribute(contract: Contract, key: str, name: str) -> Attribute:
    record = contract.types.get(key)
    if name == WILD:
        if not isinstance(record, Record) or not record.any_attribute:
            raise PathError("no further attributes can stand there (xsd:anyAttribute)", "name one of its attributes")
        return Attribute(WILD, "", xsd("anySimpleType"))
    found = {each.tag: each for each in record.attributes} if isinstance(record, Record) else {}
    return found[named(contract, name, list(found), lambda name: f"there is no attribute {name} here")]
