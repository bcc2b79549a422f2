"""Header fields of answers that are kept: Age, Cache-Status (RFC 9211), and what If-None-Match asks (RFC 9110)."""

from __future__ import annotations

import math
import re

from adapter.cache.entry import Entry

NAME = "adapter"
"""What this cache calls itself."""
_TAGS = re.compile(r'(?:W/)?("[^"]*")')


def hit(entry: Entry, age: float, detail: str = "") -> dict[str, str]:
    """Return the fields of an answer that was kept; ``ttl`` is below 0 for one that is no longer fresh."""
    left, more = math.floor(entry.life.fresh - age), f"; detail={detail}" if detail else ""
    return {"Age": str(int(age)), "Cache-Status": f"{NAME}; hit; ttl={left}{more}"}


def asked(why: str, *, stored: bool, collapsed: bool = False) -> dict[str, str]:
    """Return the fields of an answer that was asked for: ``why`` is ``miss`` or ``stale``."""
    text = f"{NAME}; fwd={why}{'; stored' if stored else ''}{'; collapsed' if collapsed else ''}"
    return {"Cache-Status": text}


def matches(sent: str, etag: str) -> bool:
    """Whether If-None-Match names an entity tag, by the weak comparison (RFC 9110, sections 8.8.3.2 and 13.1.2)."""
    if not etag:
        return False
    plain = etag.removeprefix("W/")
    return sent == etag or sent.strip() == "*" or plain in _TAGS.findall(sent)
