"""Paths of names into objects: a tree to find them by, and a value that is put where a path leads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
Tree: TypeAlias = dict[str, "Tree[T]"] | T


def tree(paths: Iterable[tuple[tuple[str, ...], T]]) -> dict[str, Tree[T]]:
    """Return the tree of some paths, none of which leads through the end of another; its leaves are no dict."""
    found: dict[str, Any] = {}
    for names, leaf in paths:
        *outer, last = names
        node = found
        for name in outer:
            node = node.setdefault(name, {})
        node[last] = leaf
    return found


def put(found: dict[str, Any], names: tuple[str, ...], value: Any) -> None:
    """Put a value where its path leads, in objects that are made on the way. An object in pieces is put together.

    Null for an object that has something in it already says nothing; null for a part of an object that is null neither.
    """
    *outer, last = names
    for name in outer:
        inner = found.get(name)
        if inner is None:
            if value is None and name in found:
                return
            inner = found[name] = {}
        found = inner
    before = found.get(last)
    if type(before) is dict:
        if type(value) is dict:
            for name, each in value.items():
                put(before, (name,), each)
    else:
        found[last] = value
