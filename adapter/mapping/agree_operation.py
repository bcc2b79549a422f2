"""Agreement of one operation: parameters, constants, paging, body, reply and faults against the WSDL operation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from adapter.mapping.agree_types import Binder
from adapter.mapping.bound import Body, BoundField, Endpoint, HeaderBlock, Page, Reply, Sort
from adapter.mapping.coverage import uncovered
from adapter.mapping.model import Constant, FieldRule, OperationRule, Place
from adapter.mapping.paths import Child, PathError, follow, suggest
from adapter.mapping.scalars import ScalarError, field_codec, parameter
from adapter.settings import value_name
from adapter.wsdl.types import Message, Operation, Port, Record

_STATUS = {"create": 201, "cancel": 204}


def bind_operation(binder: Binder, port: Port, rule: OperationRule, value_of: Callable[[str], str | None]) -> Endpoint | None:
    """Bind one operation. None where the WSDL has no such operation; other disagreements are noted in ``binder``."""
    operation = port.operations.get(rule.call)
    if operation is None:
        why = binder.contract.omitted.get(f"{port.name}.{rule.call}")
        text = f"{rule.name}: {port.name} has no operation {rule.call}" + (f" that can be called: {why}" if why else "")
        binder.wrong(rule.place, text, suggest(rule.call, list(port.operations)))
        return None
    _shape(binder, rule)
    start = operation.input.root.type if operation.input.root is not None else ""
    encoded = operation.use == "encoded"
    path_fields = _fields(binder, rule.path_fields, start, encoded, needed=True)
    query_fields = _fields(binder, rule.query_fields, start, encoded)
    constants = tuple(
        bound for each in rule.set if (bound := _constant(binder, each, start, value_of, rule.name)) is not None
    )
    page, sort = _page(binder, rule, operation, start), _sort(binder, rule, start)
    body = _body(binder, rule, start, encoded)
    reply = _reply(binder, rule, operation, encoded)
    headers = _headers(binder, operation.input, value_of)
    sources = [*path_fields, *query_fields, *constants, *_paging_fields(page, sort)]
    _covered(binder, rule, operation, sources, body)
    _fault_code(binder, operation)
    resource = binder.resource
    return Endpoint(
        rule.name,
        rule.verb,
        resource,
        rule.title or f"{rule.verb.capitalize()} {resource.title}",
        rule.doc or operation.doc,
        rule.method,
        resource.path + rule.path,
        binder.contract,
        port,
        operation,
        binder.types,
        path_fields,
        query_fields,
        constants,
        headers,
        page,
        sort,
        body,
        reply,
        rule.faults,
        rule.answered_by,
        rule.timeout,
    )


def _shape(binder: Binder, rule: OperationRule) -> None:
    if rule.body is not None and rule.method in ("GET", "DELETE"):
        binder.wrong(
            rule.body.place, f"{rule.name}: {rule.method} carries no body", "use POST, PUT or PATCH, or drop 'body'"
        )
    if rule.body is None and rule.method in ("PUT", "PATCH"):
        binder.wrong(rule.place, f"{rule.name}: {rule.method} needs a body", "body: {one: …, into: …}")
    if rule.page is not None and (rule.reply is None or rule.reply.shape != "each"):
        binder.wrong(rule.page.place, f"{rule.name}: only a list can be paged", "reply: {each: …, from: …}")
    if rule.sort is not None and (rule.reply is None or rule.reply.shape != "each"):
        binder.wrong(rule.sort.place, f"{rule.name}: only a list can be sorted", "reply: {each: …, from: …}")


def _fields(
    binder: Binder, rules: Mapping[str, FieldRule], start: str, encoded: bool, needed: bool = False
) -> tuple[BoundField, ...]:
    found = []
    for rule in rules.values():
        bound = binder.field(rule, start, "request", encoded)
        if bound is None:
            continue
        if rule.default is not None and bound.codec is not None:
            _default(binder, rule, bound)
        required = needed or (rule.required and rule.default is None)
        found.append(_renamed(bound, bound.name, required=required))
    return tuple(found)


def _default(binder: Binder, rule: FieldRule, bound: BoundField) -> None:
    try:
        assert bound.codec is not None
        bound.codec.write(parameter(bound, rule.default or ""))
    except ValueError as error:
        binder.wrong(rule.place, f"{rule.name}: default: {error}", "write a default that a caller could have sent")


def _renamed(field: BoundField, name: str, required: bool, fixed: str | None = None) -> BoundField:
    return BoundField(
        name,
        field.rule,
        field.steps,
        field.attribute,
        field.shape,
        field.codec,
        field.type,
        field.nullable,
        required,
        field.doc,
        fixed,
    )


def _at(path: str, place: Place, name: str) -> FieldRule:
    return FieldRule(name=name, place=place, soap=path)


def _constant(binder: Binder, rule: Constant, start: str, value_of: Callable[[str], str | None], name: str) -> BoundField | None:
    bound = binder.field(_at(rule.path, rule.place, rule.path), start, "request")
    if bound is None or bound.codec is None:
        return None
    text = rule.value
    if rule.setting:
        given = value_of(rule.setting)
        if given is None:
            text = f"{name}: the settings have no value '{rule.setting}'"
            binder.wrong(rule.place, text, f"set {value_name(rule.setting)}")
            return None
        text = given
    try:
        bound.codec.write(bound.codec.read(text))
    except ValueError as error:
        binder.wrong(
            rule.place,
            f"{name}: {rule.path}: '{'***' if rule.setting else text}' {error}",
            "give a value the contract allows",
        )
        return None
    return _renamed(bound, rule.path, required=True, fixed=text)


def _page(binder: Binder, rule: OperationRule, operation: Operation, start: str) -> Page | None:
    page = rule.page
    if page is None:
        return None
    limit = binder.field(_at(page.limit, page.place, "limit"), start, "request")
    offset = binder.field(_at(page.offset, page.place, "offset"), start, "request")
    total = None
    if page.total and operation.output is not None and operation.output.root is not None:
        total = binder.field(_at(page.total, page.place, "total"), operation.output.root.type, "reply")
    for bound in (limit, offset, total):
        if bound is not None and (bound.codec is None or bound.codec.schema.get("type") != "integer"):
            binder.wrong(
                page.place, f"{rule.name}: {bound.rule.soap} is not a whole number", "page needs whole numbers"
            )
            return None
    if limit is not None and limit.codec is not None:
        try:
            limit.codec.write(page.max)
        except ValueError as error:
            binder.wrong(page.place, f"{rule.name}: max: {page.max} {error}", "lower max")
    return Page(page, limit, offset, total) if limit is not None and offset is not None else None


def _sort(binder: Binder, rule: OperationRule, start: str) -> Sort | None:
    sort = rule.sort
    if sort is None:
        return None
    key = binder.field(_at(sort.soap, sort.place, "sort"), start, "request")
    direction = binder.field(_at(sort.direction, sort.place, "direction"), start, "request") if sort.direction else None
    checks = [(key, text) for text in sort.by.values()] + [(direction, sort.ascending), (direction, sort.descending)]
    for field, text in checks:
        if field is not None and field.codec is not None:
            try:
                field.codec.write(field.codec.read(text))
            except ValueError as error:
                binder.wrong(
                    sort.place, f"{rule.name}: {field.rule.soap}: '{text}' {error}", "use a value the contract allows"
                )
    return Sort(sort, key, direction) if key is not None else None


def _paging_fields(page: Page | None, sort: Sort | None) -> list[BoundField]:
    found = [page.limit, page.offset] if page else []
    if sort:
        found += [sort.key] + ([sort.direction] if sort.direction else [])
    return found


def _element(binder: Binder, place: Place, start: str, path: str) -> tuple[tuple[Child, ...], str] | None:
    try:
        spot = follow(binder.contract, start, path)
    except PathError as error:
        binder.wrong(place, str(error), error.remedy)
        return None
    if spot.attribute is not None:
        binder.wrong(place, f"{path} is an attribute, not an element", "name the element")
        return None
    return spot.steps, spot.type


def _body(binder: Binder, rule: OperationRule, start: str, encoded: bool) -> Body | None:
    if rule.body is None:
        return None
    found = _element(binder, rule.body.place, start, rule.body.into)
    if found is None:
        return None
    steps, key = found
    if any(step.repeats for step in steps):
        binder.wrong(rule.body.place, f"{rule.name}: {rule.body.into} repeats", "name an element that occurs once")
        return None
    bound = binder.bind(
        rule.body.type_name, key, "partial" if rule.body.partial else "request", rule.body.place, encoded
    )
    return Body(bound, steps, rule.body.partial) if bound else None


def _reply(binder: Binder, rule: OperationRule, operation: Operation, encoded: bool) -> Reply:
    reply = rule.reply
    assert reply is not None
    status = reply.status or (_STATUS.get(rule.verb, 200) if reply.shape != "none" else 204)
    nothing = Reply(reply, "", (), status)
    if reply.shape == "none":
        return nothing
    if operation.output is None or operation.output.root is None:
        binder.wrong(reply.place, f"{rule.name}: {operation.name} answers nothing", "reply: {status: 204}")
        return nothing
    found = _element(binder, reply.place, operation.output.root.type, reply.source)
    if found is None:
        return nothing
    steps, key = found
    repeats = bool(steps) and steps[-1].repeats
    if any(step.repeats for step in steps[:-1]) or repeats != (reply.shape == "each"):
        word = "may occur many times: write 'each'" if repeats else "occurs once: write 'one'"
        binder.wrong(reply.place, f"{rule.name}: {reply.source or 'the reply'} {word}", "see 'reply' in the reference")
        return nothing
    bound = binder.bind(reply.type_name, key, "reply", reply.place, encoded)
    for name in re.findall(r"\{([^}]*)\}", reply.location):
        if bound and name not in _field_names(binder, bound):
            binder.wrong(
                reply.place,
                f"{rule.name}: location: {reply.type_name} has no property {name}",
                "name one of its properties",
            )
    return Reply(reply, bound, steps, status)


def _field_names(binder: Binder, key: str) -> set[str]:
    bound = binder.types[key]
    keys = [variant.type for variant in bound.variants] or [key]
    return {field.name for each in keys for field in binder.types[each].fields}


def _headers(binder: Binder, message: Message, value_of: Callable[[str], str | None]) -> tuple[HeaderBlock, ...]:
    declared = {header.element.name: header.element for header in message.headers}
    fields: dict[str, list[BoundField]] = {}
    for rule in binder.resource.soap.headers:
        name, _, rest = rule.path.partition(".")
        if name not in declared:
            binder.wrong(rule.place, f"the operations declare no header {name}", suggest(name, list(declared)))
            continue
        bound = _constant(
            binder, Constant(rest, rule.place, rule.value, rule.setting), declared[name].type, value_of, name
        )
        if bound is not None:
            fields.setdefault(name, []).append(bound)
    blocks = []
    for name, bound_fields in fields.items():
        kind = binder.contract.types.get(declared[name].type)
        if isinstance(kind, Record):
            for missing in uncovered(binder.contract, kind, [(field.steps, field) for field in bound_fields]):
                binder.wrong(
                    binder.resource.soap.place,
                    f"the header {name} requires {missing}",
                    f"headers: {{{name}.{missing}: …}}",
                )
        blocks.append(HeaderBlock(declared[name], tuple(bound_fields)))
    return tuple(blocks)


def _covered(
    binder: Binder, rule: OperationRule, operation: Operation, sources: list[BoundField], body: Body | None
) -> None:
    """Everything that the request message requires must be filled by a parameter that is always there, or by the body."""
    root = operation.input.root
    kind = binder.contract.types.get(root.type) if root is not None else None
    if not isinstance(kind, Record) or operation.use == "encoded":
        return
    ways = [(field.steps, field) for field in sources]
    seen: dict[tuple[object, ...], BoundField] = {}
    for field in sources:
        place = (*(step.element.tag for step in field.steps), field.attribute)
        if place in seen:
            binder.wrong(
                field.rule.place, f"{rule.name}: {field.name} and {seen[place].name} fill the same element", "keep one"
            )
        seen[place] = field
    if body is not None:
        whole = _renamed_body(body)
        if not body.steps:
            inner = binder.types[body.type]
            ways += [(field.steps, field) for field in inner.fields]
        else:
            ways.append((body.steps, whole))
    for missing in uncovered(binder.contract, kind, ways):
        binder.wrong(
            rule.place,
            f"{rule.name}: {operation.name} requires {missing}, and nothing fills it",
            f"set: {{{missing}: …}} or a parameter",
        )


def _renamed_body(body: Body) -> BoundField:
    rule = FieldRule(name="body", place=Place("", 0, 0), soap="")
    return BoundField("body", rule, body.steps, None, "object", None, body.type)


def _fault_code(binder: Binder, operation: Operation) -> None:
    path = binder.resource.soap.fault_code
    if not path:
        return
    name, _, rest = path.partition(".")
    for fault in operation.faults:
        if fault.element is not None and fault.element.name == name:
            try:
                spot = follow(binder.contract, fault.element.type, rest)
                field_codec(binder.contract, spot.type, _at(rest, binder.resource.soap.place, name), {})
            except (PathError, ScalarError) as error:
                binder.wrong(binder.resource.soap.place, f"fault_code: {error}", error.remedy)
            return
    names = [fault.element.name for fault in operation.faults if fault.element is not None]
    if names:
        binder.wrong(
            binder.resource.soap.place, f"fault_code: {operation.name} declares no fault {name}", suggest(name, names)
        )
