"""Agreement of header fields of HTTP with header blocks: those that callers give, and those of our answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapter.mapping.agreement.signs import bind_value
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import BoundField, Reply, ReplyHeader
from adapter.mapping.model import FieldRule
from adapter.mapping.path_names import PathError, matches, named
from adapter.mapping.scalars import parameter
from adapter.wsdl.types import Header, Operation, Port


def given_fields(
    binder: Binder, header: Header, rules: Sequence[FieldRule], always: bool
) -> tuple[tuple[BoundField, ...], bool]:
    """Bind what callers give of one header block. Return it, and whether the block is always written.

    It is where something in it is always there (``always``: a constant), or where contract or mapping require it. Then
    what the contract requires in it is required of callers; else only beside what they give of it.
    """
    found = []
    for rule in rules:
        name, _, rest = rule.soap.partition(".")
        if not matches(binder.contract, name, header.element.tag):
            continue
        bound = binder.field(replace(rule, soap=rest), header.element.type, "request")
        if bound is None or bound.codec is None:
            continue
        _default(binder, rule, bound)
        found.append(replace(bound, rule=rule, shape="scalar", nullable=False))
    always = always or header.required or any(each.rule.required or each.rule.default is not None for each in found)
    return tuple(
        replace(each, required=(each.rule.required or (always and each.required)) and each.rule.default is None)
        for each in found
    ), always


def _default(binder: Binder, rule: FieldRule, bound: BoundField) -> None:
    if rule.default is None or bound.codec is None:
        return
    try:
        bound.codec.write(parameter(bound, rule.default))
    except ValueError as error:
        binder.wrong(rule.place, f"{rule.name}: default: {error}", "write a default that a caller could have sent")


def declared_fields(binder: Binder, port: Port, call: str, rules: Sequence[FieldRule]) -> tuple[FieldRule, ...]:
    """Return the header fields that stand in a block which another operation declares too."""
    operation = port.operations.get(call)
    tags = [each.element.tag for each in operation.input.headers] if operation is not None else []
    return tuple(
        rule for rule in rules if any(matches(binder.contract, rule.soap.partition(".")[0], tag) for tag in tags)
    )


def declared_once(binder: Binder, rule: FieldRule, whose: str, tags: Sequence[str]) -> str:
    """Return the tag of the header block that a path begins with; "" and a mistake unless it is one of ``tags``."""
    try:
        return named(
            binder.contract, rule.soap.partition(".")[0], tags, lambda name: f"{whose} declares no header {name}"
        )
    except PathError as error:
        binder.wrong(rule.place, str(error), error.remedy)
        return ""


def bind_reply_headers(binder: Binder, operation: Operation, reply: Reply) -> Reply:
    """Return the reply with ``headers:`` bound too, as far as they agree."""
    declared = {each.element.tag: each.element for each in operation.output.headers} if operation.output else {}
    found = []
    for rule in reply.rule.headers:
        tag = declared_once(binder, rule, f"{rule.name}: the reply of {operation.key}", list(declared))
        if not tag:
            continue
        own = replace(rule, soap=rule.soap.partition(".")[2])
        field = bind_value(binder, "headers", own, declared[tag].type, encoded=False)
        if field is not None:
            found.append(ReplyHeader(tag, field))
    return replace(reply, headers=tuple(found))
