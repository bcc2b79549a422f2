"""How an answer with rows begins: opened like any other up to its first row, then read on row by row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from adapter.backends.soap.answer import NOTHING, is_body, looked_into
from adapter.backends.soap.answered import Answered
from adapter.backends.soap.arriving import Way
from adapter.backends.soap.flowing import Flowing
from adapter.errors import BackendReplyInvalid, RequestError
from adapter.mapping.bound import Endpoint
from adapter.messages import Request
from adapter.translate.flowing import Coming, Flow, Rows
from adapter.translate.reading import Reading

Again = Callable[[RequestError, Request], bool]
Begin = Callable[[Flowing, Answered, Request], tuple[Coming, tuple[str, ...]] | None]


def beginning(endpoint: Endpoint, version: str, flow: Flow, way: Way, again: Again) -> Begin:
    """Return what reads the beginning of an answer: its first rows, those to come, and what was odd.

    It returns None where the answer does not begin as it should, so that all of it is to be read first. Raises what
    reading a whole answer raises. ``again`` says whether to read a row once more that was refused.
    """
    bare = is_body(endpoint.operation.output)

    def begin(flowing: Flowing, answered: Answered, request: Request) -> tuple[Coming, tuple[str, ...]] | None:
        if flowing.doctype:
            return None
        root, first = flowing.beginning()
        notes = list(flowing.notes)
        answer = looked_into(root, answered.reply, notes, version, None, bare, answered.message_id, NOTHING)
        if answer.fault is not None or answer.child is None or (way.strict and "soap-version-differs" in answer.notes):
            return None
        drift = way.align(answer.child)
        begun = flow.begins(answer.child, first)
        if begun is None:
            return None
        headers, odd = begun
        flowing.begin(flow.rule.idle, flow.rule.max_bytes, flow.tag)
        rows = _Rows(endpoint.name, flow, flowing, way, again, request)
        batches = rows.batches()
        rest = chain([next(batches)], batches)  # the first ones may still be refused as a whole answer is
        known = (*answer.notes, *drift, *odd)
        return Coming(rest, rows.total, lambda: rows.notes(known), flowing.close, flowing.abandon, headers), known

    return begin


class _Rows:
    """The rows of one answer. Once the answer has begun, all that is wrong with it can only break it off."""

    def __init__(self, name: str, flow: Flow, flowing: Flowing, way: Way, again: Again, request: Request) -> None:
        self._name, self._flow, self._flowing, self._way = name, flow, flowing, way
        self._again, self._request = again, request
        self._reading = Reading(name, None, encoded=False)
        self._behind: list[str] = []

    def batches(self) -> Iterator[Rows]:
        """Yield the rows as they come."""
        for elements in self._flowing.batches():
            yield list(map(self._row, elements))

    def _row(self, element: Any) -> Any:
        while True:
            try:
                return self._flow.row(element, self._reading)
            except BackendReplyInvalid as error:
                # The deadline was that of the first row.
                deadline = time.monotonic() + self._flow.rule.idle
                if not self._again(error, replace(self._request, deadline=deadline)):
                    raise

    def total(self) -> int | None:
        """Return the ERP's count of all rows, and look at what stands behind them."""
        root = self._flowing.root
        self._flowing.must_have_one_body()
        reading = Reading(self._name, root, encoded=False)
        drift = self._way.align(root)
        total = self._flow.ends(root, self._flowing.first, reading)
        self._behind = [*drift, *reading.notes]
        return total

    def notes(self, known: Iterable[str]) -> tuple[str, ...]:
        """Return what was odd so far, without what is known already."""
        found = dict.fromkeys([*self._reading.drift, *self._reading.notes, *self._behind])
        return tuple(note for note in found if note not in known)
