"""Rules of code tables that the ERP answers: ``lookups:`` of a file."""

from __future__ import annotations

from typing import Any

from adapter.mapping import keys
from adapter.mapping.constants import constants
from adapter.mapping.files import Path_
from adapter.mapping.model.operation import LookupRule, OperationRule, ReplyRule
from adapter.mapping.model.policy import Policy
from adapter.mapping.schema_lookup import LookupSection
from adapter.mapping.sections import Sections

KEEP = 3600


def lookup_rules(sections: Sections, data: Any) -> dict[str, LookupRule]:
    """Return the rules of a file's tables, by name."""
    found = {}
    for name, section, path in sections.entries(data, ("lookups",), "lookups"):
        if not keys.NAME.fullmatch(name):
            sections.wrong(path, f"'{name}' is not a name", "letters, digits and _; start with a letter")
        if (rule := _rule(sections, name, section, path)) is not None:
            found[name] = rule
    return found


def _rule(sections: Sections, name: str, data: Any, path: Path_) -> LookupRule | None:
    found = sections.load(LookupSection, data, path)
    if found is None:
        return None
    place = sections.place(path)
    asked = OperationRule(
        f"lookup {name}",
        "list",
        place,
        "POST",
        "",
        found["call"],
        set=constants(sections, found.get("set"), (*path, "set")),
        reply=ReplyRule(place),
        policy=Policy("read"),
    )
    return LookupRule(name, asked, found["each"], found["code"], found["word"], found.get("keep", KEEP))
