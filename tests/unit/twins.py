"""Readers whose two twins are held against each other at every call: the fast pass and the plain code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from copy import deepcopy
from typing import Any

from lxml import etree

from adapter import pieces
from adapter.errors import AdapterError
from adapter.mapping.bound import Endpoint
from adapter.pieces import Pace
from adapter.translate import reader as plain
from adapter.translate.reader import Result
from adapter.translate.replies import reply_reader


def reader(endpoint: Endpoint) -> Callable[[Any], Result]:
    """Compile ``adapter.translate.reader.reader``; each reply that it reads is read by both twins before."""
    read, compare = plain.reader(endpoint), comparer(endpoint)

    def both(element: Any) -> Result:
        compare(element)
        return read(element)

    return both


def comparer(endpoint: Endpoint) -> Callable[[Any], None]:
    """Return what reads a reply with both twins, and as if it were large, and asserts that all agree.

    The reply stays as it is.
    """
    fast, slow = reply_reader(endpoint), reply_reader(endpoint, plain=True)

    def compare(element: Any) -> None:
        one = copied(element)
        expected = outcome(slow, one)
        for read in (fast, _paced(fast), _paced(slow)):
            other = copied(element)
            found = outcome(read, other)
            assert expected == found, (expected, found)
            # What was put right, was put right in all of them.
            assert _shown(one) == _shown(other)

    return compare


class _Restless(Pace):
    """A pace that is asked everywhere and never rests."""

    def turn(self) -> None:
        """Go on."""

    def over(self, items: Collection[Any]) -> Iterable[Any]:
        """Return what yields the items."""
        return self.each(items)


def _paced(read: Callable[[Any], Result]) -> Callable[[Any], Result]:
    """Return how a large reply is read."""

    def within(element: Any) -> Result:
        token = pieces._current.set(_Restless())
        try:
            return read(element)
        finally:
            pieces._current.reset(token)

    return within


def outcome(read: Callable[[Any], Result], element: Any) -> Any:
    """Return what reading an element gives, its properties in order, or how it fails."""
    try:
        result = read(element)
    except AdapterError as error:
        return type(error), vars(error)
    except AttributeError as error:
        # A comment is no element; the parser of replies leaves none.
        return type(error), str(error)
    return _ordered(result.document), result.notes, result.total, dict(result.headers)


def copied(element: Any) -> Any:
    """Return an element in a copy of its document."""
    if element is None:
        return None
    way: list[int] = []
    at = element
    while (parent := at.getparent()) is not None:
        way.append(parent.index(at))
        at = parent
    found = deepcopy(at)
    for index in reversed(way):
        found = found[index]
    return found


def _ordered(value: Any) -> Any:
    """Return a JSON value with its properties as pairs, so that their order counts, and with the types of numbers."""
    if isinstance(value, dict):
        return [(key, _ordered(each)) for key, each in value.items()]
    if isinstance(value, list):
        return ["array", *map(_ordered, value)]
    return type(value), value


def _shown(element: Any) -> bytes:
    return b"" if element is None else etree.tostring(element.getroottree())
