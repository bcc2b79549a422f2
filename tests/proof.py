"""The proof of a shape: whatever its operations accept is written as the contract says, and read back where it can be.

Bodies and parameters are made at random from what the mapping takes; lxml judges every envelope against the schema. The
example in the docs is proved too: it stands in the shape's own mapping.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from adapter.errors import BackendReplyInvalid, InvalidRequest
from adapter.mapping.bound import Cursor, Endpoint
from adapter.mapping.header_parameters import header_parameters
from adapter.mapping.model.document import CONTENT
from adapter.mapping.xml_text import parsed
from adapter.messages import Call, Checked
from adapter.steps.schemas import body_field
from adapter.translate.reader import record_reader
from adapter.translate.table import table_reader
from adapter.translate.taken import filler
from adapter.translate.text_writer import text_writer
from adapter.translate.writer import header_writer, writer
from tests.cases import ROOT, SHAPES
from tests.docs_pages.pages import blocks
from tests.judged import judged
from tests.twins import checked_alike, poured, sent
from tests.unit.mapped import check
from tests.unit.random_markup import content
from tests.unit.random_values import Values
from tests.unit.twins import reader

TRIES = 200


@dataclass
class Proof:
    """What was tried: requests that were accepted and written, those that were read back, and what was wrong."""

    written: int = 0
    back: int = 0
    wrong: str = ""


def not_shown(shape: str) -> str:
    """Say what is wrong with the example of a shape in the docs, the block named ``shape-<folder>``; "" for nothing."""
    pages = [page.relative_to(ROOT).as_posix() for page in sorted((ROOT / "docs" / "howto").glob("*.rst"))]
    found = [block.text for page in pages for block in blocks(page) if block.name == f"shape-{shape}"]
    known = {line.strip() for line in (SHAPES / shape / "mapping.yaml").read_text("utf-8").splitlines()}
    strange = [line for text in found for line in text.splitlines() if line.strip() not in known | {""}]
    if strange:
        return f"the docs show a line that its mapping does not have: {strange[0].strip()}"
    return "" if len(found) == 1 else f"{len(found)} examples in the docs"


def prove(endpoint: Endpoint, schema: etree.XMLSchema, seed: int) -> Proof:
    """Try random requests of one operation."""
    source, proof = random.Random(seed), Proof()
    give_tables(endpoint)
    records = _records(endpoint, schema)
    values, write, write_text = Values(source, endpoint), writer(endpoint), text_writer(endpoint)
    field = body_field(endpoint) if endpoint.body is not None and endpoint.body.document is None else None
    for _ in range(TRIES):
        body = _body(endpoint, values, source)
        if field is not None and (why := checked_alike(field, body, source)) != "":
            proof.wrong = f"{endpoint.name}: {why}"
            break
        body = {**body, **_parts(endpoint, source)} if endpoint.calls and isinstance(body, dict) else body
        checked = _checked(endpoint, values, body, source)
        if checked is not None and endpoint.cursor is not None:
            checked = replace(checked, call=Call(page=_page(endpoint.cursor, values, source)))
        record = source.choice(records) if checked is not None else None
        message = _written(write, checked, record) if checked is not None else None
        if message is None:
            proof.written += endpoint.operation.input.root is None  # nothing is the whole message
            continue
        assert checked is not None
        rows = endpoint.body is not None and endpoint.body.rows is not None
        if sent(message) != sent(_written(write_text, checked, record)) or (
            rows and sent(message) != sent(poured(endpoint, checked))
        ):
            proof.wrong = f"{endpoint.name}: the text is another message"
            break
        if not schema.validate(judged(endpoint.operation, message)):
            proof.wrong = f"{endpoint.name}: {schema.error_log}"
            break
        if any(not schema.validate(etree.ElementTree(block)) for block in _blocks(endpoint, checked)):
            proof.wrong = f"{endpoint.name}: {schema.error_log}"
            break
        proof.written += 1
        further = _further(endpoint, checked, values) if checked is not None else iter(())
        if any(not schema.validate(etree.ElementTree(each)) for each in further):
            proof.wrong = f"{endpoint.name}: {schema.error_log}"
            break
        if endpoint.body is not None and endpoint.body.document is not None:
            proof.back += 1
            if (why := _other_bytes(endpoint, message, body)) != "":
                proof.wrong = f"{endpoint.name}: {why}"
                break
        elif _comes_back(endpoint):
            proof.back += 1
            if (why := _lost(endpoint, message, body)) != "":
                proof.wrong = f"{endpoint.name}: {why}"
                break
    return proof


def _blocks(endpoint: Endpoint, checked: Checked | None) -> tuple[Any, ...]:
    """Return the header blocks of a request, where they hold what callers give."""
    if checked is None or not header_parameters(endpoint):
        return ()
    return header_writer(endpoint)(checked.call).blocks


def give_tables(endpoint: Endpoint) -> None:
    """Put a table of golden replies in the place of each that the pipeline would ask for."""
    bodies = [etree.parse(str(file)).find("{*}Body") for file in sorted(SHAPES.glob("*/*/soap-reply*.xml"))]
    for lookup in endpoint.lookups:
        read = table_reader(lookup)
        for body in bodies:
            with suppress(BackendReplyInvalid):
                lookup.table.words = lookup.table.words or read(body[0] if body is not None and len(body) else None)
        assert lookup.table.words is not None, lookup.rule.name


def _body(endpoint: Endpoint, values: Values, source: random.Random) -> Any:
    """Return a random body: a JSON object, some rows, the bytes of a document, or None."""
    if endpoint.body is not None and endpoint.body.rows is not None:
        return [values.object(endpoint.body.type) for _ in range(source.randint(0, 4))]
    if endpoint.body is None or endpoint.body.document is None:
        return values.object(endpoint.body.type) if endpoint.body is not None else None
    return source.randbytes(source.choice([0, 1, 2, 3, 15, 16, 17, 1000]))


def _other_bytes(endpoint: Endpoint, message: Any, body: Any) -> str:
    """Say that the bytes of a document did not come back; "" where they did."""
    assert endpoint.body is not None
    (field,) = (each for each in endpoint.types[endpoint.body.type].fields if each.name == CONTENT)
    assert field.codec is not None
    text = etree.fromstring(etree.tostring(message)).findtext("/".join(step.element.tag for step in field.steps))
    return "" if field.codec.read(text or "") == body else f"{len(body)} bytes came back as others"


def _records(endpoint: Endpoint, schema: etree.XMLSchema) -> list[Any]:
    """Return what a body may be merged into: the records of all golden replies that the operation could read."""
    reads = endpoint.body.reads if endpoint.body is not None else None
    if reads is None or reads.operation.output is None or reads.operation.output.root is None:
        return [None]
    bodies = (etree.parse(str(file)).find("{*}Body") for file in sorted(SHAPES.glob("*/*/soap-reply*.xml")))
    replies = [body[0] for body in bodies if body is not None and len(body)]
    return [
        record_reader(reads)(reply)
        for reply in replies
        if reply.tag == reads.operation.output.root.tag and len(reply) and schema.validate(etree.ElementTree(reply))
    ]


def _written(write: Callable[[Checked], Any], checked: Checked, record: Any) -> Any:
    """Return the message, None where the record does not allow the change."""
    try:
        return write(replace(checked, record=record))
    except InvalidRequest:
        return None


def _parts(endpoint: Endpoint, source: random.Random) -> dict[str, Any]:
    """Return the properties of a body that further calls take."""
    taken = [(call, call.endpoint.body) for call in endpoint.calls]
    made = {
        call.name: [Values(source, call.endpoint).object(body.type) for _ in range(source.randint(1, 3))]
        for call, body in taken
        if body is not None
    }
    return {call.name: made[call.name] if call.rule.each else made[call.name][0] for call, body in taken if body}


def _further(endpoint: Endpoint, checked: Checked, values: Values) -> Iterator[Any]:
    """Yield the messages of further calls, with random values in place of those that they take from the main one's."""
    if endpoint.cursor is not None:
        yield writer(endpoint.cursor.next)(checked)
    for call in endpoint.further():
        for each in checked.calls.get(call.name, ()):
            taken = {take.source.name: _text(values.one(take.to)) for take in call.takes}
            with suppress(BackendReplyInvalid):  # a value that does not fit is never sent
                filled = filler(call)(taken) or {}
                yield writer(call.endpoint)(replace(each, path={**each.path, **filled}))


