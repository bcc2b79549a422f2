"""The root of a reply message, mostly the one child of the SOAP body, to a JSON-ready value.

Rule 1: the shape comes from the contract, never from the message: an array of one is an array.
Rule 2: omitted, xsi:nil and empty stay three different things: absent, null and "".
Rule 3: what the contract promises and the mapping reads must be there and readable, or the answer is refused as a whole
        (BackendReplyInvalid). A bad date is kept as text and noted. What nobody mapped is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapter import pieces
from adapter.errors import RequestError
from adapter.mapping.bound import BoundField, Endpoint
from adapter.translate.objects import Objects
from adapter.translate.reading import TYPE, Each, Reading, finder, invalid, is_nil
from adapter.translate.refused import judge
from adapter.translate.reply_headers import header_reader


@dataclass(frozen=True, slots=True)
class Result:
    """What was read. ``document`` is the object, or the list's items; ``total`` the ERP's count of all rows.

    ``headers`` are header fields of our answer.
    """

    document: Any
    notes: tuple[str, ...] = ()
    total: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def reader(endpoint: Endpoint, each: Each = pieces.each) -> Callable[[Any], Result]:
    """Compile the reader of one operation: the message's root (or None) in, a ``Result`` out.

    It reads a reply as it is, or as it was brought back to its contract (``tolerance``); ``replies`` does both in one
    pass. ``each`` goes around the elements of lists while they are read.
    """
    read = read_in(endpoint, Objects(endpoint, endpoint.operation.use == "encoded"))
    encoded = endpoint.operation.use == "encoded"
    return lambda element: read(element, Reading(endpoint.name, element, encoded, each))


def read_in(endpoint: Endpoint, plain: Objects) -> Callable[[Any, Reading], Result]:
    """Return what reads a reply within a reading, in which some of its objects may have been read already."""
    read, read_headers = _reader(endpoint, plain), header_reader(endpoint)
    if not endpoint.reply.headers:
        return read

    def read_both(element: Any, reading: Reading) -> Result:
        result, (headers, notes) = read(element, reading), read_headers(element)
        return replace(result, headers=headers, notes=result.notes + notes)

    return read_both


def nothing_to_read(endpoint: Endpoint) -> bool:
    """Whether what a reply holds does not matter."""
    reply, output = endpoint.reply, endpoint.operation.output
    silent = reply.rule.shape == "none" and reply.refused is None and reply.warnings is None
    return silent or output is None or output.root is None


def _reader(endpoint: Endpoint, plain: Objects) -> Callable[[Any, Reading], Result]:
    if nothing_to_read(endpoint):
        return lambda element, reading: Result(None)
    expected = endpoint.operation.reply_tags
    take, total, check = _taker(endpoint, plain), total_reader(endpoint), judge(endpoint)

    def read(element: Any, reading: Reading) -> Result:
        if element is None or (expected and element.tag not in expected):
            raise invalid(endpoint.name, "the body holds another element than the contract says")
        try:
            # A reply that says no has mostly nothing else in it.
            check(element, reading)
            document = take(element, reading)
            count = total(element, reading) if total is not None else None
        except RecursionError:
            raise invalid(endpoint.name, "nested too deep") from None
        return Result(document, (*reading.drift, *reading.notes), count)

    return read


def _taker(endpoint: Endpoint, plain: Objects) -> Callable[[Any, Reading], Any]:
    """Return how the answer is read from the root: nothing, one object or a list."""
    shape = endpoint.reply.rule.shape
    if shape == "none":
        return lambda element, reading: None
    read_plainly, find = plain.object(endpoint.reply.type), finder(endpoint, endpoint.reply.steps)
    take = _many if shape == "each" else _one

    def read(element: Any, reading: Reading) -> Any:
        if element not in reading.made:
            return read_plainly(element, reading)
        value, notes = reading.made.pop(element)
        for note in notes:
            reading.note(note)
        return value

    return lambda element, reading: take(endpoint, find(reading, element), reading, read)


def record_reader(endpoint: Endpoint) -> Callable[[Any], Any]:
    """Compile what finds the one record of a reply: the message's root in, the record's element out."""
    expected = endpoint.operation.reply_tags
    check, find = judge(endpoint), finder(endpoint, endpoint.reply.steps)

    def read(element: Any) -> Any:
        if element is None or (expected and element.tag not in expected):
            raise invalid(endpoint.name, "the body holds another element than the contract says")
        reading = Reading(endpoint.name, element, encoded=False)
        check(element, reading)
        return _single(endpoint, find(reading, element), reading)

    return read


def _one(endpoint: Endpoint, found: list[Any], reading: Reading, read: Callable[[Any, Reading], Any]) -> Any:
    return read(_single(endpoint, found, reading), reading)


def _single(endpoint: Endpoint, found: list[Any], reading: Reading) -> Any:
    rule = endpoint.reply.rule
    element = found[0] if found else None
    if element is None or _is_empty(element) or is_nil(element):
        if rule.empty_status:
            raise RequestError(rule.empty_problem, rule.empty_status, cause=f"{endpoint.name}: the reply is empty")
        if element is None or is_nil(element):
            raise invalid(endpoint.name, f"the reply holds no {rule.source or 'content'}")
    if len(found) > 1:
        reading.note(f"{rule.source} stands there twice")
    return element


def _many(endpoint: Endpoint, found: list[Any], reading: Reading, read: Callable[[Any, Reading], Any]) -> Any:
    if any(is_nil(element) for element in pieces.each(found)):
        raise invalid(endpoint.name, f"an item of {endpoint.reply.rule.source} is nil")
    return [read(element, reading) for element in reading.each(found)]


def _is_empty(element: Any) -> bool:
    if len(element) or (element.text or "").strip():
        return False
    return all(name == TYPE for name in element.attrib)


def value_reader(endpoint: Endpoint, field: BoundField) -> Callable[[Any], Any]:
    """Compile the reader of one value of a reply: the message's root in, the value or None out.

    Raises BackendReplyInvalid for another element than the contract says.
    """
    encoded, expected = endpoint.operation.use == "encoded", endpoint.operation.reply_tags
    read = Objects(endpoint, encoded).fields([field], endpoint.name)

    def value(element: Any) -> Any:
        if element is None or (expected and element.tag not in expected):
            raise invalid(endpoint.name, "the body holds another element than the contract says")
        return read(element, Reading(endpoint.name, element, encoded)).get(field.name)

    return value


def total_reader(endpoint: Endpoint) -> Callable[[Any, Reading], int | None] | None:
    """Compile what reads the ERP's count of all rows from the message's root; None where the mapping names none."""
    if endpoint.page is None or endpoint.page.total is None:
        return None
    read = Objects(endpoint, endpoint.operation.use == "encoded").fields([endpoint.page.total], endpoint.name)

    def total(element: Any, reading: Reading) -> int | None:
        count = read(element, reading).get("total")
        return count if isinstance(count, int) else None

    return total
