"""Agreement of cursors: the call of the next pages as an endpoint of its own, and what each page says of the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adapter.mapping.agreement.called import operation_at
from adapter.mapping.agreement.constants import Given
from adapter.mapping.agreement.credentials import CURSOR_SECRET
from adapter.mapping.agreement.header_fields import declared_fields
from adapter.mapping.agreement.operation import bind_operation
from adapter.mapping.agreement.signs import as_it_is, bind_sign, bind_value
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import BoundField, Cursor, Endpoint, Turn
from adapter.mapping.model import Constant, FieldRule, Place
from adapter.mapping.model.cursor import CursorRule
from adapter.mapping.model.operation import OperationRule, SignRule
from adapter.mapping.paths import PathError, follow
from adapter.mapping.taking import simple, unfit
from adapter.settings import credential_name
from adapter.wsdl import lexical
from adapter.wsdl.types import Port

LIMIT = "limit"
SHORTEST_SECRET = 32


def limited(rule: OperationRule, given: Given) -> tuple[OperationRule, Given]:
    """Return the rule of a list behind a cursor, and what stands behind its constants, with the number of rows."""
    cursor = rule.cursor
    if cursor is None or not cursor.limit:
        return rule, given
    limit = Constant(cursor.limit, cursor.place, page=LIMIT)
    if not cursor.in_header:
        return replace(rule, set=(*rule.set, limit)), given
    return rule, replace(given, in_header=(*given.in_header, limit))


def bind_cursor(binder: Binder, port: Port, rule: OperationRule, endpoint: Endpoint, given: Given) -> Endpoint:
    """Return the endpoint with its cursor bound too, where it agrees. ``rule`` and ``given`` are as they were read."""
    cursor = rule.cursor
    if cursor is None:
        return endpoint
    before = len(binder.mistakes)
    _fits(binder, rule, cursor, given)
    if not _listed(endpoint) or len(binder.mistakes) > before:
        return endpoint
    _proved(binder, cursor, [*endpoint.constants, *(each for block in endpoint.headers for each in block.fields)])
    following = _next(binder, port, rule, cursor, given)
    if following is None or not _listed(following):
        return endpoint
    taken = {each.to for each in cursor.next}
    values = {field.rule.soap: field for field in following.constants if field.rule.soap in taken}
    if len(binder.mistakes) > before:
        return endpoint
    turns = [_turn(binder, cursor, each, values) for each in (endpoint, following)]
    return replace(endpoint, cursor=Cursor(cursor, following, values, *turns))


def _fits(binder: Binder, rule: OperationRule, cursor: CursorRule, given: Given) -> None:
    if rule.reply is None or rule.reply.shape != "each":
        binder.wrong(cursor.place, f"{rule.name}: only a list can have a cursor", "reply: {each: …, from: …}")
    if rule.page is not None:
        binder.wrong(cursor.place, f"{rule.name}: a list has either 'page' or 'cursor'", "keep one of them")
    if rule.calls:
        binder.wrong(cursor.place, f"{rule.name}: a list behind a cursor is one call", "remove 'calls'")
    for name in (*rule.query_fields, *rule.tests):
        if name in (LIMIT, "cursor"):
            text = f"{rule.name}: '{name}' belongs to the cursor already"
            binder.wrong(cursor.place, text, "rename the parameter")
    secret = given.text_of(*CURSOR_SECRET)
    if secret is not None and len(secret) < SHORTEST_SECRET:
        text = f"{credential_name(*CURSOR_SECRET)} has fewer than {SHORTEST_SECRET} characters"
        binder.wrong(cursor.place, text, "a long random text, the same on every machine")


def _listed(endpoint: Endpoint) -> bool:
    return endpoint.reply.rule.shape == "each" and bool(endpoint.reply.type)


def _proved(binder: Binder, cursor: CursorRule, constants: Iterable[BoundField]) -> None:
    """The ERP must take every number of rows that a caller may ask for."""
    for field in constants:
        if field.made is None or field.made.page != LIMIT or field.codec is None:
            continue
        for number in (max(cursor.default, cursor.min), max(cursor.max, cursor.min), cursor.min):
            try:
                field.codec.write(field.codec.read(str(number)))
            except ValueError as error:
                binder.wrong(cursor.place, f"cursor: limit: {number} {error}", "change default, min or max")
                return


def _next(binder: Binder, port: Port, rule: OperationRule, cursor: CursorRule, given: Given) -> Endpoint | None:
    """Bind the call of the next pages: the same operation with more values, or another with nothing else."""
    values = tuple(Constant(each.to, each.place, page=f"next {each.to}") for each in cursor.next)
    name = f"{rule.name}.next"
    if not cursor.call:
        whole, given = limited(replace(rule, name=name), given)
        return bind_operation(binder, port, replace(whole, set=(*whole.set, *values), cursor=None), given)
    operation = operation_at(binder, port, cursor.call, cursor.place, f"{rule.name}: cursor")
    if operation is None:
        return None
    if cursor.in_header and cursor.limit.partition(".")[0] in [each.element.name for each in operation.input.headers]:
        _, given = limited(rule, given)
    reply = replace(rule.reply, source=cursor.source or rule.reply.source) if rule.reply is not None else None
    headers = declared_fields(binder, port, cursor.call, rule.headers)
    own = OperationRule(
        name, rule.verb, cursor.place, "GET", rule.path, cursor.call,
        set=values, headers=headers, reply=reply, faults=rule.faults, policy=rule.policy,
    )  # fmt: skip
    return bind_operation(binder, port, own, given)


def _turn(binder: Binder, cursor: CursorRule, endpoint: Endpoint, values: dict[str, BoundField]) -> Turn:
    """Bind what the reply of one call says of the next page."""
    output = endpoint.operation.output
    root = output.root.type if output is not None and output.root is not None else ""
    row = endpoint.types[endpoint.reply.type].record
    fields: list[BoundField] = []
    last: list[BoundField] = []
    for each in cursor.next:
        start = row if each.last else root
        found = _text(binder, endpoint, f"next {each.to}", each.source, start, each.place)
        if found is not None:
            (last if each.last else fields).append(found)
            _same_kind(binder, start, each.source, values[each.to], each.place, bool(each.add))
    if cursor.total:
        fields += _numbers(binder, endpoint, {"total": cursor.total}, root, cursor.place)
    end, sign = cursor.end, None
    if end.kind == "reaches":
        fields += _numbers(binder, endpoint, {"where": end.where, "reaches": end.reaches}, root, end.place)
    if end.kind == "value":
        where = SignRule(end.place, FieldRule("where", end.place, end.where), end.values)
        sign = bind_sign(binder, "end", where, endpoint.operation, endpoint.operation.use == "encoded")
    return Turn(tuple(fields), tuple(last), sign)


def _text(binder: Binder, endpoint: Endpoint, name: str, path: str, start: str, place: Place) -> BoundField | None:
    encoded = endpoint.operation.use == "encoded"
    field = bind_value(binder, "cursor", FieldRule(name, place, path), start, encoded)
    return as_it_is(field, name) if field is not None else None


def _numbers(binder: Binder, endpoint: Endpoint, paths: dict[str, str], start: str, place: Place) -> list[BoundField]:
    found = []
    for name, path in paths.items():
        field = _text(binder, endpoint, name, path, start, place)
        if field is None:
            continue
        if not _whole(binder, start, path):
            binder.wrong(place, f"cursor: {name}: {path} is not a whole number", "name a whole number")
            continue
        found.append(field)
    return found


def _whole(binder: Binder, start: str, path: str) -> bool:
    kind = simple(binder.contract, follow(binder.contract, start, path).type)
    return kind is not None and kind.builtin in lexical.INTEGERS


def _same_kind(binder: Binder, start: str, path: str, target: BoundField, place: Place, add: bool) -> None:
    """What a page says must fit where the next call takes it."""
    try:
        source = simple(binder.contract, follow(binder.contract, start, path).type)
    except PathError:
        return  # noted already
    to = target.attribute.type if target.attribute is not None else target.steps[-1].type if target.steps else ""
    if why := unfit(source, simple(binder.contract, to)):
        text = f"cursor: next: {path} does not fit {target.rule.soap}: {why}"
        binder.wrong(place, text, "take a value that fits")
    elif add and not _whole(binder, start, path):
        binder.wrong(place, f"cursor: next: {path} is not a whole number, so nothing can be added", "remove 'add'")
