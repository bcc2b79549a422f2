"""Agreement of documents: their bytes stand in a binary element, and what is said about them in texts."""

from __future__ import annotations

from dataclasses import replace

from adapter.mapping.agreement.types import Binder
from adapter.mapping.binary import BINARY, binary_codec
from adapter.mapping.bound import Body, BoundField, Mode, Reply
from adapter.mapping.model import FieldRule
from adapter.mapping.model.document import CONTENT, MEDIA_TYPE, DocumentRule
from adapter.mapping.model.operation import OperationRule
from adapter.mapping.paths import PathError, follow
from adapter.wsdl.types import Record, Scalar

_BODILESS = (204, 205)


def bind_document_body(binder: Binder, rule: OperationRule, start: str, encoded: bool) -> Body | None:
    """Bind a body that is a document. None where it does not agree."""
    body = rule.body
    assert body is not None
    assert body.document is not None
    key = _bound(binder, rule, body.document, start, "request", encoded)
    if not key:
        return None
    field = next((each for each in binder.types[key].fields if each.name == MEDIA_TYPE), None)
    for media_type in body.document.media_types if field is not None else ():
        try:
            assert field is not None
            assert field.codec is not None
            field.codec.write(media_type)
        except ValueError as error:
            text = f"{rule.name}: {field.rule.soap if field else ''} does not take {media_type}: {error}"
            binder.wrong(body.place, text, "see the type of that element in the contract")
    whole = BoundField("body", FieldRule("body", body.place, ""), (), None, "object", None, key)
    return Body(key, (), None, whole, {}, spread=True, document=body.document)


def bind_document_reply(binder: Binder, rule: OperationRule, start: str, encoded: bool) -> Reply:
    """Bind a reply that is a document; one that does not agree reads nothing."""
    reply = rule.reply
    assert reply is not None
    assert reply.document is not None
    status = reply.status or (201 if rule.verb == "create" else 200)
    if status in _BODILESS:
        text = f"{rule.name}: an answer with status {status} has no content"
        binder.wrong(reply.place, text, "remove 'status', or 'document'")
    key = _bound(binder, rule, reply.document, start, "reply", encoded)
    if key and reply.empty_status:
        # What the contract requires may be missing here: that is what when_empty is for.
        bound = binder.types[key]
        fields = tuple(
            replace(each, required=False, nullable=True) if each.name == CONTENT else each for each in bound.fields
        )
        binder.types[key] = replace(bound, fields=fields)
    return Reply(reply, key, (), status)


def _bound(binder: Binder, rule: OperationRule, document: DocumentRule, start: str, mode: Mode, encoded: bool) -> str:
    """Bind the message as an object, and its content as bytes; return its key, "" where it does not agree."""
    before = len(binder.mistakes)
    binder.uses.names.add(document.type.name)
    single = [_single(binder, rule, field, start) for field in document.type.fields.values()]
    if not all(single):
        return ""
    key = binder.bind(document.type.name, start, mode, document.place, encoded, whole=False)
    if not key or len(binder.mistakes) > before:
        return ""
    bound = binder.types[key]
    for field in bound.fields:
        if field.name != CONTENT and (field.codec is None or field.codec.schema.get("type") != "string"):
            binder.wrong(
                field.rule.place, f"{rule.name}: {field.rule.soap} is no text", "name an element that holds text"
            )
    fields = tuple(_binary(binder, rule, each, start) if each.name == CONTENT else each for each in bound.fields)
    binder.types[key] = replace(bound, fields=fields)
    return key if len(binder.mistakes) == before else ""


def _single(binder: Binder, rule: OperationRule, field: FieldRule, start: str) -> bool:
    """Tell whether one value stands at a path, or nothing, which is said where it is bound."""
    try:
        spot = follow(binder.contract, start, field.soap)
    except PathError:
        return True
    if many := [step.element.name for step in spot.steps if step.repeats]:
        text = f"{rule.name}: {many[0]} may occur many times, and a document is one"
        binder.wrong(field.place, text, "name elements that occur once")
        return False
    kind = binder.contract.types.get(spot.type)
    if isinstance(kind, Record) and not kind.text:
        text = f"{rule.name}: {field.soap} holds elements, not a value"
        binder.wrong(field.place, text, f"{field.name}: lengthen the path to a value")
        return False
    return True


def _binary(binder: Binder, rule: OperationRule, field: BoundField, start: str) -> BoundField:
    key = field.attribute.type if field.attribute is not None else field.steps[-1].type if field.steps else start
    kind = binder.contract.types.get(key)
    while isinstance(kind, Record):
        kind = binder.contract.types.get(kind.text)
    if not isinstance(kind, Scalar) or kind.builtin not in BINARY:
        known = kind.builtin if isinstance(kind, Scalar) else "no single value"
        text = f"{rule.name}: {field.rule.soap} is {known}, not {' or '.join(BINARY)}"
        binder.wrong(field.rule.place, text, "name the element that holds the bytes")
        return field
    return replace(field, codec=binary_codec(kind.builtin, kind.facets))
