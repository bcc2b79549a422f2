"""Which authority a request is for (RFC 9112, section 3.2; RFC 9110, section 15.5.20)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapter import problems

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_AUTHORITY = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?")


def must_be_known(environ: WSGIEnvironment, hosts: tuple[str, ...], *, any_name: bool = False) -> None:
    """Raise 400 ``missing-host`` or 421 ``unknown-host`` unless every authority the request names is one of ``hosts``.

    An absolute request target (``GET http://host/path``) names one beside the Host header; both must be known. With
    ``any_name`` each name will do: probes and scrapers ask by an address that nobody knows beforehand.
    """
    host = environ.get("HTTP_HOST", "").strip()
    if not host:
        raise problems.house("missing-host")
    if any_name:
        return
    target: str = environ.get("RAW_URI", "/")
    authorities = [host] if target.startswith(("/", "*")) else [host, _authority(target)]
    if not all(_known(authority.lower(), hosts) for authority in authorities):
        raise problems.house("unknown-host")


def _authority(target: str) -> str:
    try:
        return urlsplit(target).netloc
    except ValueError:
        return ""


def _known(authority: str, hosts: tuple[str, ...]) -> bool:
    match = _AUTHORITY.fullmatch(authority)
    return match is not None and (authority in hosts or match["name"] in hosts)
