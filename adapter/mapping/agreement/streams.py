"""Agreement of ``stream:``: each row can be read as soon as it is there, and nothing that comes later changes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import BoundField, Endpoint, Sign, leaves
from adapter.mapping.model.operation import OperationRule
from adapter.mapping.model.soap import IdentityRule
from adapter.mapping.paths import WILD, Child
from adapter.wsdl.binary import SWA_REF

_NO_STREAM = "remove 'stream'"


def check_stream(binder: Binder, rule: OperationRule, endpoint: Endpoint | None) -> None:
    """Note what keeps the lists of one operation, and of its further calls, from leaving row by row.

    ``endpoint`` is None where the operation does not agree; then only what is written counts.
    """
    for each in rule.whole():
        stream = each.reply.stream if each.reply is not None else None
        if stream is not None and each is not rule:
            text = f"{each.name}: a list that is a property of an answer is not streamed"
            binder.wrong(stream.place, text, _NO_STREAM)
    stream = rule.reply.stream if rule.reply is not None else None
    if stream is None:
        return
    for text, remedy in _written(rule, binder.resource.soap.identity):
        binder.wrong(stream.place, f"{rule.name}: {text}", remedy)
    for text, remedy in _bound(endpoint) if endpoint is not None and endpoint.reply.type else ():
        binder.wrong(stream.place, f"{rule.name}: {text}", remedy)


def _written(rule: OperationRule, identity: IdentityRule | None) -> Iterator[tuple[str, str]]:
    """Yield what the mapping itself says against a stream."""
    if rule.cursor is not None:
        yield "a page behind a cursor is known only once all its rows are there", "remove 'stream' or 'cursor'"
    if identity is not None and identity.signature and not identity.unsigned_answers:
        yield "the answers are signed, and a signature is checked before anything is read", _NO_STREAM


def _bound(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    """Yield what the contract says against a stream."""
    operation, steps = endpoint.operation, endpoint.reply.steps
    if operation.use == "encoded":
        yield "in rpc/encoded a value may stand anywhere behind the rows", _NO_STREAM
    if steps and (steps[-1].is_turn or steps[-1].element.tag == WILD):
        yield f"{endpoint.reply.rule.source} is no single element that repeats", "from: the element of one row"
    beside = bool(operation.output and operation.output.attachments) or endpoint.resource.soap.mtom
    if beside or any(each.steps and each.steps[-1].type == SWA_REF for each in _fields(endpoint)):
        yield "attachments come after the rows that refer to them", _NO_STREAM
    for name, sign in (("refused", endpoint.reply.refused), ("warnings", endpoint.reply.warnings)):
        if sign is not None and any(_inside(steps, each) for each in _signed(sign)):
            yield f"{name}: looks into the rows, and the answer has begun by then", f"{name}: what stands before them"


def _signed(sign: Sign) -> Iterator[tuple[Child, ...]]:
    """Yield the steps from the reply's root to each value of a sign."""
    fields: list[BoundField] = [sign.where, *sign.codes, *([sign.text] if sign.text is not None else [])]
    yield from ((*sign.steps, *field.steps) for field in fields)


def _inside(rows: Sequence[Child], steps: Sequence[Child]) -> bool:
    return [each.element.tag for each in steps[: len(rows)]] == [each.element.tag for each in rows]


def _fields(endpoint: Endpoint) -> Iterator[BoundField]:
    """Yield every value of a row that has a place in XML, at any depth."""
    seen, waiting = set[str](), [endpoint.reply.type]
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        bound = endpoint.types[key]
        fields = list(leaves(bound.fields))
        yield from fields
        waiting += [each.type for each in (*bound.fields, *fields) if each.type]
        waiting += [each.type for each in bound.variants]
