"""Turns of groups that repeat as a whole, in an array: written one after the other, and read in their order."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from adapter.translate.entries import Handler
from adapter.translate.parting import parter
from adapter.translate.reading import Reading
from adapter.wsdl.types import XSI, Record

_NIL = f"{{{XSI}}}nil"


def write_turns(slot: str, fill: Callable[[Any, Any], bool]) -> Callable[[Any, Mapping[str, Any]], bool]:
    """Return what writes every turn of an array into the element around them, which is nil where the array is null."""

    def write(parent: Any, values: Mapping[str, Any]) -> bool:
        if slot not in values:
            return False
        if values[slot] is None:
            parent.set(_NIL, "true")
        for turn in values[slot] or ():
            fill(parent, turn)
        return True

    return write


def read_turns(
    record: Record, readers: Mapping[str, Sequence[Handler]], twice: Container[str]
) -> Callable[[Any, dict[str, Any], Reading], Container[Any]]:
    """Return what reads the turns of groups of a type by the ``readers`` of each.

    It returns the children in them that are read by then: not those with a tag in ``twice``, which are read again.
    """
    part = parter(record)

    def read(element: Any, found: dict[str, Any], reading: Reading) -> Container[Any]:
        passed: set[Any] = set()
        for key, turn in part(element):
            for handle in readers.get(key, ()):
                handle(turn, found, reading)
                passed.update(child for child in turn.children if child.tag not in twice)
        return passed

    return read
