"""A proposal for a project that has mappings already: what people wrote stays, and only what is new is added.

What was proposed before is remembered beside the shared file, in ``mappings/shared/<contract>.proposed``: an operation
or a field that somebody took out does not come back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.mapping import files
from adapter.mapping.files import Path_
from adapter.mapping.proposal.draft import Draft, Section
from adapter.mapping.proposal.insert import Addition, Unsafe, added
from adapter.mapping.proposal.text import written

NONE: Mapping[Path_, str] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """Files to write by path below ``mappings/``; what was added, in words; what could not be, with why."""

    files: dict[str, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def remembered(draft_files: Mapping[str, Draft]) -> list[str]:
    """Return what a proposal holds, one line for each operation, type, field and fault: what is remembered of it."""
    found: list[str] = []
    for draft in draft_files.values():
        section = draft.section
        found += (remembered_operation(section, each) for each in section.get("operations", {}).values())
        for name, kind in section.get("types", {}).items():
            found.append(f"type {name}")
            found += (f"field {name} {path}" for path in _fields(kind))
        found += (_fault(section, line) for line in section.get("faults", []))
    return sorted(set(found))


def changes(proposed: Mapping[str, Draft], there: Mapping[str, str], before: set[str], head: str) -> Change:
    """Return what a proposal changes. ``there`` are the files' texts, ``before`` the lines that are remembered."""
    change = Change()
    needed = _needed(proposed, there, before)
    for name, draft in proposed.items():
        if name not in there:
            section = _new_file(draft, before)
            if section is not None:
                change.files[name] = written(section, "" if "/" in name else head)
                change.added.append(f"mappings/{name}")
            continue
        text = there[name]
        for addition, said in _additions(draft, files.parse(text, name)[0], before, needed):
            try:
                text = added(text, addition)
                change.added.append(f"mappings/{name}: {said}")
            except Unsafe as error:
                change.refused.append(f"mappings/{name}: {said}: {error}")
        if text != there[name]:
            change.files[name] = text
    return change


def _new_file(draft: Draft, before: set[str]) -> Draft | None:
    """Return a file without operations that were proposed before: somebody took them out, or put them elsewhere."""
    every = draft.section.get("operations")
    if every is None:
        return draft
    fresh = {name: each for name, each in every.items() if remembered_operation(draft.section, each) not in before}
    if not fresh:
        return None
    section = {**draft.section, "operations": fresh}
    if "types" in section:
        used = _named(fresh)
        section["types"] = {name: kind for name, kind in section["types"].items() if name in used}
    return Draft({key: value for key, value in section.items() if value != {}}, draft.notes)


def _additions(
    draft: Draft, document: files.Document | None, before: set[str], needed: set[str]
) -> Iterator[tuple[Addition, str]]:
    """Yield what a file that is there lacks."""
    data: Any = document.data if document is not None else {}
    for name, each in draft.section.get("operations", {}).items():
        if remembered_operation(draft.section, each) not in before and name not in data.get("operations", {}):
            yield Addition(("operations",), name, each, draft.notes), f"operation {name}"
    has = data.get("types") or {}
    fresh = {
        name: kind
        for name, kind in draft.section.get("types", {}).items()
        if name not in has and (name in needed or f"type {name}" not in before)
    }
    if fresh and not has:
        yield Addition((), "types", fresh, draft.notes), f"types {', '.join(fresh)}"
    for name, kind in fresh.items() if has else ():
        yield Addition(("types",), name, kind, draft.notes), f"type {name}"
    for name, kind in draft.section.get("types", {}).items():
        if isinstance(has.get(name), dict):
            yield from _new_fields(draft, name, kind, has[name], before)
    yield from _new_faults(draft.section, data, before)


def _new_fields(draft: Draft, name: str, kind: Section, has: Any, before: set[str]) -> Iterator[tuple[Addition, str]]:
    """Yield fields of a type that neither stand in it, by their path or name, nor were proposed before."""
    known = set(_fields(has))
    for key, rule in kind["fields"].items():
        path = _path(rule)
        if path not in known and key not in (has.get("fields") or {}) and f"field {name} {path}" not in before:
            yield Addition(("types", name, "fields"), key, rule, draft.notes), f"field {key} of {name}"


def _new_faults(section: Section, data: Any, before: set[str]) -> Iterator[tuple[Addition, str]]:
    has = data.get("faults") or []
    known = {line.get("detail") for line in has if isinstance(line, dict)}
    fresh = [
        line
        for line in section.get("faults", [])
        if line["detail"] not in known and _fault(section, line) not in before
    ]
    if fresh and not has:
        yield Addition((), "faults", fresh, NONE), f"faults {', '.join(line['detail'] for line in fresh)}"
    for line in fresh if has else ():
        yield Addition(("faults",), None, line, NONE), f"fault {line['detail']}"


def _needed(proposed: Mapping[str, Draft], there: Mapping[str, str], before: set[str]) -> set[str]:
    """Return the names of types that new operations, and what these hold, cannot do without."""
    types: dict[str, Section] = {}
    waiting: list[str] = []
    for draft in proposed.values():
        types |= draft.section.get("types", {})
        fresh = {
            key: each
            for key, each in draft.section.get("operations", {}).items()
            if remembered_operation(draft.section, each) not in before
        }
        waiting += _named(fresh)
    found: set[str] = set()
    while waiting:
        one = waiting.pop()
        if one in types and one not in found:
            found.add(one)
            waiting += _named(types[one])
    return found


def _named(value: Any) -> set[str]:
    """Return the names of types that stand below a value, behind ``one`` and ``each``."""
    if isinstance(value, dict):
        here = {each for key, each in value.items() if key in ("one", "each") and isinstance(each, str)}
        return here.union(*(_named(each) for each in value.values()))
    return set()


def _fields(kind: Any) -> Iterator[str]:
    """Yield the paths of a type's fields, those of its variants too."""
    if not isinstance(kind, dict):
        return
    for rule in (kind.get("fields") or {}).values():
        path = _path(rule)
        yield from path if isinstance(path, list) else (path,)
    variants = kind.get("variants")
    for each in (variants.get("of") or {}).values() if isinstance(variants, dict) else ():
        yield from _fields(each)


def _path(rule: Any) -> Any:
    return rule.get("soap", "") if isinstance(rule, dict) else rule


def remembered_operation(file: Section, section: Section) -> str:
    """Return the line that stands for an operation; where there are several ports, it names its own."""
    soap = file.get("soap")
    port = f"{soap.get('service', '')} {soap.get('port', '')} " if isinstance(soap, dict) else ""
    return f"operation {port}{section.get('call', '')}"


def _fault(section: Section, line: Section) -> str:
    return f"fault {section.get('resource', '')} {line['detail']}"
