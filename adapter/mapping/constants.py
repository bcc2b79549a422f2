"""Constants of a mapping: ``set:`` of an operation, and the header blocks of ``soap:``."""

from __future__ import annotations

from typing import Any

from adapter.mapping import schema
from adapter.mapping.files import Path_
from adapter.mapping.made import MADE
from adapter.mapping.model import Constant
from adapter.mapping.paths import suggest
from adapter.mapping.sections import Sections
from adapter.mapping.when import conditions

_KINDS = ("value", "setting", "credential")


def constants(
    sections: Sections, data: Any, path: Path_, blocks: bool = False, computed: bool = False
) -> tuple[Constant, ...]:
    """Return a section that maps paths to constants.

    ``blocks``: to functions that make a header block, too. ``computed``: to calls of a team's functions.
    """
    found_here = []
    for name, value, where in sections.entries(data, path, "constants"):
        if value is not None and not isinstance(value, str | dict | list):
            sections.wrong(where, f"{name}: must be text", "write it in quotes, or {setting: a name}")
            continue
        before = len(sections.mistakes)
        found = sections.load(schema.ConstantSection, {"value": value} if isinstance(value, str) else value, where)
        if (
            found is not None
            and len(sections.mistakes) == before
            and _whole(sections, name, found, where, blocks, computed)
        ):
            when = conditions(sections, found.pop("when", None), (*where, "when"), words=True)
            if "credential" not in found and "compute" in found:
                found = {"function" if "(" in found["compute"] else "made": found["compute"]}
            found_here.append(Constant(name, sections.place(where), when=when, **found))
    return tuple(found_here)


def _whole(sections: Sections, name: str, found: dict[str, Any], where: Path_, blocks: bool, computed: bool) -> bool:
    """Tell whether the keys of a constant go together."""
    before = len(sections.mistakes)
    kinds = [kind for kind in _KINDS if kind in found]
    if "compute" in found and not kinds and "(" in found["compute"]:
        if not computed:
            text = f"{name}: compute: only a constant of an operation is computed by a function"
            sections.wrong((*where, "compute"), text, "set: of the operation")
    elif "compute" in found and not kinds and not (blocks and "." not in name):
        if found["compute"] not in MADE:
            text = f"{name}: compute: nothing is called {found['compute']}"
            sections.wrong((*where, "compute"), text, suggest(found["compute"], list(MADE)))
    elif "compute" in found:
        if "credential" in kinds and (not blocks or "." in name):
            text = f"{name}: compute: a function makes a whole header block"
            sections.wrong((*where, "compute"), text, "headers: {the block's element: {compute: …, credential: …}}")
        if kinds != ["credential"] or "part" in found:
            sections.wrong(where, f"{name}: a function takes 'credential' and nothing else", "credential: a name")
    elif len(kinds) != 1:
        remedy = "value: text, or setting: a name, or credential: a name with part: PASSWORD, or compute: now"
        sections.wrong(where, f"{name}: needs either 'value' or 'setting' or 'credential'", remedy)
    elif ("credential" in found) != ("part" in found):
        sections.wrong(where, f"{name}: credential and part go together", "{credential: erp, part: PASSWORD}")
    return len(sections.mistakes) == before
