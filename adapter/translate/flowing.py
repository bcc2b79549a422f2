"""A list's reply, read row by row: what its beginning says, each row, and what stands behind the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapter.mapping.bound import Endpoint
from adapter.mapping.model.stream import StreamRule
from adapter.translate.reader import total_reader
from adapter.translate.reading import Reading, finder, invalid, typed
from adapter.translate.refused import judge
from adapter.translate.reply_headers import header_reader
from adapter.translate.rows import row_reader
from adapter.wsdl.types import local_name

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Coming:
    """A list whose first rows are there. ``batches`` yields some rows at a time, the first ones at once.

    ``total`` is asked for after the last row: the ERP's count of all rows, None where it does not say. Both raise
    BackendError where the reply breaks off or is wrong. ``notes`` returns what was odd about the rows so far,
    ``headers`` are header fields of our answer, ``close`` ends the reply whenever it is called, and so does ``abandon``
    while somebody else waits for rows.
    """

    batches: Iterator[Rows]
    total: Callable[[], int | None]
    notes: Callable[[], tuple[str, ...]]
    close: Callable[[], None]
    abandon: Callable[[], None]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Flow:
    """How the rows of one operation's reply are read while it arrives.

    ``begins`` is given the reply's root and the first row, in a reply that has nothing behind it. It returns header
    fields of our answer and what was odd; None where the row is not found there. It raises the BackendFault of a
    refusal. ``row`` reads one row. ``ends`` is given the root once all of it is there, and the one row that is left in
    it, the last, and returns the ERP's count of all rows; it raises what ``begins`` does, and BackendReplyInvalid where
    the whole reply has other rows than those that were read.
    """

    rule: StreamRule
    tag: str
    begins: Callable[[Any, Any], tuple[Mapping[str, str], tuple[str, ...]] | None]
    row: Callable[[Any, Reading], Any]
    ends: Callable[[Any, Any, Reading], int | None]


def names(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the local names of the elements from below the reply's root to a row."""
    return tuple(local_name(step.element.tag) for step in endpoint.reply.steps)


def flow(endpoint: Endpoint) -> Flow | None:
    """Compile how the rows of an operation are read; None where its list is not streamed."""
    rule = endpoint.reply.rule.stream
    if rule is None:
        return None
    expected, last = endpoint.operation.reply_tags, endpoint.reply.steps[-1]
    check, find, read_headers = judge(endpoint), finder(endpoint, endpoint.reply.steps), header_reader(endpoint)
    total, read = total_reader(endpoint), row_reader(endpoint)
    cast = typed(endpoint.contract, last, endpoint.name) if last.cast else None

    def begins(root: Any, first: Any) -> tuple[Mapping[str, str], tuple[str, ...]] | None:
        if expected and root.tag not in expected:
            return None
        reading = Reading(endpoint.name, root, encoded=False)
        check(root, reading)
        found = find(reading, root)
        if len(found) != 1 or found[0] is not first:
            return None
        headers, notes = read_headers(root)
        return headers, (*reading.notes, *notes)

    def row(element: Any, reading: Reading) -> Any:
        if cast is not None:
            cast(element, reading)
        return read(element, reading)

    def ends(root: Any, last: Any, reading: Reading) -> int | None:
        check(root, reading)
        if any(each is not last for each in find(reading, root) or (None,)):
            raise invalid(endpoint.name, "the whole reply has other rows than those that came first")
        return total(root, reading) if total is not None else None

    return Flow(rule, last.element.tag, begins, row, ends)
