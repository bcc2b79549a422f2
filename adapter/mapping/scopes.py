"""``scopes:`` of an operation, and of a file: what a caller must have (RFC 6749, section 3.3), or who need not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.model.policy import Scopes
from adapter.mapping.schema_scopes import ScopesSection
from adapter.mapping.sections import Sections

# scope-token of RFC 6749, but for the comma, which parts scopes where a command takes them.
NAME = re.compile(r"[!#-+\--\[\]-~]{1,128}")
ANY, PUBLIC = "any", "public"
ByEffect = Mapping[str, Scopes]


def scopes(sections: Sections, data: Any, path: Path_) -> Scopes | None:
    """Return who may call; None, and a mistake, where it is no list of scopes and none of the two words."""
    if data in (ANY, PUBLIC):
        return Scopes(public=data == PUBLIC)
    if not isinstance(data, list):
        shown = f"'{data}'" if isinstance(data, str) else "this"
        text = f"scopes: {shown} is neither a list of scopes nor any nor public"
        sections.wrong(path, text, f"scopes: [{data if isinstance(data, str) and NAME.fullmatch(data) else '…'}]")
        return None
    if not data:
        sections.wrong(path, "scopes: names none", "any: whoever is known; public: nobody has to say who they are")
        return None
    good = [_is_scope(sections, each, (*path, number)) for number, each in enumerate(data)]
    for number, each in enumerate(data):
        if each in data[:number]:
            sections.wrong((*path, number), f"scopes: {each} stands here twice", "keep one")
    return Scopes(tuple(data)) if all(good) else None


def _is_scope(sections: Sections, name: Any, path: Path_) -> bool:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        sections.wrong(path, f"scopes: '{name}' is not a scope", "a name without blanks, such as orders.read")
        return False
    if name in (ANY, PUBLIC):
        sections.wrong(path, f"scopes: {name} is no scope", f"it stands alone: scopes: {name}")
        return False
    return True


def scopes_of_file(sections: Sections, data: Any) -> dict[str, Scopes]:
    """Return the scopes of a file by effect: ``read``, and ``write`` for all that is no read."""
    path: Path_ = ("scopes",)
    section = sections.load(ScopesSection, data, path, whole=False) if data is not None else None
    if section is None:
        return {}
    if not section and not data:
        sections.wrong(path, "scopes: says nothing", "scopes: {read: [orders.read], write: [orders.write]}")
    found = {key: scopes(sections, value, (*path, key)) for key, value in section.items()}
    return {key: value for key, value in found.items() if value is not None}
