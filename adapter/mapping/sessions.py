"""Session rules: ``session:`` of ``identity:``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.mapping import schema
from adapter.mapping.constants import constants
from adapter.mapping.files import Path_
from adapter.mapping.model.soap import SessionRule
from adapter.mapping.sections import Sections

# Fields that the adapter or HTTP itself fills.
_TAKEN = frozenset(
    "accept accept-encoding authorization connection content-length content-type cookie host soapaction traceparent "
    "transfer-encoding user-agent x-request-id".split()
)


def session_rule(sections: Sections, data: Any, path: Path_) -> SessionRule | None:
    """Return the rule of a section. None, and mistakes, where something in it is wrong."""
    before = len(sections.mistakes)
    found = sections.load(schema.SessionSection, data, path)
    if found is None:
        return None
    fixed = constants(sections, found.get("set"), (*path, "set"))
    expired = tuple(_signs(sections, found["expired"], (*path, "expired")))
    place = sections.load(schema.TokenPlaceSection, found["place"], (*path, "place"))
    if place is not None and len(place) != 1:
        sections.wrong((*path, "place"), "place: names one place", "one of header, http_header, body, cookie")
    if len(sections.mistakes) > before or place is None:
        return None
    at: Any
    ((at, where),) = place.items()
    if at == "http_header" and where.lower() in _TAKEN:
        text = f"http_header: {where} is filled by the adapter itself"
        sections.wrong((*path, "place", at), text, "name the field of the ERP's own")
    if "token" not in found and at != "cookie":
        sections.wrong(path, "session needs the key 'token'", "token: where the login's reply says it")
    return SessionRule(
        sections.place(path),
        found["call"],
        at,
        where,
        found.get("token", ""),
        found.get("service", ""),
        found.get("port", ""),
        fixed,
        expired,
        found.get("life"),
    )


def _signs(sections: Sections, data: Any, path: Path_) -> Iterator[tuple[str, str]]:
    if not isinstance(data, list) or not data:
        sections.wrong(path, "expired: must be a list of signs", "expired: [{code: SESSION_EXPIRED}]")
        return
    for index, line in enumerate(data):
        found = sections.load(schema.ExpiredSection, line, (*path, index))
        if found is not None and (len(found) != 1 or not all(found.values())):
            text = "a sign is exactly one of code, detail, text"
            sections.wrong((*path, index), text, "split it into several lines")
        yield from (found or {}).items()
