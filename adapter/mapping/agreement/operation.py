"""Agreement of one operation: parameters, body and everything that the request message requires."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapter.mapping.agreement.called import operation_at
from adapter.mapping.agreement.constants import Given
from adapter.mapping.agreement.documents import bind_document_body
from adapter.mapping.agreement.filter import bind_filter
from adapter.mapping.agreement.flags import bind_flags
from adapter.mapping.agreement.header_fields import bind_reply_headers
from adapter.mapping.agreement.lists import bind_page, bind_sort
from adapter.mapping.agreement.patch import patched
from adapter.mapping.agreement.reply import bind_details, bind_reply, check_faults, element_at
from adapter.mapping.agreement.rows import bind_rows_body
from adapter.mapping.agreement.signs import bind_signs
from adapter.mapping.agreement.types import Binder
from adapter.mapping.agreement.values import bind_constants, bind_headers
from adapter.mapping.agreement.when import constant_when
from adapter.mapping.bound import Body, BoundField, Endpoint, Mode
from adapter.mapping.computed import computed_constant
from adapter.mapping.coverage import collisions
from adapter.mapping.defaults import check_defaults
from adapter.mapping.model import FieldRule
from adapter.mapping.model.operation import OperationRule
from adapter.mapping.occurrence import content, unfilled
from adapter.mapping.paths import Child
from adapter.mapping.scalars import parameter
from adapter.wsdl.types import Operation, Port


def bind_operation(binder: Binder, port: Port, rule: OperationRule, given: Given) -> Endpoint | None:
    """Bind one operation. None where the WSDL has no such operation; other disagreements are noted in ``binder``."""
    operation = operation_at(binder, port, rule.call, rule.place, rule.name)
    if operation is None:
        return None
    before = _method(binder, rule)
    start, encoded = operation.input.root.type if operation.input.root is not None else "", operation.use == "encoded"
    parts = _given(binder, rule, start, encoded, given)
    reply = bind_reply_headers(binder, operation, bind_reply(binder, rule, operation, encoded))
    endpoint = Endpoint(
        name=rule.name,
        verb=rule.verb,
        resource=binder.resource,
        title=rule.title or f"{rule.verb.capitalize().replace('-', ' ')} {binder.resource.title}",
        doc=rule.doc or operation.doc,
        method=rule.method,
        path=binder.resource.path + rule.path,
        contract=binder.contract,
        port=port,
        operation=operation,
        types=binder.types,
        path_fields=parts[0],
        query_fields=parts[1],
        constants=parts[2],
        headers=bind_headers(binder, operation, given, rule.headers),
        filter=bind_filter(binder, rule, operation, reply, given),
        page=bind_page(binder, rule, operation, start),
        sort=bind_sort(binder, rule, start),
        body=_body(binder, rule, operation, encoded, [each for part in parts for each in part]),
        reply=bind_signs(binder, rule, operation, encoded, reply),
        faults=rule.faults,
        timeout=rule.timeout,
        session=given.session,
        details=bind_details(binder, port, rule, operation),
    )
    endpoint = replace(endpoint, constants=_computed(binder, endpoint), policy=rule.policy)
    check_faults(binder, rule, operation)
    # What is missing because its rule is wrong would be named twice.
    if len(binder.mistakes) == before:
        _covered(binder, rule, operation, endpoint)
    return endpoint


def _computed(binder: Binder, endpoint: Endpoint) -> tuple[BoundField, ...]:
    """Bind the constants that a team's functions compute of what callers give."""
    here, functions = {field.name: field for field in endpoint.given()}, binder.given.functions

    def bound(each: BoundField) -> BoundField:
        ours = each.made is not None and bool(each.made.function)
        return computed_constant(binder.wrong, functions, here, each) if ours else each

    return tuple(bound(each) for each in endpoint.constants)


def _method(binder: Binder, rule: OperationRule) -> int:
    """A method and what the operation takes and answers must go together. Return the number of mistakes before."""
    before = len(binder.mistakes)
    if rule.body is not None and rule.method in ("GET", "DELETE"):
        text = f"{rule.name}: {rule.method} carries no body"
        binder.wrong(rule.body.place, text, "use POST, PUT or PATCH, or drop 'body'")
    if rule.body is None and rule.method in ("PUT", "PATCH"):
        binder.wrong(rule.place, f"{rule.name}: {rule.method} needs a body", "body: {one: …, into: …}")
    for part, word in ((rule.page, "paged"), (rule.sort, "sorted"), (rule.filter, "filtered")):
        if part is not None and (rule.reply is None or rule.reply.shape != "each"):
            binder.wrong(part.place, f"{rule.name}: only a list can be {word}", "reply: {each: …, from: …}")
    return before


def _given(
    binder: Binder, rule: OperationRule, start: str, encoded: bool, given: Given
) -> tuple[tuple[BoundField, ...], ...]:
    """Bind what stands beside the body: path parameters, query parameters, constants."""
    path = _parameters(binder, rule.path_fields, start, encoded, always=True)
    query = _parameters(binder, rule.query_fields, start, encoded)
    here = {each.name: each for each in (*query, *path)}
    return path, query, _constants(binder, rule, start, given, here)


