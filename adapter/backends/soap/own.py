"""What each call has of its own beside its body: zeep's settings, and header fields of HTTP."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import zeep

from adapter.backends.soap.answer import MEDIA_TYPES
from adapter.messages import Request
from adapter.telemetry.spans import traceparent

_SETTINGS = tuple(name for name in zeep.Settings.__slots__ if not name.startswith("_"))


def call_settings(operation: Any, version: str) -> Any:
    """Return zeep's settings for the calls of an operation of zeep's, which no call changes."""
    # zeep would write action="None" for a SOAP 1.2 operation without one.
    action = operation.soapaction if version == "1.2" else ""
    parameter = f'; action="{action}"' if action else ""
    kind = f"{MEDIA_TYPES[version]}; charset=utf-8{parameter}"
    settings = zeep.Settings(raw_response=True, extra_http_headers={"Content-Type": kind})
    # zeep's own object looks for another value of each thread's first. Nobody sets one here.
    return SimpleNamespace(**{name: getattr(settings, name) for name in _SETTINGS})


def own_headers(request: Request) -> dict[str, str]:
    """Return the header fields of HTTP that a call of ours has for its request."""
    own = {"Accept": "text/xml, application/soap+xml", "X-Request-Id": request.id}
    if request.traceparent:
        own["traceparent"] = traceparent(request)
    return own
