"""The rules of a comparison as a tree: at each name of an answer there is what is said about it, or nothing.

It is made while building, so that a comparison goes down the tree beside the documents and looks nothing up.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from adapter.rollout.differences import segments
from adapter.rollout.rules import CompareRule

ITEMS = "*"


class Node:
    """What is said about one place, and about those in it. ``exact``: nothing in it is allowed to be about the same."""

    __slots__ = ("codes", "exact", "ignored", "items", "members", "numbers", "times", "unordered")

    def __init__(self) -> None:
        self.ignored = False
        self.unordered: str | None = None
        self.numbers: Decimal | None = None
        self.times: float | None = None
        self.codes: Mapping[str, str] | None = None
        self.members: dict[str, Node] = {}
        self.items: Node | None = None
        self.exact = True

    def at(self, pointer: str) -> Node:
        """Return the node at a pointer; it is made where there is none."""
        node = self
        for name in segments(pointer):
            if name == ITEMS:
                node.items = node.items or Node()
                node = node.items
            else:
                node = node.members.setdefault(name, Node())
        return node

    def closed(self) -> bool:
        """Say what is exact, from below. Return whether this is."""
        below = [*self.members.values(), *([self.items] if self.items is not None else [])]
        inside = [each.closed() for each in below]
        self.exact = self.numbers is None and self.times is None and all(inside)
        return self.exact


def tree(rule: CompareRule) -> Node:
    """Return the rules as a tree."""
    root = Node()
    for pointer in rule.ignore:
        root.at(pointer).ignored = True
    for pointer, name in rule.unordered.items():
        root.at(pointer).unordered = name
    for pointer, number in rule.numbers.items():
        root.at(pointer).numbers = Decimal(str(number))
    for pointer, seconds in rule.times.items():
        root.at(pointer).times = seconds
    for pointer, words in rule.codes.items():
        root.at(pointer).codes = words
    root.closed()
    return root
