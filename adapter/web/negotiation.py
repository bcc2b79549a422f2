"""Media types: what a caller may send, and whether it can take JSON (RFC 9110, sections 8.3 and 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Request
from werkzeug.http import parse_options_header

from adapter import problems

JSON = "application/json"
_MERGE_PATCH = "application/merge-patch+json"
_UTF_8 = ("utf-8", "utf8")
_OTHER_PATCHES = ("application/json-patch+json",)  # a list of edits, not a value


def must_accept(request: Request, kind: str) -> None:
    """Raise 406 ``not-acceptable`` when the Accept header leaves no room for a media type. Parameters are ignored."""
    if request.environ.get("HTTP_ACCEPT", "") in ("", "*/*", kind):
        return
    weights = {value.partition(";")[0].strip().lower(): weight for value, weight in request.accept_mimetypes}
    if not weights:
        return
    for range_ in (kind, f"{kind.partition('/')[0]}/*", "*/*"):  # the most specific decides
        if range_ in weights:
            if weights[range_] > 0:
                return
            break
    raise problems.house("not-acceptable")


def chosen(request: Request, kinds: Sequence[str]) -> str:
    """Return the one of several media types that a caller asks for, the first where nothing is asked for.

    The greatest weight wins, then the range that names more of a type, then the order of ``kinds``. Raises 406
    ``not-acceptable`` when the Accept header leaves no room for any.
    """
    weights = {value.partition(";")[0].strip().lower(): weight for value, weight in request.accept_mimetypes}
    if not weights:
        return kinds[0]
    found: list[tuple[float, int, int, str]] = []
    for kind in kinds:
        ranges = ("*/*", f"{kind.partition('/')[0]}/*", kind)
        near = max((index for index, each in enumerate(ranges) if each in weights), default=None)
        if near is not None and (weight := weights[ranges[near]]) > 0:
            found.append((weight, near, -len(found), kind))
    if not found:
        raise problems.house("not-acceptable")
    return max(found)[3]


def must_be_json(request: Request, method: str) -> None:
    """Raise 415 ``unsupported-media-type`` unless the body is said to be JSON in UTF-8 without a content encoding."""
    kind, parameters = parse_options_header(request.headers.get("Content-Type"))
    charset = parameters.get("charset", "utf-8").lower()
    _must_be_plain(request)
    if charset not in _UTF_8 or not _acceptable(kind.lower(), method):
        accept = {"Accept-Patch": f"{_MERGE_PATCH}, {JSON}"} if method == "PATCH" else {"Accept": JSON}
        raise problems.house("unsupported-media-type", headers=accept)


def must_be_one_of(request: Request, kinds: Sequence[str], utf_8: bool = False) -> None:
    """Raise 415 ``unsupported-media-type`` unless the body is said to be of one of these, without an encoding.

    ``utf_8``: it is text, and may not be said to be in another charset.
    """
    _must_be_plain(request)
    kind, parameters = parse_options_header(request.headers.get("Content-Type"))
    if kind.lower() not in kinds or (utf_8 and parameters.get("charset", "utf-8").lower() not in _UTF_8):
        detail = f"The body must be of one of the types {', '.join(kinds)}" + (", in UTF-8." if utf_8 else ".")
        raise problems.house("unsupported-media-type", detail, headers={"Accept": ", ".join(kinds)})


def _must_be_plain(request: Request) -> None:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise problems.house("unsupported-media-type", headers={"Accept-Encoding": "identity"})


def _acceptable(kind: str, method: str) -> bool:
    if kind == _MERGE_PATCH:
        return method == "PATCH"
    suffixed = kind.startswith("application/") and kind.endswith("+json")
    return kind == JSON or (suffixed and kind not in _OTHER_PATCHES)
