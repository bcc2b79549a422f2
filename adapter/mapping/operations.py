"""Operation rules: one entry of ``operations:`` each, with what it takes and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adapter.mapping import keys, schema_operation
from adapter.mapping.constants import constants
from adapter.mapping.cursors import cursor_rule
from adapter.mapping.documents import document_body, document_reply, is_document
from adapter.mapping.fields import field_rules
from adapter.mapping.files import Path_
from adapter.mapping.filters import filter_rule, query_rules
from adapter.mapping.header_fields import header_rules
from adapter.mapping.model.filter import FilterRule, TestRule
from adapter.mapping.model.operation import BodyRule, FaultRule, OperationRule, PageRule, ReplyRule, SortRule
from adapter.mapping.patches import patch_rule
from adapter.mapping.policies import policy
from adapter.mapping.rows import is_rows, rows_body
from adapter.mapping.schema_document import DocumentReplySection
from adapter.mapping.scopes import ByEffect
from adapter.mapping.sections import Sections
from adapter.mapping.services import there_rule
from adapter.mapping.signs import sign_rule
from adapter.mapping.streams import stream_rule


def operation_rule(
    sections: Sections,
    resource: str,
    verb: Any,
    data: Any,
    path: Path_,
    shared: tuple[FaultRule, ...],
    scopes: ByEffect,
) -> OperationRule | None:
    """Return the rule of one operation, None where it is no section. Faults and scopes are those of the file."""
    found = sections.load(schema_operation.OperationSection, data, path, whole=False)
    if found is None:
        return None
    method, _, below = found.get("request", "GET /").partition(" ")
    if not keys.TEMPLATE.fullmatch(below):
        sections.wrong((*path, "request"), f"'{below}' is not a path", "for example /{id} or /{id}/lines")
    query, tests = query_rules(sections, found.get("query"), (*path, "query"))
    return OperationRule(
        name=f"{resource}.{verb}",
        verb=verb,
        place=sections.place(path),
        method=method,
        path=below.rstrip("/"),
        call=found.get("call", ""),
        path_fields=field_rules(sections, found.get("path"), (*path, "path"), "path"),
        query_fields=query,
        tests=tests,
        filter=_filter(sections, found.get("filter"), (*path, "filter"), tests),
        set=constants(sections, found.get("set"), (*path, "set"), computed=True),
        headers=header_rules(sections, found.get("headers"), (*path, "headers")),
        page=_page(sections, found.get("page"), (*path, "page")),
        sort=_sort(sections, found.get("sort"), (*path, "sort")),
        body=_body(sections, found.get("body"), (*path, "body")),
        reply=reply_rule(sections, found["reply"], (*path, "reply")) if "reply" in found else None,
        faults=fault_rules(sections, found.get("faults"), (*path, "faults")) + shared,
        timeout=_timeout(sections, found.get("timeout"), (*path, "timeout")),
        title=found.get("title", ""),
        doc=found.get("doc", ""),
        cursor=cursor_rule(sections, found.get("cursor"), (*path, "cursor")),
        policy=policy(sections, found, method, path, scopes),
        there=there_rule(sections, found.get("http"), (*path, "http")),
    )


def _filter(sections: Sections, data: Any, path: Path_, tests: Mapping[str, TestRule]) -> FilterRule | None:
    every = constants(sections, data["set"], (*path, "set")) if isinstance(data, dict) and "set" in data else ()
    return filter_rule(sections, data, path, every, tests)


def _timeout(sections: Sections, value: Any, path: Path_) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 < value <= 600:
        sections.wrong(path, "timeout: must be a number of seconds up to 600", "timeout: 5")
        return None
    return float(value)


def _page(sections: Sections, data: Any, path: Path_) -> PageRule | None:
    found = sections.load(schema_operation.PageSection, data, path) if data is not None else None
    if found is None:
        return None
    rule = PageRule(sections.place(path), **found)
    if rule.default > rule.max:
        text = f"default: {rule.default} is more than max: {rule.max}"
        sections.wrong((*path, "default" if "default" in found else "max"), text, "change one of them")
    return rule


def _sort(sections: Sections, data: Any, path: Path_) -> SortRule | None:
    found = sections.load(schema_operation.SortSection, data, path) if data is not None else None
    if found is None:
        return None
    direction: dict[str, Any] = {}
    if "direction" in found:
        direction = sections.load(schema_operation.DirectionSection, found["direction"], (*path, "direction")) or {}
    by = sections.texts(found["by"], (*path, "by"), "the ERP's sort keys")
    if not by:
        sections.wrong((*path, "by"), "by: names no sort key", "by: {our name: the ERP's key}")
    default = found.get("default", "")
    if default and default.removeprefix("-") not in by:
        sections.wrong((*path, "default"), f"default: '{default}' is not a key of 'by'", f"one of {', '.join(by)}")
    if default.startswith("-") and not direction:
        sections.wrong((*path, "default"), "default: descending needs 'direction'", "add 'direction:' to sort")
    return SortRule(
        sections.place(path),
        found["soap"],
        by,
        direction.get("soap", ""),
        direction.get("ascending", ""),
        direction.get("descending", ""),
        default,
    )


def _body(sections: Sections, data: Any, path: Path_) -> BodyRule | None:
    if is_document(data):
        return document_body(sections, data, path)
    if is_rows(data):
        return rows_body(sections, data, path)
    found = sections.load(schema_operation.BodySection, data, path) if data is not None else None
    if found is None:
        return None
    patch = patch_rule(sections, found["patch"], (*path, "patch")) if "patch" in found else None
    return BodyRule(sections.place(path), found["one"], found.get("into", ""), patch)


_NEEDS = {"from_": ("one", "each"), "location": ("one",), "when_empty": ("one", "document"), "stream": ("each",)}


def reply_rule(sections: Sections, data: Any, path: Path_) -> ReplyRule | None:
    """Return the rule of ``reply:``."""
    kind = DocumentReplySection if is_document(data) else schema_operation.ReplySection
    found = sections.load(kind, data, path)
    if found is None:
        return None
    if "one" in found and "each" in found:
        sections.wrong(path, "a reply is either 'one' or 'each'", "keep one of them")
    for key, needs in _NEEDS.items():
        if key in found and not any(each in found for each in needs):
            name = key.rstrip("_")
            remedy = f"add {' or '.join(needs)}, or remove '{name}'"
            sections.wrong((*path, name), f"{name}: means nothing without {' or '.join(needs)}", remedy)
    empty = (
        sections.load(schema_operation.EmptySection, found["when_empty"], (*path, "when_empty"))
        if "when_empty" in found
        else None
    )
    document = document_reply(sections, found, path) if "document" in found else None
    shape: Any = next((each for each in ("one", "each", "document") if each in found), "none")
    return ReplyRule(
        sections.place(path),
        shape,
        document.type.name if document is not None else found.get("one", found.get("each", "")),
        found.get("from_", ""),
        found.get("status", 0),
        found.get("location", ""),
        empty["status"] if empty else 0,
        empty["problem"] if empty else "",
        sign_rule(sections, schema_operation.RefusedSection, found["refused"], (*path, "refused"))
        if "refused" in found
        else None,
        sign_rule(sections, schema_operation.WarningsSection, found["warnings"], (*path, "warnings"))
        if "warnings" in found
        else None,
        document,
        header_rules(sections, found.get("headers"), (*path, "headers"), answered=True),
        stream_rule(sections, found.get("stream"), (*path, "stream")) if shape == "each" else None,
    )


def fault_rules(sections: Sections, data: Any, path: Path_) -> tuple[FaultRule, ...]:
    """Return the lines of a fault table."""
    if data is None:
        return ()
    if not isinstance(data, list):
        sections.wrong(path, "faults must be a list", "start each line with '- {code: …, status: …, problem: …}'")
        return ()
    rules: list[FaultRule] = []
    for index, line in enumerate(data):
        where: Path_ = (*path, index)
        found = sections.load(schema_operation.FaultSection, line, where)
        if found is None:
            continue
        if sum(key in found for key in ("code", "detail", "text")) != 1:
            sections.wrong(where, "a fault needs exactly one of code, detail, text", "split it into several lines")
            continue
        if "one" in found and "detail" not in found:
            sections.wrong((*where, "one"), "one: means nothing without 'detail'", "detail: the element that is read")
        rule = FaultRule(sections.place(where), type_name=found.pop("one", ""), **found)
        if not (rule.code or rule.detail or rule.text):
            sections.wrong(where, "an empty text matches nothing in particular", "write what to look for")
        if any((rule.code, rule.detail, rule.text) == (each.code, each.detail, each.text) for each in rules):
            text = f"'{rule.code or rule.detail or rule.text}' stands in the table already"
            sections.wrong(where, text, "the first match wins: remove one")
        rules.append(rule)
    return tuple(rules)
