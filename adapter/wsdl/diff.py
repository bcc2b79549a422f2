"""What changed between two versions of a contract, and whether callers or mappings can break over it.

A request breaks when less is accepted than before, a reply when it may hold more kinds of values than before. So a
change of a type is judged by where the type is used: in requests, in replies, or in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from adapter.wsdl.changes import Change, Use, facet_changes
from adapter.wsdl.types import (
    Attribute,
    Contract,
    Element,
    Group,
    ListOf,
    Message,
    Operation,
    Record,
    Scalar,
    Type,
)

_FLAGS = {"abstract": "abstract", "mixed": "mixed", "text": "the type of its text", "soap_array": "a soapenc array"}


def diff(old: Contract, new: Contract) -> list[Change]:
    """Return every change from ``old`` to ``new``, the breaking ones first, then by place."""
    changes = list(_operations(_by_place(old), _by_place(new)))
    asked = _reached(old, "asked") | _reached(new, "asked")
    answered = _reached(old, "answered") | _reached(new, "answered")
    for key, after in new.types.items():
        before = old.types.get(key)
        if before is not None and before != after:
            changes += _types(key, before, after, Use(key in asked, key in answered))
    for what, had, has in (("type", old.types, new.types), ("element", old.elements, new.elements)):
        # What refers to one that is gone is reported where it refers; here stands what nothing used.
        changes += [Change("compatible", f"{what} {key}", "is gone") for key in had.keys() - has.keys()]
        changes += [Change("compatible", f"{what} {key}", "is new") for key in has.keys() - had.keys()]
    return sorted(set(changes))


def _by_place(contract: Contract) -> dict[str, tuple[str, Operation]]:
    """Return the SOAP version and the operation by ``Service.Port.Operation``."""
    return {
        f"{service.name}.{port.name}.{operation.key}": (port.soap_version, operation)
        for service in contract.services.values()
        for port in service.ports.values()
        for operation in port.operations.values()
    }


def _operations(old: Mapping[str, tuple[str, Operation]], new: Mapping[str, tuple[str, Operation]]) -> Iterator[Change]:
    """Yield what changed in the operations themselves, not in their types."""
    yield from (Change("breaking", f"operation {place}", "is gone") for place in old.keys() - new.keys())
    yield from (Change("compatible", f"operation {place}", "is new") for place in new.keys() - old.keys())
    for name in old.keys() & new.keys():
        place, (version, before), (now, after) = f"operation {name}", old[name], new[name]
        if version != now:
            yield Change("breaking", place, f"SOAP {version} became {now}")
        for what in ("style", "use", "soap_action"):
            if getattr(before, what) != getattr(after, what):
                yield Change("breaking", place, f"{what} {getattr(before, what)!r} became {getattr(after, what)!r}")
        for direction, had, has in (("input", before.input, after.input), ("output", before.output, after.output)):
            if _body(had) != _body(has):
                yield Change("breaking", place, f"{direction} {_body(had)} became {_body(has)}")
            yield from _headers(f"{place} {direction}", had, has)
        faults, faults_now = {fault.name for fault in before.faults}, {fault.name for fault in after.faults}
        yield from (Change("compatible", place, f"fault {fault} is gone") for fault in faults - faults_now)
        yield from (Change("compatible", place, f"fault {fault} is new") for fault in faults_now - faults)


def _body(message: Message | None) -> str:
    """Return what stands in a SOAP body, in words."""
    if message is None:
        return "none"
    if message.root is None:
        return "empty"
    return f"{'the body itself' if message.bare else message.root.tag} ({message.root.type})"


def _headers(place: str, old: Message | None, new: Message | None) -> Iterator[Change]:
    """Yield what changed in the header blocks of one direction."""
    had = {header.element.tag: header.required for header in old.headers} if old else {}
    has = {header.element.tag: header.required for header in new.headers} if new else {}
    yield from (Change("breaking", place, f"header {tag} is gone") for tag in had.keys() - has.keys())
    for tag, required in has.items():
        if had.get(tag) != required:
            word = "is new" if tag not in had else "changed"
            yield Change(
                "breaking" if required else "compatible", place, f"{'required ' * required}header {tag} {word}"
            )


def _reached(contract: Contract, way: Literal["asked", "answered"]) -> set[str]:
    """Return the keys of all types that requests, or replies and faults, can hold."""
    waiting: list[str] = []
    for _, operation in _by_place(contract).values():
        message = operation.input if way == "asked" else operation.output
        if message is not None:
            waiting += [message.root.type] if message.root is not None else []
            waiting += [header.element.type for header in message.headers]
        if way == "answered":
            waiting += [fault.element.type for fault in operation.faults if fault.element]
    reached: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key in reached:
            continue
        reached.add(key)
        waiting += _used_by(contract, contract.types[key])
    return reached


def _used_by(contract: Contract, found: Type) -> Iterator[str]:
    """Yield the keys of the types that values of a type can hold."""
    if isinstance(found, ListOf):
        yield found.item
    elif isinstance(found, Record):
        yield from (attribute.type for attribute in found.attributes)
        yield from found.derived
        yield from (found.text,) if found.text else ()
        for element, _, _ in _elements(found.content):
            yield element.type
    elif not isinstance(found, Scalar):
        yield from found.members


def _elements(group: Group | None, least: int = 1, many: bool = False) -> Iterator[tuple[Element, int, bool]]:
    """Yield the elements of a group with what its groups make of their bounds: the least number, and if they repeat."""
    if group is None:
        return
    least = 0 if group.kind == "choice" else min(least, group.min)
    many = many or group.max is None or group.max > 1
    for item in group.items:
        if isinstance(item, Group):
            yield from _elements(item, least, many)
        elif isinstance(item, Element):
            yield item, min(least, 1) * item.min, many or item.repeats


def _types(key: str, old: Type, new: Type, use: Use) -> Iterator[Change]:
    """Yield what changed in one type."""
    place = f"type {key}"
    if isinstance(old, Record) and isinstance(new, Record):
        yield from _records(place, old, new, use)
    elif isinstance(old, Scalar) and isinstance(new, Scalar):
        if old.builtin != new.builtin:
            yield Change("breaking", place, f"xs:{old.builtin} became xs:{new.builtin}")
        yield from facet_changes(place, old.facets, new.facets, use)
    elif type(old) is type(new) and not isinstance(old, Record) and not isinstance(new, Record):
        if getattr(old, "item", getattr(old, "members", ())) != getattr(new, "item", getattr(new, "members", ())):
            yield Change("breaking", place, "the types of its values changed")
        yield from facet_changes(place, old.facets, new.facets, use)
    else:
        yield Change("breaking", place, f"{type(old).__name__} became {type(new).__name__}")


def _records(place: str, old: Record, new: Record, use: Use) -> Iterator[Change]:
    """Yield what changed in a complex type."""
    for name, words in _FLAGS.items():
        if getattr(old, name) != getattr(new, name):
            yield Change("breaking", place, f"{words}: {getattr(old, name)!r} became {getattr(new, name)!r}")
    yield from (
        Change("breaking", place, f"{key} no longer derives from it") for key in set(old.derived) - {*new.derived}
    )
    yield from (use.wider(place, f"{key} derives from it now") for key in set(new.derived) - {*old.derived})
    yield from _attributes(place, {a.tag: a for a in old.attributes}, {a.tag: a for a in new.attributes}, use)
    had = {element.tag: (element, least, many) for element, least, many in _elements(old.content)}
    has = {element.tag: (element, least, many) for element, least, many in _elements(new.content)}
    yield from (Change("breaking", f"{place}/{tag}", "is gone") for tag in had.keys() - has.keys())
    for tag, (element, least, many) in has.items():
        if tag in had:
            yield from _occurrence(f"{place}/{tag}", had[tag], (element, least, many), use)
        elif least:
            yield use.narrower(f"{place}/{tag}", "is new and required")
        else:
            yield Change("compatible", f"{place}/{tag}", "is new and optional")
    if [tag for tag in had if tag in has] != [tag for tag in has if tag in had]:
        yield Change("breaking", place, "the order of its elements changed")
    elif had.keys() == has.keys() and _shape(old.content) != _shape(new.content):
        yield Change("breaking", place, "its groups or wildcards changed")


def _shape(group: Group | None) -> tuple[object, ...]:
    """Return the groups and wildcards of a content without its elements."""
    if group is None:
        return ()
    inner = (_shape(item) if isinstance(item, Group) else item for item in group.items if not isinstance(item, Element))
    return group.kind, group.min, group.max, *inner


def _occurrence(
    place: str, old: tuple[Element, int, bool], new: tuple[Element, int, bool], use: Use
) -> Iterator[Change]:
    """Yield what changed in the use of one element."""
    (before, least, many), (after, least_now, many_now) = old, new
    if before.type != after.type:
        yield Change("breaking", place, f"type {before.type} became {after.type}")
    if many != many_now:
        yield Change("breaking", place, "may now repeat" if many_now else "may no longer repeat")
    elif before.max != after.max:
        wider = after.max is None or (before.max is not None and before.max < after.max)
        text = f"maxOccurs {before.max or 'unbounded'} became {after.max or 'unbounded'}"
        yield use.wider(place, text) if wider else use.narrower(place, text)
    if least < least_now:
        yield use.narrower(place, f"minOccurs {least} became {least_now}")
    elif least > least_now:
        yield use.wider(place, f"minOccurs {least} became {least_now}")
    if before.nillable != after.nillable:
        yield use.wider(place, "may now be nil") if after.nillable else use.narrower(place, "may no longer be nil")
    for what in ("default", "fixed"):
        if getattr(before, what) != getattr(after, what):
            yield Change("breaking", place, f"{what} {getattr(before, what)!r} became {getattr(after, what)!r}")


def _attributes(place: str, old: Mapping[str, Attribute], new: Mapping[str, Attribute], use: Use) -> Iterator[Change]:
    """Yield what changed in the attributes of a type."""
    yield from (Change("breaking", f"{place}/@{tag}", "is gone") for tag in old.keys() - new.keys())
    for tag, after in new.items():
        before, where = old.get(tag), f"{place}/@{tag}"
        if before is None:
            if after.required:
                yield use.narrower(where, "is new and required")
            else:
                yield Change("compatible", where, "is new and optional")
            continue
        if before.type != after.type:
            yield Change("breaking", where, f"type {before.type} became {after.type}")
        if before.required != after.required:
            yield use.narrower(where, "is now required") if after.required else use.wider(where, "is now optional")
