"""Documents without what is somebody's: values are told by type and length, but for those that may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from adapter.rollout.differences import segments
from adapter.rollout.nodes import ITEMS

MOST: Final = 50
"""Items of an array, and members of an object, that are told of."""


class Hiding:
    """Hides all but what stands at some pointers (``*``: every item). ``known`` are names that tell nothing."""

    def __init__(self, show: Iterable[str], known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._tree: dict[str, Any] = {}
        for pointer in show:
            node = self._tree
            for name in segments(pointer):
                node = node.setdefault(name, {})
            node[""] = True

    def hidden(self, value: Any) -> Any:
        """Return a document with the same members and items as far as their names may be told."""
        return self._hidden(value, self._tree)

    def parameters(self, values: Iterable[tuple[str, str]]) -> list[list[str]]:
        """Return parameters of a request; one is shown where the property of its name is."""
        return [[name, str(self._hidden(value, self._tree.get(name, {})))] for name, value in values][:MOST]

    def _hidden(self, value: Any, shown: Mapping[str, Any]) -> Any:
        if "" in shown:
            return value
        rest = shown.get(ITEMS, {})
        if isinstance(value, dict):
            members = list(value.items())
            found = {self._name(name): self._hidden(each, shown.get(name, rest)) for name, each in members[:MOST]}
            return {**found, **({f"({len(members) - MOST} more)": None} if len(members) > MOST else {})}
        if isinstance(value, list):
            more = [f"({len(value) - MOST} more)"] if len(value) > MOST else []
            return [self._hidden(each, rest) for each in value[:MOST]] + more
        return _told(value)

    def _name(self, name: str) -> str:
        return name if name in self._known else f"(name, {len(name)})"


def _told(value: Any) -> Any:
    """Return what is told of a value that is not shown."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "(true or false)"
    if isinstance(value, int | float | Decimal):
        return f"(number, {len(str(value))})"
    return f"(text, {len(str(value))})"