def _constants(
    binder: Binder, rule: OperationRule, start: str, given: Given, here: Mapping[str, BoundField]
) -> tuple[BoundField, ...]:
    """Bind the constants of an operation; ``here`` are the parameters that they may depend on."""
    constants = (*rule.set, *given.in_body)
    rules, when = {**rule.path_fields, **rule.query_fields}, {each.path: each.when for each in constants}
    return tuple(
        constant_when(binder.wrong, rules, here, each, when[each.name], "request") if when[each.name] else each
        for each in bind_constants(binder, constants, start, given, rule.name)
    )


def _parameters(
    binder: Binder, rules: Mapping[str, FieldRule], start: str, encoded: bool, always: bool = False
) -> tuple[BoundField, ...]:
    """Bind path (``always`` there) or query parameters. One that stands in a repeated element is its only item."""
    found = []
    for rule in rules.values():
        bound = binder.field(rule, start, "request", encoded)
        if bound is None or bound.codec is None:
            continue
        if rule.default is not None:
            _default(binder, rule, bound)
        if bound.steps and bound.steps[-1].least > 1:
            text = f"{rule.name} is one value, but {rule.soap} must stand there at least {bound.steps[-1].least} times"
            binder.wrong(rule.place, text, "make it an array in the body")
        required = always or ((bound.required or rule.required) and rule.default is None)
        found.append(replace(bound, shape="scalar", nullable=False, required=required))
    return tuple(found)


def _default(binder: Binder, rule: FieldRule, bound: BoundField) -> None:
    try:
        if bound.codec is not None:
            bound.codec.write(parameter(bound, rule.default or ""))
    except ValueError as error:
        binder.wrong(rule.place, f"{rule.name}: default: {error}", "write a default that a caller could have sent")


def _body(
    binder: Binder, rule: OperationRule, operation: Operation, encoded: bool, beside: Sequence[BoundField]
) -> Body | None:
    """Bind the body. ``beside``: what else fills the message, maybe in the same element: an id in the path."""
    body, root = rule.body, operation.input.root
    start = root.type if root is not None else ""
    if body is not None and body.rows is not None:
        return bind_rows_body(binder, rule, operation, encoded)
    if body is not None and body.document is not None:
        return bind_document_body(binder, rule, start, encoded)
    found = element_at(binder, body.place, start, body.into) if body is not None else None
    if body is None or found is None:
        return None
    steps, key = found
    if any(step.repeats for step in steps):
        binder.wrong(body.place, f"{rule.name}: {body.into} repeats", "name an element that occurs once")
        return None
    tag = steps[-1].element.tag if steps else root.tag if root is not None else ""
    named = binder.resource.types.get(body.type_name)
    spread = not steps or any(_stands_in(steps, field) for field in beside)
    if spread and named is not None and named.variants:
        text = f"{rule.name}: {named.name} has variants, so it needs an element of its own"
        binder.wrong(body.place, text, "into: the element it fills")
        return None
    mode: Mode = "update" if rule.verb in ("update", "patch") else "request"
    if body.patch is not None:
        mode = "merge" if body.patch.kind == "read_modify_write" else "partial"
    bound = binder.bind(body.type_name, key, mode, body.place, encoded, whole=not spread, tag=tag)
    if bound and body.patch is not None:
        bound = patched(binder, body.patch, bound, encoded)
    if not bound:
        return None
    field = BoundField("body", FieldRule("body", body.place, body.into), steps, None, "object", None, bound)
    told = body.patch is not None and body.patch.kind == "changed_flags"
    flags = bind_flags(binder, body.patch, start, bound) if told and body.patch is not None else {}
    return Body(bound, steps, body.patch, field, flags, spread)


def _stands_in(steps: Sequence[Child], field: BoundField) -> bool:
    """Tell whether a value stands in the element that ``steps`` lead to; the element itself would be filled twice."""
    inside = [step.element.tag for step in field.steps[: len(steps)]] == [step.element.tag for step in steps]
    return inside and (len(field.steps) > len(steps) or field.attribute is not None)


def _covered(binder: Binder, rule: OperationRule, operation: Operation, endpoint: Endpoint) -> None:
    """Everything that the request message requires must be filled, and nothing twice."""
    root = operation.input.root
    if root is None:
        return
    ways = endpoint.message()
    for field, text, _ in collisions([field for _, field, _ in ways]):
        binder.wrong(field.rule.place, f"{rule.name}: {text}", "keep one of them")
    if operation.use == "encoded":
        return
    if endpoint.body is not None and endpoint.body.spread:
        check_defaults(binder.wrong, binder.contract, root.type, ways)
    for missing in unfilled(content(binder.contract, root.type, ways)):
        text = f"{rule.name}: {operation.key} requires {missing}, and nothing fills it"
        binder.wrong(rule.place, text, f"set: {{{missing}: …}}, or a parameter")