def _page(cursor: Cursor, values: Values, source: random.Random) -> dict[str, str]:
    """Return what says which page is asked for, with random values in place of those of the page before."""
    page = {"limit": str(source.randint(cursor.rule.min, cursor.rule.max))}
    for to, field in cursor.values.items():
        codec = field.codec
        assert codec is not None
        page[f"next {to}"] = codec.write(values.scalar(codec))
    return page


def _checked(endpoint: Endpoint, values: Values, body: Any, source: random.Random) -> Checked | None:
    path = {field.name: _text(values.one(field)) for field in endpoint.path_fields}
    tests = endpoint.filter.tests if endpoint.filter is not None else ()
    query = tuple(
        (field.name, _text(values.one(field)))
        for field in (*endpoint.query_fields, *(test.field for test in tests))
        if field.required or source.random() < 0.5
    )
    if endpoint.sort is not None and source.random() < 0.5:
        query += (("sort", source.choice(["", "-"]) + source.choice(list(endpoint.sort.rule.by))),)
    document = endpoint.body.document if endpoint.body is not None else None
    kind = source.choice(document.media_types) if document is not None else ""
    name = source.choice(["a.pdf", "\u00fc.png", "x" * 20, "y" * 400, "..", ""])
    headers = {"content-disposition": f'attachment; filename="{name}"'} if document is not None else {}
    for field in header_parameters(endpoint):
        if field.required or source.random() < 0.5:
            headers[field.name.lower()] = _text(values.one(field))
    try:
        return check(endpoint, body, path, query, content_type=kind, headers=headers)
    except InvalidRequest:
        return None


