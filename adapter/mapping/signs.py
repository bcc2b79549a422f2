"""Sign rules: ``refused:`` and ``warnings:`` of a reply."""

from __future__ import annotations

from typing import Any

from adapter.mapping import keys
from adapter.mapping.files import Path_
from adapter.mapping.model import FieldRule
from adapter.mapping.model.operation import SignRule
from adapter.mapping.sections import Sections


def sign_rule(sections: Sections, kind: type[keys.Section], data: Any, path: Path_) -> SignRule | None:
    """Return the rule of one section, ``kind`` its grammar. None where something that it needs is wrong."""
    found = sections.load(kind, data, path)
    if found is None:
        return None
    name = path[-1]
    given = [key for key in ("is_", "is_not") if key in found]
    if len(given) != 1:
        sections.wrong(path, f"{name} needs either 'is' or 'is_not'", 'is: [the values that say so], such as ["false"]')
        return None
    if "code" not in found and "text" not in found:
        sections.wrong(path, f"{name} needs 'code' or 'text'", "without them no line of the fault table can match")
        return None
    key = given[0].rstrip("_")
    values = texts(sections, found[given[0]], (*path, key))
    code = found.get("code", [])
    paths = texts(sections, [code] if isinstance(code, str) else code, (*path, "code")) if "code" in found else ()
    for each in paths:
        if not keys.XML_PATH.fullmatch(each):
            sections.wrong((*path, "code"), f"code: '{each}' is not a path such as Status.Code", "name an element")
    return SignRule(
        sections.place(path),
        _field(sections, "where", found["where"], path),
        values,
        key == "is_not",
        found.get("each", ""),
        tuple(_field(sections, "code", each, path) for each in paths),
        _field(sections, "text", found["text"], path) if "text" in found else None,
    )


def _field(sections: Sections, name: str, soap: str, path: Path_) -> FieldRule:
    return FieldRule(name, sections.place((*path, name)), soap)


def texts(sections: Sections, data: Any, path: Path_) -> tuple[str, ...]:
    """Return a list of texts. An empty one is a mistake: what is empty says nothing."""
    key = path[-1]
    if not isinstance(data, list) or not data:
        sections.wrong(path, f"{key}: must be a list", f"{key}: [{data or '…'}]")
        return ()
    wrong = [each for each in data if not isinstance(each, str) or not each.strip()]
    for each in wrong:
        shown = str(each).lower() if isinstance(each, bool) else each
        remedy = (
            f'write it in quotes: "{shown}"' if shown not in ("", None) else "leave it out: what is empty says nothing"
        )
        sections.wrong(path, f"{key}: each must be text that is not empty", remedy)
    return tuple(each for each in data if each not in wrong)
