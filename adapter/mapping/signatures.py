"""What ``identity:`` says about a signature: which parts are under it, and whether answers are checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.model.soap import SIGNED
from adapter.mapping.sections import Sections

PARTS = ("timestamp", "body", "username_token", "certificate", "headers")


def read_signed(sections: Sections, found: Mapping[str, Any], path: Path_) -> tuple[str, ...]:
    """Return the parts that are signed, and note what is wrong about them or means nothing."""
    if "signature" not in found:
        for key in found.keys() & {"signed", "unsigned_answers"}:
            sections.wrong((*path, key), f"{key}: means nothing without signature", f"remove '{key}'")
        return SIGNED
    if "timestamp" in found:
        sections.wrong((*path, "timestamp"), "timestamp: a signature has one anyway", "remove 'timestamp'")
    if "signed" not in found:
        return SIGNED
    signed, where = found["signed"], (*path, "signed")
    known = f"a list of {', '.join(PARTS)}"
    if not isinstance(signed, list) or not all(isinstance(part, str) and part in PARTS for part in signed):
        sections.wrong(where, f"signed: must be {known}", "signed: [timestamp, body]")
        return SIGNED
    if "timestamp" not in signed:
        text = "signed: without the timestamp a signature could be used again"
        sections.wrong(where, text, "add timestamp")
    if len(set(signed)) != len(signed):
        sections.wrong(where, "signed: names a part twice", "keep one")
    if "username_token" in signed and "username_token" not in found:
        sections.wrong(where, "signed: there is no username_token to sign", "remove it, or add 'username_token:'")
    return tuple(signed)
