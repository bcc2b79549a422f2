"""When two answers are the same, and what they differ in.

Both are JSON in the form of our contract.

Rule 1: what nothing is said about has to be equal: type, value, order. Numbers of JSON are equal where their values
        are; a number that is a text is a text, unless ``numbers`` names it.
Rule 2: ``*`` stands for all items of an array, and for all members of an object that are not named.
Rule 3: of an array with another number of items that alone is told, since what follows from it would hide it.
Rule 4: at most ``MOST`` differences are told of one answer.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from adapter.rollout.differences import Difference, Kind, Path, difference
from adapter.rollout.leaves import alike, kind
from adapter.rollout.matching import PAIRS, about_left, equal_left, frozen
from adapter.rollout.nodes import Node, tree
from adapter.rollout.rules import CompareRule

MOST: Final = 100
"""Differences that are told of one answer."""
_PLAIN: Final = Node()
_ABSENT: Final = object()
_NAMELESS: Final = ("", "")


@dataclass(frozen=True, slots=True)
class Answered:
    """What one side said. ``problem`` is the type of a refusal, "" where it is none, and ``document`` is JSON."""

    status: int
    document: Any = field(default=None, repr=False)
    problem: str = ""


class Comparer:
    """Compares by one rule. ``known`` are the names that the contract has, so that others are not told; None: all are.

    It keeps nothing of what it compared, so that threads share it.
    """

    def __init__(self, rule: CompareRule, known: Iterable[str] | None = None) -> None:
        self._root = tree(rule)
        self._absent = _ABSENT if not rule.null_is_absent else None
        self._known = frozenset(known) if known is not None else None

    def answers(self, legacy: Answered, candidate: Answered) -> tuple[Difference, ...]:
        """Return what two answers differ in: their status and problem, or else their documents."""
        if (legacy.status, legacy.problem) != (candidate.status, candidate.problem):
            return (difference(None, "status", _said(legacy), _said(candidate)),)
        return () if legacy.problem else self.differences(legacy.document, candidate.document)

    def differences(self, legacy: Any, candidate: Any) -> tuple[Difference, ...]:
        """Return what two documents differ in, in the order of the legacy's."""
        found: list[Difference] = []
        if not self._root.ignored:
            self._value(self._root, legacy, candidate, None, found)
        return tuple(found)

    def _value(self, node: Node, legacy: Any, candidate: Any, path: Path, found: list[Difference]) -> None:
        """Compare two values that are there."""
        if type(legacy) is dict and type(candidate) is dict:
            self._objects(node, legacy, candidate, path, found)
        elif type(legacy) is list and type(candidate) is list:
            self._arrays(node, legacy, candidate, path, found)
        elif type(legacy) is type(candidate):
            if legacy != candidate and (node is _PLAIN or not alike(node, legacy, candidate)):
                self._tell(path, "value", legacy, candidate, found)
        elif kind(legacy) != kind(candidate):
            self._tell(path, "type", legacy, candidate, found)
        elif legacy != candidate and not alike(node, legacy, candidate):
            self._tell(path, "value", legacy, candidate, found)

    def _objects(
        self, node: Node, legacy: dict[str, Any], candidate: dict[str, Any], path: Path, found: list[Difference]
    ) -> None:
        members, rest, absent = node.members, node.items or _PLAIN, self._absent
        for name, value in legacy.items():
            other = candidate.get(name, absent)
            if value is other:
                continue
            below = members.get(name, rest) if members else rest
            if below is _PLAIN and type(value) is str and value == other:
                continue
            if below.ignored:
                continue
            if value is absent:
                self._tell((path, name), "extra", None, other, found)
            elif other is absent:
                self._tell((path, name), "missing", value, None, found)
            else:
                self._value(below, value, other, (path, name), found)
        if candidate.keys() <= legacy.keys():
            return
        for name, other in candidate.items():
            if name not in legacy and other is not absent and not members.get(name, rest).ignored:
                self._tell((path, name), "extra", None, other, found)

    def _arrays(self, node: Node, legacy: list[Any], candidate: list[Any], path: Path, found: list[Difference]) -> None:
        below = node.items or _PLAIN
        if node.unordered is not None:
            self._unordered(node.unordered, below, legacy, candidate, path, found)
        elif len(legacy) != len(candidate):
            self._tell(path, "length", len(legacy), len(candidate), found)
        elif not below.ignored:
            before = len(found)
            for index, pair in enumerate(zip(legacy, candidate, strict=True)):
                if pair[0] is not pair[1] and len(found) < MOST:
                    self._value(below, *pair, (path, index), found)
            if before < len(found) and len(legacy) > 1 and not any(self._left(below, legacy, candidate)):
                found[before:] = [difference(path, "order", legacy, candidate, self._known)]

    def _unordered(
        self, name: str, below: Node, legacy: list[Any], candidate: list[Any], path: Path, found: list[Difference]
    ) -> None:
        """Compare arrays whose order says nothing: items with the same ``name``, or ("") those that are the same."""
        ours, theirs = self._named(name, below, legacy, False), self._named(name, below, candidate, True)
        for key in {**ours, **theirs}:
            here, there = ours.get(key, []), theirs.get(key, [])
            if len(here) != 1 or len(there) != 1 or key == _NAMELESS:
                items, others = [legacy[each] for each in here], [candidate[each] for each in there]
                missing, extra = self._left(below, items, others)
                here, there = [here[each] for each in missing], [there[each] for each in extra]
            both = min(len(here), len(there)) if key != _NAMELESS else 0
            for index, place in zip(here[:both], there[:both], strict=True):
                self._value(below, legacy[index], candidate[place], (path, index), found)
            for index in here[both:]:
                self._tell((path, index), "missing", legacy[index], None, found)
            for place in there[both:]:
                self._tell((path, place), "extra", None, candidate[place], found)

    def _named(self, name: str, below: Node, items: list[Any], candidate: bool) -> dict[Hashable, list[int]]:
        """Return the places of items by what tells them apart."""
        found: dict[Hashable, list[int]] = {}
        node = below.members.get(name, _PLAIN)
        for index, item in enumerate(items):
            value = item.get(name) if name and type(item) is dict else None
            key = _NAMELESS if value is None else self._frozen(node, value, candidate)
            found.setdefault(key, []).append(index)
        return found

    def _left(self, node: Node, legacy: list[Any], candidate: list[Any]) -> tuple[list[int], list[int]]:
        """Return the places of items that the other side does not have."""
        if not node.exact and len(legacy) * len(candidate) <= PAIRS:
            return about_left(legacy, candidate, lambda one, other: self._same(node, one, other))
        ours, theirs = ([self._frozen(node, each, side) for each in items] for side, items in
                        ((False, legacy), (True, candidate)))  # fmt: skip
        return equal_left(ours, theirs)

    def _same(self, node: Node, legacy: Any, candidate: Any) -> bool:
        found: list[Difference] = []
        self._value(node, legacy, candidate, None, found)
        return not found

    def _frozen(self, node: Node, value: Any, candidate: bool) -> Hashable:
        return frozen(node, value, nulls=self._absent is not None, candidate=candidate)

    def _tell(self, path: Path, what: Kind, legacy: Any, candidate: Any, found: list[Difference]) -> None:
        if len(found) < MOST:
            found.append(difference(path, what, legacy, candidate, self._known))


def _said(answer: Answered) -> str:
    return f"{answer.status} {answer.problem}".strip()
