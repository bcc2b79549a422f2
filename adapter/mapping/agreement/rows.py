"""Agreement of a body of many rows: the element that repeats, and what cannot be done before all rows are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapter.mapping.agreement.reply import element_at
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import Body, BoundField, BoundType, Mode
from adapter.mapping.model import FieldRule
from adapter.mapping.model.operation import BodyRule, OperationRule
from adapter.mapping.paths import Child
from adapter.wsdl.binary import SWA_REF
from adapter.wsdl.types import Operation


def bind_rows_body(binder: Binder, rule: OperationRule, operation: Operation, encoded: bool) -> Body | None:
    """Bind a body of many rows. None where it does not agree."""
    body, root = rule.body, operation.input.root
    assert body is not None
    before = len(binder.mistakes)
    for text, remedy in _impossible(binder, rule, operation, encoded):
        binder.wrong(body.place, f"{rule.name}: {text}", remedy)
    found = element_at(binder, body.place, root.type if root is not None else "", body.into)
    if found is None:
        return None
    steps, key = found
    for text, remedy in _misplaced(body, steps):
        binder.wrong(body.place, f"{rule.name}: {text}", remedy)
    if len(binder.mistakes) > before:
        return None
    mode: Mode = "update" if rule.verb == "update" else "request"
    bound = binder.bind(body.type_name, key, mode, body.place, encoded, tag=steps[-1].element.tag)
    if not bound or _unwritten(binder, rule, bound):
        return None
    field = BoundField("body", FieldRule("body", body.place, body.into), steps, None, "objects", None, bound)
    return Body(bound, steps, None, field, {}, rows=body.rows)


def _impossible(binder: Binder, rule: OperationRule, operation: Operation, encoded: bool) -> Iterator[tuple[str, str]]:
    """Yield what keeps a request from being sent before all of it is known, and what to do."""
    soap = binder.resource.soap
    if rule.method == "PATCH":
        yield "PATCH changes one thing, and rows are many", "use POST or PUT"
    if rule.cursor is not None:
        yield "rows are sent once, and a cursor asks again", "remove 'cursor', or write 'one' for 'each'"
    if soap.identity is not None and soap.identity.signature:
        yield "a signature covers the whole request, which is not known while rows arrive", _APART
    if soap.mtom or operation.input.attachments:
        yield "binary values beside the envelope come after it, and rows have no end yet", _APART
    if encoded:
        yield "SOAP encoding counts the rows before the first", "an operation with use=\"literal\", or 'calls'"


def _misplaced(body: BodyRule, steps: Sequence[Child]) -> Iterator[tuple[str, str]]:
    """Yield why the rows cannot stand where they should."""
    inner = [step.element.name for step in steps[:-1] if step.repeats]
    if inner:
        yield f"{inner[0]} on the way to {body.into} repeats", f"into: end the path at {inner[0]}"
    elif not steps or not steps[-1].repeats:
        yield f"{body.into} occurs once", "write 'one' for 'each', or name the element that repeats"
    elif steps[-1].turns:
        yield f"{body.into} takes turns with other elements", "an operation with a body of 'one'"
    elif any(step.places for step in steps):
        yield f"{body.into} stands at several places, which depends on how many there are", "write 'one' for 'each'"


def _unwritten(binder: Binder, rule: OperationRule, key: str) -> bool:
    """Note a value that cannot stand in a row: an attachment, or what declares prefixes at the row's own element."""
    before = len(binder.mistakes)
    for field in _fields(binder, key):
        if field.steps and field.steps[-1].type == SWA_REF:
            text = f"{rule.name}: {field.name} is an attachment, and rows have no end yet"
            binder.wrong(field.rule.place, text, "make it read_only")
    for name in [each.type for each in binder.types[key].variants] or [key]:
        for field in binder.types[name].fields:
            names = field.codec is not None and field.codec.names
            if not field.steps and (names or (field.markup is not None and field.markup.kind == "attributes")):
                text = f"{rule.name}: {field.name} declares prefixes at the row itself, which is written as text"
                binder.wrong(field.rule.place, text, "make it read_only")
    return len(binder.mistakes) > before


def _fields(binder: Binder, key: str) -> Iterator[BoundField]:
    """Yield all that a row can hold, however deep."""
    waiting, seen = [key], {key}
    while waiting:
        bound: BoundType = binder.types[waiting.pop()]
        inner = [*(each.type for each in bound.fields if each.type), *(each.type for each in bound.variants)]
        waiting += (new := [name for name in dict.fromkeys(inner) if name not in seen])
        seen.update(new)
        yield from bound.fields


_APART = "give the operation a file of its own, with a 'soap:' section that does without"
