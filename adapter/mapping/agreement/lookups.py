"""Agreement of code tables: each is asked for by an operation that is bound as an endpoint of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapter.mapping.agreement.constants import Given
from adapter.mapping.agreement.operation import bind_operation
from adapter.mapping.agreement.reply import element_at
from adapter.mapping.agreement.signs import as_it_is, bind_value
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import BoundField, BoundLookup, Endpoint
from adapter.mapping.model import FieldRule
from adapter.mapping.model.operation import LookupRule
from adapter.mapping.paths import Child, follow
from adapter.mapping.scalars import lookup_key
from adapter.mapping.tables import Table, by_lookup
from adapter.mapping.taking import simple
from adapter.wsdl import lexical
from adapter.wsdl.types import Port


def with_lookups(binder: Binder, port: Port, given: Given) -> Given:
    """Bind the tables of a resource, and let its fields name them. Return what operations are given with them."""
    bound = []
    for rule in binder.resource.lookups.values():
        table = Table(rule.name)
        converter = by_lookup(table, rule.rule.call)
        binder.converters = {**binder.converters, lookup_key(rule.name): lambda converter=converter: converter}
        if (found := _lookup(binder, port, rule, given, table)) is not None:
            bound.append(found)
    return replace(given, lookups=tuple(bound))


def _lookup(binder: Binder, port: Port, rule: LookupRule, given: Given, table: Table) -> BoundLookup | None:
    # No fault of this call needs to have its code where those of the others have theirs.
    soap = binder.resource.soap
    own = Binder(replace(binder.resource, soap=replace(soap, fault_code="")), binder.contract, binder.converters, given)
    asked = bind_operation(own, port, rule.rule, given)
    binder.mistakes.extend(own.mistakes)
    if asked is None:
        return None
    asked = replace(asked, resource=binder.resource)
    rows = _rows(binder, rule, asked)
    if rows is None:
        return None
    steps, key = rows
    code, word = (_text(binder, rule, name, key, asked.operation.use == "encoded") for name in ("code", "word"))
    return BoundLookup(rule, asked, steps, code, word, table) if code is not None and word is not None else None


def _rows(binder: Binder, rule: LookupRule, asked: Endpoint) -> tuple[tuple[Child, ...], str] | None:
    """Return the steps to the rows and the key of their type."""
    place, name, output = rule.rule.place, rule.rule.name, asked.operation.output
    if output is None or output.root is None:
        binder.wrong(place, f"{name}: {asked.operation.key} answers nothing", "call: an operation that answers rows")
        return None
    found = element_at(binder, place, output.root.type, rule.each)
    if found is None:
        return None
    steps = found[0]
    if not steps or not steps[-1].repeats:
        binder.wrong(place, f"{name}: each: {rule.each} occurs once", "each: the element that repeats, one per row")
        return None
    if inner := [step.element.name for step in steps[:-1] if step.repeats]:
        binder.wrong(place, f"{name}: {inner[0]} on the way to {rule.each} repeats", f"each: end it at {inner[0]}")
        return None
    return found


def _text(binder: Binder, rule: LookupRule, name: str, key: str, encoded: bool) -> BoundField | None:
    """Bind the code or the word of a row: a text or a whole number."""
    path = rule.code if name == "code" else rule.word
    found = bind_value(binder, rule.rule.name, FieldRule(name, rule.rule.place, path), key, encoded)
    if found is None:
        return None
    kind = simple(binder.contract, follow(binder.contract, key, path).type)
    if kind is None or kind.builtin not in lexical.STRINGS | frozenset(lexical.INTEGERS):
        text = f"{rule.rule.name}: {name}: {path} is neither a text nor a whole number"
        binder.wrong(rule.rule.place, text, "name an element that is one")
        return None
    return as_it_is(found, name)


def with_used(binder: Binder, endpoints: Sequence[Endpoint], given: Given) -> list[Endpoint]:
    """Return the endpoints, each with the tables that it uses. One of the file's own that none uses is a mistake."""
    found = [replace(each, lookups=_used(each, given)) for each in endpoints]
    used = {lookup.rule.name for each in found for lookup in each.lookups}
    for rule in binder.resource.lookups.values() if not binder.mistakes else ():
        if rule.name not in used and rule.rule.place.file == binder.resource.place.file:
            text = f"no operation uses the lookup {rule.name}"
            binder.wrong(rule.rule.place, text, f"a field with lookup: {rule.name}, or remove it")
    return found


def _used(endpoint: Endpoint, given: Given) -> tuple[BoundLookup, ...]:
    names = {field.rule.lookup for each in endpoint.whole() for field in _fields(each)}
    return tuple(lookup for lookup in given.lookups if lookup.rule.name in names)


def _fields(endpoint: Endpoint) -> Iterator[BoundField]:
    """Yield the values of an operation that callers give or get."""
    yield from endpoint.path_parameters()
    yield from endpoint.query_fields
    waiting = [
        endpoint.reply.type,
        *endpoint.details.values(),
        *([endpoint.body.type] if endpoint.body is not None else []),
    ]
    seen: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key in seen or key not in endpoint.types:
            continue
        seen.add(key)
        bound = endpoint.types[key]
        waiting += [*(field.type for field in bound.fields), *(each.type for each in bound.variants)]
        yield from bound.fields
