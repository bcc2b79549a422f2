"""Media types: what a caller may send, and whether it can take JSON (RFC 9110, sections 8.3 and 12.5.1)."""

from __future__ import annotations

from flask import Request
from werkzeug.http import parse_options_header

from adapter import problems

_JSON = "application/json"
_MERGE_PATCH = "application/merge-patch+json"
_OTHER_PATCHES = ("application/json-patch+json",)  # a list of edits, not a value


def must_accept_json(request: Request) -> None:
    """Raise 406 ``not-acceptable`` when the Accept header leaves no room for JSON. Parameters are ignored."""
    weights = {value.partition(";")[0].strip().lower(): weight for value, weight in request.accept_mimetypes}
    if not weights:
        return
    for range_ in (_JSON, "application/*", "*/*"):  # the most specific decides
        if range_ in weights:
            if weights[range_] > 0:
                return
            break
    raise problems.house("not-acceptable")


def must_be_json(request: Request, method: str) -> None:
    """Raise 415 ``unsupported-media-type`` unless the body is said to be JSON in UTF-8 without a content encoding."""
    kind, parameters = parse_options_header(request.headers.get("Content-Type"))
    charset = parameters.get("charset", "utf-8").lower()
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise problems.house("unsupported-media-type", headers={"Accept-Encoding": "identity"})
    if charset not in ("utf-8", "utf8") or not _acceptable(kind.lower(), method):
        accept = {"Accept-Patch": f"{_MERGE_PATCH}, {_JSON}"} if method == "PATCH" else {"Accept": _JSON}
        raise problems.house("unsupported-media-type", headers=accept)


def _acceptable(kind: str, method: str) -> bool:
    if kind == _MERGE_PATCH:
        return method == "PATCH"
    suffixed = kind.startswith("application/") and kind.endswith("+json")
    return kind == _JSON or (suffixed and kind not in _OTHER_PATCHES)
