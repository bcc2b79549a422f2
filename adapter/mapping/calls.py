"""Rules of several SOAP calls behind one operation: ``calls:``, ``commit:`` and ``undo:``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapter.mapping import keys, schema_calls, schema_operation
from adapter.mapping.constants import constants
from adapter.mapping.documents import is_document
from adapter.mapping.fields import field_rules
from adapter.mapping.files import Path_
from adapter.mapping.model.operation import BodyRule, CallRule, OperationRule, ReplyRule, TakeRule
from adapter.mapping.operations import fault_rules, reply_rule
from adapter.mapping.sections import Sections
from adapter.mapping.signs import sign_rule
from adapter.mapping.verbs import READS

_TAKEN = ("commit", "undo", "incomplete")


def with_calls(sections: Sections, data: Mapping[str, Any], path: Path_, main: OperationRule) -> OperationRule:
    """Return the rule of an operation with its further calls, as far as they can be read."""
    calls = [
        found
        for name, value, at in sections.entries(data.get("calls"), (*path, "calls"), "calls")
        if (found := _entry(sections, name, value, at, main)) is not None
    ]
    commit, undo = (_end(sections, name, data.get(name), (*path, name), main) for name in ("commit", "undo"))
    for end in ("commit", "undo") if main.verb in READS else ():
        if end in data:
            sections.wrong((*path, end), f"{end}: {main.name} only reads", f"remove '{end}'")
    if (calls or commit or undo) and main.body is not None and (main.body.document or main.body.rows):
        word = "a document" if main.body.document else "a body of many rows"
        text = f"{main.name}: {word} and further calls do not go together"
        sections.wrong((*path, "body"), text, f"one call for {word}")
    return replace(main, calls=tuple(calls), commit=commit, undo=undo)


def _entry(sections: Sections, name: str, data: Any, path: Path_, main: OperationRule) -> CallRule | None:
    found = sections.load(schema_calls.CallSection, data, path)
    if found is None:
        return None
    if not keys.NAME.fullmatch(name) or name in _TAKEN:
        sections.wrong(path, f"'{name}' cannot be the property of a call", "give it another name, such as lines")
    body, each = _part(sections, found["body"], (*path, "body")) if "body" in found else (None, False)
    reply = _reply(sections, found, path)
    _go_together(sections, found, path, main, each)
    return CallRule(
        name,
        _rule(sections, name, found, path, main, body, reply),
        _take(sections, found.get("take"), (*path, "take")),
        each,
        found.get("optional", False),
        found.get("required", False),
        found.get("max", 100),
    )


def _end(sections: Sections, name: str, data: Any, path: Path_, main: OperationRule) -> CallRule | None:
    """Return ``commit:`` or ``undo:``."""
    if data is None:
        return None
    kind = schema_calls.CommitSection if name == "commit" else schema_calls.UndoSection
    found = sections.load(kind, data, path)
    if found is None:
        return None
    reply = _reply(sections, found, path)
    if reply.shape == "each":
        sections.wrong((*path, "reply"), f"{name}: answers one object", "reply: {one: …, from: …}")
    if "refused" in found:
        if reply.refused is not None:
            sections.wrong((*path, "refused"), "refused: stands in 'reply' already", "keep one of them")
        sign = sign_rule(sections, schema_operation.RefusedSection, found["refused"], (*path, "refused"))
        reply = replace(reply, refused=sign)
    rule = _rule(sections, name, found, path, main, None, reply)
    return CallRule(name, rule, _take(sections, found.get("take"), (*path, "take")))


def _rule(
    sections: Sections,
    name: str,
    found: Mapping[str, Any],
    path: Path_,
    main: OperationRule,
    body: BodyRule | None,
    reply: ReplyRule,
) -> OperationRule:
    return OperationRule(
        name=f"{main.name}.{name}",
        policy=main.policy,
        verb=main.verb,
        place=sections.place(path),
        method="POST" if body is not None else "GET",
        path=main.path,
        call=found["call"],
        path_fields=field_rules(sections, found.get("path"), (*path, "path"), "path"),
        query_fields=field_rules(sections, found.get("query"), (*path, "query"), "query"),
        set=constants(sections, found.get("set"), (*path, "set")),
        body=body,
        reply=reply,
        faults=fault_rules(sections, found.get("faults"), (*path, "faults")) + main.faults,
        doc=found.get("doc", ""),
    )


def _part(sections: Sections, data: Any, path: Path_) -> tuple[BodyRule | None, bool]:
    """Return the part of the body that a call takes, and whether it takes each item of it."""
    found = sections.load(schema_calls.PartSection, data, path)
    if found is None:
        return None, False
    if ("one" in found) == ("each" in found):
        sections.wrong(path, "body of a call needs either 'one' or 'each'", "body: {each: Line, into: Position}")
    name = found.get("one", found.get("each", ""))
    return BodyRule(sections.place(path), name, found.get("into", "")), "each" in found


def _reply(sections: Sections, found: Mapping[str, Any], path: Path_) -> ReplyRule:
    at = (*path, "reply")
    if is_document(found.get("reply")):
        text = f"{path[-1]}: a document is no property of an answer"
        sections.wrong(at, text, "make it an operation of its own")
        return ReplyRule(sections.place(path))
    reply = reply_rule(sections, found["reply"], at) if "reply" in found else None
    for key in ("status", "location") if reply is not None and isinstance(found["reply"], dict) else ():
        if key in found["reply"]:
            sections.wrong((*at, key), f"{key}: is said by the operation's own reply", f"remove '{key}'")
    return reply or ReplyRule(sections.place(path))


def _go_together(sections: Sections, found: Mapping[str, Any], path: Path_, main: OperationRule, each: bool) -> None:
    """Name keys that mean nothing, or something dangerous, beside others."""
    body, name = "body" in found, path[-1]
    answers = isinstance(found.get("reply"), dict) and found["reply"].keys() & {"one", "each", "document"}
    if not body and not answers:
        sections.wrong(path, f"{name}: a call without a body needs a reply", "reply: {one: …, from: …}, or each")
    if body and main.verb in READS:
        sections.wrong((*path, "body"), f"body: {main.name} only reads", "remove 'body'")
    if body and main.body is None:
        text, remedy = f"{main.name} takes no body that '{name}' could be a property of", "body: {one: …, into: …}"
        sections.wrong((*path, "body"), text, remedy)
    if body and found.get("optional"):
        text = f"{name}: what changes something cannot be optional: nobody could tell whether it was done"
        sections.wrong((*path, "optional"), text, "remove 'optional'")
    if not body and found.get("required"):
        sections.wrong((*path, "required"), "required: means nothing without 'body'", "remove 'required'")
    if "max" in found and not each:
        sections.wrong((*path, "max"), "max: means nothing without 'body: {each: …}'", "remove 'max'")
    if each and answers and "each" in found["reply"]:
        text = f"{name}: each item has one answer"
        sections.wrong((*path, "reply"), text, "reply: {one: …, from: …}: the property is an array of them")


def _take(sections: Sections, data: Any, path: Path_) -> tuple[TakeRule, ...]:
    found = sections.texts(data, path, "paths of the main call's reply")
    for name, source in found.items():
        for each in (name, source):
            if not keys.XML_PATH.fullmatch(each):
                sections.wrong((*path, name), f"take: '{each}' is not a path", "take: {AuftragNr: Kopf.AuftragNr}")
    return tuple(TakeRule(sections.place((*path, name)), name, source) for name, source in found.items())
