"""The root of a reply message, mostly the one child of the SOAP body, to a JSON-ready value.

Rule 1: the shape comes from the contract, never from the message: an array of one is an array.
Rule 2: omitted, xsi:nil and empty stay three different things: absent, null and "".
Rule 3: what the contract promises and the mapping reads must be there and readable, or the answer is refused as a whole
        (BackendReplyInvalid). A bad date is kept as text and noted. What nobody mapped is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapter.errors import RequestError
from adapter.mapping.bound import BoundField, BoundType, Endpoint, leaves
from adapter.mapping.flat import assembled
from adapter.translate.content import Compiler
from adapter.translate.finishing import finisher
from adapter.translate.reading import TYPE, Reading, finder, invalid, is_nil, type_key
from adapter.translate.refused import judge
from adapter.wsdl.types import Contract, Record


@dataclass(frozen=True, slots=True)
class Result:
    """What was read. ``document`` is the object, or the list's items; ``total`` the ERP's count of all rows."""

    document: Any
    notes: tuple[str, ...] = ()
    total: int | None = None


def reader(endpoint: Endpoint) -> Callable[[Any], Result]:
    """Compile the reader of one operation: the message's root (or None) in, a ``Result`` out."""
    reply = endpoint.reply
    silent = reply.rule.shape == "none" and reply.refused is None and reply.warnings is None
    if silent or endpoint.operation.output is None or endpoint.operation.output.root is None:
        return lambda element: Result(None)
    encoded, expected = endpoint.operation.use == "encoded", endpoint.operation.reply_tags
    compiler = _Objects(endpoint, encoded)
    take, total, check = _taker(endpoint, compiler), _total(endpoint, compiler), judge(endpoint)

    def read(element: Any) -> Result:
        reading = Reading(endpoint.name, element, encoded)
        if element is None or (expected and element.tag not in expected):
            raise invalid(endpoint.name, "the body holds another element than the contract says")
        try:
            # A reply that says no has mostly nothing else in it.
            check(element, reading)
            document = take(element, reading)
            count = total(element, reading) if total is not None else None
        except RecursionError:
            raise invalid(endpoint.name, "nested too deep") from None
        return Result(document, tuple(reading.notes), count)

    return read


def _taker(endpoint: Endpoint, compiler: _Objects) -> Callable[[Any, Reading], Any]:
    """Return how the answer is read from the root: nothing, one object or a list."""
    shape = endpoint.reply.rule.shape
    if shape == "none":
        return lambda element, reading: None
    read_object, find = compiler.object(endpoint.reply.type), finder(endpoint, endpoint.reply.steps)
    take = _many if shape == "each" else _one
    return lambda element, reading: take(endpoint, find(reading, element), reading, read_object)


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
    if element is None or is_nil(element) or _is_empty(element):
        if rule.empty_status:
            raise RequestError(rule.empty_problem, rule.empty_status, cause=f"{endpoint.name}: the reply is empty")
        if element is None or is_nil(element):
            raise invalid(endpoint.name, f"the reply holds no {rule.source or 'content'}")
    if len(found) > 1:
        reading.note(f"{rule.source} stands there twice")
    return element


def _many(endpoint: Endpoint, found: list[Any], reading: Reading, read: Callable[[Any, Reading], Any]) -> Any:
    if any(is_nil(element) for element in found):
        raise invalid(endpoint.name, f"an item of {endpoint.reply.rule.source} is nil")
    return [read(element, reading) for element in found]


def _is_empty(element: Any) -> bool:
    attributes = [name for name in element.attrib if name != TYPE]
    return not len(element) and not (element.text or "").strip() and not attributes


def value_reader(endpoint: Endpoint, field: BoundField) -> Callable[[Any], Any]:
    """Compile the reader of one value of a reply: the message's root in, the value or None out.

    Raises BackendReplyInvalid for another element than the contract says.
    """
    encoded, expected = endpoint.operation.use == "encoded", endpoint.operation.reply_tags
    read = _Objects(endpoint, encoded).fields([field], endpoint.name)

    def value(element: Any) -> Any:
        if element is None or (expected and element.tag not in expected):
            raise invalid(endpoint.name, "the body holds another element than the contract says")
        return read(element, Reading(endpoint.name, element, encoded)).get(field.name)

    return value


def _total(endpoint: Endpoint, compiler: _Objects) -> Callable[[Any, Reading], int | None] | None:
    if endpoint.page is None or endpoint.page.total is None:
        return None
    read = compiler.fields([endpoint.page.total], endpoint.name)

    def total(element: Any, reading: Reading) -> int | None:
        count = read(element, reading).get("total")
        return count if isinstance(count, int) else None

    return total


class _Objects:
    """Object readers by bound type, compiled once each, so that a type that contains itself ends."""

    def __init__(self, endpoint: Endpoint, encoded: bool) -> None:
        self.types: Mapping[str, BoundType] = endpoint.types
        self.contract = endpoint.contract
        self.compiler = Compiler(self.object, endpoint.contract, encoded)
        self.readers: dict[str, Callable[[Any, Reading], Any]] = {}

    def object(self, key: str) -> Callable[[Any, Reading], Any]:
        """Return the function that reads an object of bound type ``key`` from its element."""
        if key not in self.readers:
            self.readers[key] = lambda element, reading: self.readers[key](element, reading)
            bound = self.types[key]
            self.readers[key] = self._variants(bound) if bound.variants else self._plain(bound)
        return self.readers[key]

    def _plain(self, bound: BoundType) -> Callable[[Any, Reading], Any]:
        read = self.fields(list(leaves(bound.fields)), bound.name)
        finish = finisher(self.types, bound)
        if finish is not None:
            return lambda element, reading: finish(assembled(bound.fields, read(element, reading)), reading)
        if not any(field.parts for field in bound.fields):
            return read
        return lambda element, reading: assembled(bound.fields, read(element, reading))

    def fields(self, fields: list[Any], name: str) -> Callable[[Any, Reading], dict[str, Any]]:
        """Return the function that reads these fields from an element."""
        return self.compiler.object(fields, name)

    def _variants(self, bound: BoundType) -> Callable[[Any, Reading], Any]:
        by, name, declared = bound.discriminator, bound.name, bound.record
        mapped = {each.record: (each.value, self.object(each.type)) for each in bound.variants}
        variants = {key: mapped[near] for key in self.contract.types if (near := _nearest(self.contract, key, mapped))}

        def read(element: Any, reading: Reading) -> Any:
            key = type_key(element) or declared
            if key not in variants:
                raise invalid(reading.operation, f"{name}: a type that the mapping does not know")
            value, inner = variants[key]
            return {by: value, **inner(element, reading)}

        return read


def _nearest(contract: Contract, key: str, mapped: Mapping[str, object]) -> str:
    """Return the type that ``key`` is, or the nearest one it is derived from, that has a variant; else ""."""
    seen: set[str] = set()
    while key and key not in seen:
        if key in mapped:
            return key
        seen.add(key)
        kind = contract.types.get(key)
        key = kind.extends if isinstance(kind, Record) else ""
    return ""
