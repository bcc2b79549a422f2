"""Where a service is asked, and how it says where something stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from adapter.errors import FieldError, InvalidRequest


def filled(template: str) -> Callable[[Mapping[str, str]], str]:
    """Compile a path template. A value stays one segment, whatever characters it holds (RFC 3986, section 3.3)."""
    parts = re.split(r"\{(\w+)\}", template)

    def fill(values: Mapping[str, str]) -> str:
        return "".join(_segment(part, values[part]) if index % 2 else part for index, part in enumerate(parts))

    return fill


def _segment(name: str, value: str) -> str:
    if value in ("", ".", ".."):  # these change the path even when they are encoded
        fields = (FieldError("path", name, "Not a usable identifier."),)
        raise InvalidRequest("invalid-request", 422, "A path parameter cannot be accepted.", fields=fields)
    return quote(value, safe="")


def relocating(url: str, service_path: str, public_path: str) -> Callable[[str], str | None]:
    """Return how a Location of the service is said in the façade's terms; None for one that leads elsewhere."""
    endpoint: Any = urlsplit(url)
    here = endpoint.path.rstrip("/") + service_path

    def relocate(location: str) -> str | None:
        target = urlsplit(location)
        own = (target.scheme, target.netloc) in (("", ""), (endpoint.scheme, endpoint.netloc))
        rest = target.path.removeprefix(here)
        if not own or rest == target.path or not (rest == "" or rest.startswith("/")):
            return None
        return public_path + rest + (f"?{target.query}" if target.query else "")

    return relocate
