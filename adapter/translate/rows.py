"""The items of a list's reply one at a time, for replies that are read while they arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.translate.objects import Objects
from adapter.translate.quick import Quick
from adapter.translate.reading import Reading, invalid, is_nil
from adapter.translate.records import ReadObject
from adapter.translate.tolerance import alignment


def row_reader(endpoint: Endpoint) -> Callable[[Any, Reading], Any]:
    """Compile what reads one item of a list: its element, brought back to the contract first, to its JSON value.

    Notes go into the reading (``drift`` and ``notes``). Raises BackendReplyInvalid as ``reader`` does for a whole
    reply. What the reply holds beside its items (refusals, a total) is not looked at.
    """
    aligned, steps, key = alignment(endpoint), endpoint.reply.steps, endpoint.reply.type
    objects = Objects(endpoint, endpoint.operation.use == "encoded")
    if aligned is None or not steps or steps[-1].is_turn:
        return _plainly(endpoint, objects.object(key), None)
    own = steps[-1].element.type
    plainly = _plainly(endpoint, objects.object(key), own)
    quick = Quick(objects, aligned.tables).quickest(key, own, True)

    def row(element: Any, reading: Reading) -> Any:
        reading.walker = aligned.walk
        drift, notes = len(reading.drift), len(reading.notes)
        try:
            if not is_nil(element):
                value = quick(element, reading)
                aligned.check(reading.drift)
                reading.keep()
                return value
        except (BackendReplyInvalid, RecursionError):
            reading.undo(drift)
            del reading.notes[notes:]
        try:
            return plainly(element, reading)
        except BackendReplyInvalid:
            # It may be read once more.
            reading.undo(drift)
            raise

    return row


def _plainly(endpoint: Endpoint, read: ReadObject, own: str | None) -> ReadObject:
    """Return what reads an item with the plain code. ``own`` is the type of its element, None: it has none."""

    def plainly(element: Any, reading: Reading) -> Any:
        try:
            if own is not None:
                reading.walk.below(element, own)
                if endpoint.resource.soap.strict and reading.drift:
                    raise invalid(endpoint.name, f"soap.strict: {next(iter(reading.drift))}")
            if is_nil(element):
                raise invalid(endpoint.name, f"an item of {endpoint.reply.rule.source} is nil")
            return read(element, reading)
        except RecursionError:
            raise invalid(endpoint.name, "nested too deep") from None

    return plainly
