"""Patch rules: ``patch:`` of a body, a word or a section."""

from __future__ import annotations

from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.model_change import PatchRule
from adapter.mapping.schema_change import PatchSection
from adapter.mapping.sections import Sections

WORDS = ("partial",)
KINDS = ("null_list",)


def patch_rule(sections: Sections, data: Any, path: Path_) -> PatchRule | None:
    """Return the rule of ``patch:``; None where it says nothing that means something."""
    place = sections.place(path)
    if data == "partial":
        return PatchRule(place, "partial")
    if not isinstance(data, dict):
        shown = str(data).lower() if isinstance(data, bool) else data
        sections.wrong(path, f"patch: '{shown}' is no way to change a part", f"patch: {' or '.join(WORDS)}, or {_KEYS}")
        return None
    found = sections.load(PatchSection, data, path)
    if found is None:
        return None
    given = [kind for kind in KINDS if kind in found]
    if len(given) != 1:
        sections.wrong(path, f"patch: needs one of {', '.join(KINDS)}", "one way for each body")
        return None
    return PatchRule(place, "null_list", found["null_list"])


_KEYS = " or ".join(f"{{{kind}: …}}" for kind in KINDS)
