"""Rules of the new service: ``http:`` of a file and of an operation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapter.mapping import keys, schema_service
from adapter.mapping.files import Path_
from adapter.mapping.guards import guard_rule
from adapter.mapping.model.service import HttpRule, SaidRule, ServiceFaultRule, ThereRule
from adapter.mapping.sections import Sections


def http_rule(sections: Sections, data: Any) -> HttpRule | None:
    """Return the rule of a file; None where there is none, or it is no section."""
    path: Path_ = ("http",)
    found = sections.load(schema_service.HttpSection, data, path) if data is not None else None
    if found is None:
        return None
    fields: dict[str, tuple[SaidRule, ...]] = {}
    types = {}
    for name, section, where in sections.entries(found.pop("fields_", None), (*path, "fields"), "types"):
        fields[name], types[name] = _said(sections, section, where), sections.place(where)
    if "header" in found and not found.keys() & {"credentials", "shadow"}:
        sections.wrong((*path, "header"), "header: means nothing without 'credentials'", "credentials: a name")
    return HttpRule(
        sections.place(path),
        found["service"],
        found["path"].rstrip("/"),
        guard_rule(sections, found.get("guard"), (*path, "guard")),
        found.get("repeats", False),
        seconds(sections, found.get("timeout"), (*path, "timeout")),
        found.get("credentials", ""),
        found.get("header", ""),
        found.get("shadow", ""),
        fields,
        types,
        _faults(sections, found.get("faults"), (*path, "faults")),
    )


def there_rule(sections: Sections, data: Any, path: Path_) -> ThereRule | None:
    """Return the rule of one operation; None where there is none, or it is no section."""
    found = sections.load(schema_service.ThereSection, data, path) if data is not None else None
    if found is None:
        return None
    method, _, where = found.get("request", "").partition(" ")
    if where and not keys.TEMPLATE.fullmatch(where):
        sections.wrong((*path, "request"), f"'{where}' is not a path", "for example /partners/{id}")
    query = _said(sections, found.get("query"), (*path, "query"))
    for rule in query:
        if len(rule.ours) > 1 or len(rule.theirs) > 1:
            text = f"{'.'.join(rule.ours)}: a query parameter has a name without dots"
            sections.mistakes.append(rule.place.mistake(text, "query: {status: state}"))
    timeout = seconds(sections, found.get("timeout"), (*path, "timeout"))
    listed = found.get("items", ""), found.get("total", "")
    return ThereRule(sections.place(path), method, where.rstrip("/"), timeout, query, *listed)


def seconds(sections: Sections, value: Any, path: Path_) -> float | None:
    """Return a number of seconds, None where nothing is said, or that is wrong."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 < value <= 600:
        sections.wrong(path, "timeout: must be a number of seconds up to 600", "timeout: 2")
        return None
    return float(value)


def _said(sections: Sections, data: Any, path: Path_) -> tuple[SaidRule, ...]:
    found = []
    for name, value, where in sections.entries(data, path, "names of the service"):
        if not isinstance(name, str) or not schema_service.THERE.fullmatch(name):
            sections.wrong(where, f"'{name}' is no property of ours", "name: fullName, or address.city: town")
            continue
        section = {"name": value} if isinstance(value, str) else value
        said = sections.load(schema_service.SaidSection, section, where)
        if said is None:
            continue
        if not section:
            sections.wrong(where, f"{name}: says nothing", f"{name}: the service's name")
        codes = _codes(sections, said["codes"], (*where, "codes")) if "codes" in said else None
        ours = tuple(name.split("."))
        theirs = tuple(said["name"].split(".")) if "name" in said else ours
        found.append(SaidRule(sections.place(where), ours, theirs, codes, said.get("json", "")))
    return tuple(found)


def _codes(sections: Sections, data: Any, path: Path_) -> dict[str, str]:
    found = sections.texts(data, path, "the service's words")
    if not found:
        sections.wrong(path, "codes: names no word", "codes: {our word: the service's word}")
    for word, code in found.items():
        if list(found.values()).index(code) != list(found).index(word):
            text = f"{word}: two of our words stand for the same word '{code}' of the service"
            sections.wrong((*path, word), text, "one word for each")
    return found


def _faults(sections: Sections, data: Any, path: Path_) -> tuple[ServiceFaultRule, ...]:
    if data is None:
        return ()
    if not isinstance(data, list):
        sections.wrong(path, "faults must be a list", "start each line with '- {status: …, problem: …}'")
        return ()
    rules: list[ServiceFaultRule] = []
    for index, line in enumerate(data):
        where: Path_ = (*path, index)
        found = sections.load(schema_service.ServiceFaultSection, line, where)
        if found is None:
            continue
        if "at" in found and "code" not in found:
            sections.wrong((*where, "at"), "at: means nothing without 'code'", "code: what stands there")
        rule = ServiceFaultRule(sections.place(where), **found)
        if any(_covers(before, rule) for before in rules):
            sections.wrong(where, f"a line above takes every answer {rule.status} that fits this one", "move it up")
        rules.append(rule)
    return tuple(rules)


def _covers(before: ServiceFaultRule, rule: ServiceFaultRule) -> bool:
    """Tell whether what fits ``rule`` fits an earlier line."""
    code = before.code in ("", rule.code) and (not before.code or before.at == rule.at)
    return before.status == rule.status and before.type in ("", rule.type) and code
