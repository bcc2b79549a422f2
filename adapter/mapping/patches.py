"""Patch rules: ``patch:`` of a body, a word or a section."""

from __future__ import annotations

from typing import Any

from adapter.mapping import keys
from adapter.mapping.files import Path_
from adapter.mapping.model.change import PatchRule
from adapter.mapping.schema_change import PatchSection
from adapter.mapping.sections import Sections

WORDS = ("partial", "read_modify_write")
KINDS = ("null_list", "read_modify_write", "changed_flags")
# Keys that say more about one of the kinds.
MORE = {"without": "read_modify_write", "flag": "changed_flags"}


def patch_rule(sections: Sections, data: Any, path: Path_) -> PatchRule | None:
    """Return the rule of ``patch:``; None where it says nothing that means something."""
    place = sections.place(path)
    if data == "partial":
        return PatchRule(place, "partial")
    if data == "read_modify_write":
        return PatchRule(place, "read_modify_write", reads="read")
    if not isinstance(data, dict):
        shown = str(data).lower() if isinstance(data, bool) else data
        others = " or ".join(f"{{{kind}: …}}" for kind in KINDS)
        sections.wrong(
            path, f"patch: '{shown}' is no way to change a part", f"patch: {' or '.join(WORDS)}, or {others}"
        )
        return None
    found = sections.load(PatchSection, data, path)
    if found is None:
        return None
    given = [kind for kind in KINDS if kind in found]
    if len(given) != 1:
        sections.wrong(path, f"patch: needs one of {', '.join(KINDS)}", "one way for each body")
        return None
    for key in MORE.keys() & found.keys():
        if MORE[key] not in found:
            sections.wrong((*path, key), f"{key}: means nothing without {MORE[key]}", f"remove '{key}'")
    if "null_list" in found:
        return PatchRule(place, "null_list", found["null_list"])
    if "changed_flags" in found:
        return PatchRule(place, "changed_flags", found["changed_flags"], found.get("flag", "X"))
    without = _paths(sections, found.get("without", []), (*path, "without"))
    return PatchRule(place, "read_modify_write", reads=found["read_modify_write"], without=without)


def _paths(sections: Sections, data: Any, path: Path_) -> tuple[str, ...]:
    if not isinstance(data, list):
        sections.wrong(path, "without: must be a list of paths", "without: [GeaendAm]")
        return ()
    wrong = [each for each in data if not isinstance(each, str) or not each or not keys.XML_PATH.fullmatch(each)]
    for each in wrong:
        sections.wrong(
            path, f"without: '{each}' is not a path such as Partner.GeaendAm", "name an element or attribute"
        )
    return tuple(each for each in data if each not in wrong)