def _comes_back(endpoint: Endpoint) -> bool:
    """Whether the request can stand for its own reply: the same content, the same type read from where it went."""
    into, out = endpoint.operation.input.root, endpoint.operation.output
    if endpoint.body is None or into is None or out is None or out.root is None or endpoint.reply.rule.shape != "one":
        return False
    same = endpoint.types[endpoint.body.type].name == endpoint.types[endpoint.reply.type].name
    steps = [step.element.tag for step in endpoint.body.steps]
    return same and into.type == out.root.type and steps == [step.element.tag for step in endpoint.reply.steps]


def _lost(endpoint: Endpoint, message: Any, body: Any) -> str:
    """Say which of the properties that replies have did not come back as they were sent."""
    assert endpoint.operation.output is not None
    assert endpoint.operation.output.root is not None
    message = etree.fromstring(etree.tostring(message))
    message.tag = endpoint.operation.output.root.tag
    read = reader(endpoint)(message).document
    shown = {field.name for field in endpoint.types[endpoint.reply.type].fields}
    # What is cleared by its name, or by a flag, stands nowhere in the record that is sent.
    named = endpoint.body is not None and endpoint.body.patch is not None and endpoint.body.patch.kind != "partial"
    sent = _plain({name: value for name, value in body.items() if name in shown}, named)
    back = _plain(_sent_of(read, body), named)
    return "" if sent == back else f"{sent} came back as {back}"


def _sent_of(read: Any, sent: Any) -> Any:
    """Return what was read without the properties that were not sent, such as constants."""
    if isinstance(read, dict) and isinstance(sent, dict):
        return {name: _sent_of(read[name], sent[name]) for name in read if name in sent}
    if isinstance(read, list) and isinstance(sent, list) and len(read) == len(sent):
        return [_sent_of(one, other) for one, other in zip(read, sent, strict=True)]
    return read


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_text(each) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(value: Any, named: bool = False) -> Any:
    """Return a value without what XML does not tell apart: no items and no array, "" and nothing (``named``: null)."""
    if isinstance(value, dict):
        value = {name: member for name, member in value.items() if not (named and member is None)}
        members = {name: _plain(member, named) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in ([], "", {})}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _text_as_read(value) if isinstance(value, str) else str(value)


def _text_as_read(text: str) -> str:
    """Return a text without white space that tells nothing apart; of XML what it says."""
    with suppress(ValueError):
        text = str(content(parsed(text)))
    return " ".join(text.split())
