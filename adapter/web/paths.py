"""Paths: templates to Flask's rules, and percent-encoding that neither guesses nor loses a slash.

A server hands on the decoded path, in which ``/orders/RE%2F2024`` has become two segments. ERP numbers do hold slashes,
so an encoded one travels through the routing as NUL, which no acceptable path contains, and comes out as a slash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from adapter import problems, strict_json
from adapter.errors import FieldError, InvalidRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_AUTHORITY = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?]*")
_SLASH = re.compile("%2f", re.IGNORECASE)


def rule(template: str) -> str:
    """Return Flask's form of a path template: ``/orders/{id}`` becomes ``/orders/<id>``."""
    return re.sub(r"\{(\w+)\}", r"<\1>", template)


def shape(rule_text: str) -> str:
    """Return a rule without the names of its parameters, which routing does not tell apart."""
    return re.sub(r"<[^>]*>", "<>", rule_text)


def keep_encoded_slashes(environ: WSGIEnvironment) -> None:
    """Make an encoded slash reach the routing as NUL."""
    raw = raw_path(environ)
    if _SLASH.search(raw):
        environ["PATH_INFO"] = unquote_to_bytes(_SLASH.sub("%00", raw)).decode("latin-1")


def must_be_readable(environ: WSGIEnvironment) -> None:
    """Raise 400 ``bad-request`` for a path that is not UTF-8 or holds a NUL of its own."""
    path = environ.get("PATH_INFO", "")
    if "\0" in path and path.count("\0") != len(_SLASH.findall(raw_path(environ))):
        raise problems.house("bad-request", "The path holds a NUL character.")
    if path.isascii():
        return
    try:
        path.encode("latin-1").decode("utf-8")
    except UnicodeError:
        raise problems.house("bad-request", "The path is not UTF-8.") from None


def parameters(path: Mapping[str, str]) -> Mapping[str, str]:
    """Return the path's parameters, decoded. Raise 422 for characters that XML cannot carry."""
    values = {name: value.replace("\0", "/") for name, value in path.items()}
    must_fit_xml("path", values.items())
    return values


def must_fit_xml(place: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Raise 422 ``invalid-request`` that names each parameter with a character XML 1.0 cannot carry."""
    fields = tuple(
        FieldError(place, name if strict_json.xml_can_carry(name) else "", "Holds a character that XML cannot carry.")
        for name, value in pairs
        if not strict_json.xml_can_carry(name + value)
    )
    if fields:
        raise InvalidRequest("invalid-request", 422, "The URL holds characters XML cannot carry.", fields=fields)


def raw_path(environ: WSGIEnvironment) -> str:
    """Return the path as it was sent, without query; empty when the server does not say."""
    target: str = environ.get("RAW_URI", "")
    path = target if target.startswith("/") else _AUTHORITY.sub("", target)
    return path.partition("?")[0]
