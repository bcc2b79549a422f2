"""``headers:`` of an operation and of its reply: header fields of HTTP (RFC 9110, section 5.1) and header blocks."""

from __future__ import annotations

from typing import Any

from adapter.mapping.fields import field_rules
from adapter.mapping.files import Path_
from adapter.mapping.model import FieldRule
from adapter.mapping.sections import Sections

# What HTTP, a proxy or this service itself gives a meaning to.
_TAKEN = frozenset(
    "accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control "
    "connection content-disposition content-encoding content-language content-length content-location content-range "
    "content-security-policy content-type cookie date etag expect expires forwarded from host idempotency-key if- "
    "match if-modified-since if-none-match if-range if-unmodified-since keep-alive last-modified link location max- "
    "forwards origin prefer proxy-authenticate proxy-authorization range referer retry-after rollout-side server set- "
    "cookie strict-transport-security te traceparent tracestate trailer transfer-encoding upgrade user-agent vary via "
    "warning www-authenticate x-content-type-options x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded- "
    "proto x-api-key x-request-id".split()
)
_PREFIXES = ("access-control-", "sec-", "proxy-")


def header_rules(sections: Sections, data: Any, path: Path_, answered: bool = False) -> tuple[FieldRule, ...]:
    """Return the rules of header fields. ``answered``: of the answer, so that no caller gives them."""
    seen: set[str] = set()
    rules = field_rules(sections, data, path, "header")
    for name, rule in rules.items():
        plain = name.lower()
        if plain in _TAKEN or plain.startswith(_PREFIXES):
            sections.wrong((*path, name), f"{name} has a meaning of its own in HTTP", "use a name such as X-Client")
        if plain in seen:
            sections.wrong((*path, name), f"{name}: stands here in other letters", "header fields have no case")
        seen.add(plain)
        for key, there in (("required", rule.required), ("default", rule.default is not None)):
            if answered and there:
                text = f"{name}: {key}: means nothing in an answer"
                sections.wrong((*path, name, key), text, f"remove '{key}'")
        if rule.shape != "scalar":
            sections.wrong((*path, name), f"{name} must be a single value", "remove 'one' or 'each'")
    return tuple(rules.values())
