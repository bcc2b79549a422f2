"""Properties that the ERP has no element for: ``{constant: EUR}`` in place of ``soap``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.model import FieldRule
from adapter.mapping.sections import Sections
from adapter.mapping.when import conditions

_BESIDE = ("constant", "doc", "when")


def placeless(
    sections: Sections, name: str, data: Any, found: Mapping[str, Any] | None, path: Path_
) -> FieldRule | None:
    """Return the rule of a property without a place. None, and a mistake, where it is none.

    ``data`` is what was written, ``found`` what is good of it.
    """
    if found is None:
        return None
    if "compute" in found:
        return _compute(sections, name, found, path)
    if "constant" in found:
        return _constant(sections, name, found, path)
    if isinstance(data, dict) and not {"soap", "constant", "compute"} & data.keys():
        sections.wrong(path, f"{name} needs the key 'soap'", "soap: where its value stands in XML")
    return None


def _compute(sections: Sections, name: str, found: Mapping[str, Any], path: Path_) -> FieldRule:
    for key in found:
        if key not in ("compute", "doc"):
            sections.wrong((*path, key), f"{key}: means nothing beside 'compute'", f"remove '{key}'")
    place = sections.place(path)
    return FieldRule(name, place, "", read_only=True, doc=found.get("doc", ""), compute=found["compute"])


def _constant(sections: Sections, name: str, found: Mapping[str, Any], path: Path_) -> FieldRule | None:
    for key in found:
        if key not in _BESIDE:
            sections.wrong((*path, key), f"{key}: means nothing beside 'constant'", f"remove '{key}'")
    value = found["constant"]
    if not isinstance(value, str | bool | int | Decimal):
        sections.wrong((*path, "constant"), "constant: must be one value", "constant: EUR, or true, or a number")
        return None
    when = conditions(sections, found.get("when"), (*path, "when"))
    return FieldRule(name, sections.place(path), "", doc=found.get("doc", ""), constant=value, when=when)
