"""One row for each message of the sample folders: whether it is right by its own schema, and what ours made of it."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from adapter.backends.soap.answer import open_answer
from adapter.errors import BackendError
from adapter.exchange import Reply
from adapter.proof.judge import judge_of
from adapter.wsdl.documents import read_documents
from adapter.wsdl.types import SOAP12_ENVELOPE, Message
from tests.samples.comparing import canonical, differs, leaves
from tests.samples.folders import SAMPLES, Sample, body_of
from tests.samples.translating import Translated, lenient, translated


@dataclass(frozen=True)
class Row:
    """``wrong``: what the sample's own schema says against it. ``unusable``: why nobody could read it."""

    name: str
    ok: bool
    said: str = ""
    wrong: str = ""
    unusable: str = ""


def rows(sample: Sample) -> list[Row]:
    """Return the rows of one folder: its request, and its response where it has one."""
    _, _, operation = sample.operation()
    found = [("request", operation.input), ("response", operation.output)]
    return [_row(sample, kind, message) for kind, message in found if message and sample.text(f"{kind}.xml")]


def _row(sample: Sample, kind: str, message: Message) -> Row:
    name, text = f"{sample.name[:60]} {kind}", sample.text(f"{kind}.xml")
    assert text is not None
    try:
        body = body_of(text)
    except ValueError as error:
        return Row(name, ok=False, unusable=str(error))
    if len(body) and body[0].tag.endswith("}Fault"):
        return _fault(name, text, body[0])
    root = body if message.bare else next(iter(body), None)
    wrong = _objection(sample, message, root)
    service, port, operation = sample.operation()
    contract = lenient(sample.contract()) if wrong else sample.contract()
    try:
        made = translated(contract, service, port, operation.key, message, body_of(text))
    except BackendError as error:
        # The sample is not what its contract says, and ours says so too.
        return Row(name, bool(wrong), f"refused: {error.cause}", wrong)
    said = _compared(sample, kind, message, root, made)
    if wrong:
        return Row(name, bool(made.notes) or not said, f"{said or 'equal'}; noted: {', '.join(made.notes)}", wrong)
    return Row(name, not said and not made.notes, said or ", ".join(made.notes))


def _compared(sample: Sample, kind: str, message: Message, root: Any, made: Translated) -> str:
    """Say what differs: the XML that was written again, or the leaves; "" where both are equal."""
    if made.refused:
        return made.refused
    if (root is None) != (made.written is None):
        return "nothing was written"
    encoded = sample.operation()[2].use == "encoded"
    one, other = (canonical(root, encoded), canonical(made.written, encoded)) if root is not None else ((), ())
    if one and kind == "response" and not sample.operation()[2].reply_tags:
        other = (one[0], *other[1:])  # the name of an rpc wrapper is free
    if one and (why := differs(one, other)):
        return why
    theirs = sample.text(f"{kind}.json")
    if theirs is None:
        return ""
    # A discriminator, and a value that the other client dropped, stand in ours only.
    lost = leaves(json.loads(theirs)) - leaves(made.document)
    return f"leaves {dict(lost)} are not in ours" if lost else ""


def _objection(sample: Sample, message: Message, root: Any) -> str:
    """Return what the XSD says against a message, by the judge of its contract."""
    file = (sample.folder / "soap.wsdl").relative_to(SAMPLES).as_posix()
    operation, judged = sample.operation()[2], deepcopy(root)
    if judged is not None and message.root is not None and operation.style == "rpc":
        judged.tag = message.root.tag  # the name of an rpc wrapper is free
    return judge_of(read_documents(SAMPLES, file), sample.contract()).message(operation, message, judged)


def _fault(name: str, text: bytes, fault: Any) -> Row:
    """A fault is read when its code and its text are what the XML says."""
    version = "1.2" if SOAP12_ENVELOPE.encode() in text else "1.1"
    parts = open_answer(Reply(500, {"content-type": "text/xml"}, text), version, None).fault
    said = {each.strip() for each in fault.itertext() if each.strip()}
    ok = parts is not None and {parts.text} <= said and any(each.rpartition(":")[2] == parts.code for each in said)
    return Row(name, ok, f"fault {parts.code if parts else ''}")
