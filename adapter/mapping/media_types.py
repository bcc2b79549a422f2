"""Media types (RFC 9110, section 8.3.1) of documents: which we serve as they are, and which could act in a browser."""

from __future__ import annotations

import re

UNKNOWN = "application/octet-stream"
PLAIN = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
# Words that part a subtype such as "vnd.example+xml": what a browser may render as a page, or run.
_ACTIVE = re.compile(
    r"(html|xhtml|svg|mathml|xsl|xslt|xbl|xul|hta|mhtml|rfc822|vbscript|livescript|flash)"
    r"|xml.*|(java|j|ecma)script.*"
)
_ACTIVE_KINDS = ("multipart", "message", "model")


def essence(text: str) -> str:
    """Return type and subtype of a Content-Type field, in small letters, without parameters."""
    return text.partition(";")[0].strip(" \t").lower()


def served(text: str) -> str:
    """Return the media type that a document is served with: its own, or one that no browser does anything with."""
    kind = text.strip(" \t\r\n").lower()
    return kind if PLAIN.fullmatch(kind) and not _active(kind) else UNKNOWN


def _active(kind: str) -> bool:
    top, _, below = kind.partition("/")
    return top in _ACTIVE_KINDS or any(_ACTIVE.fullmatch(word) for word in re.split(r"[.+_-]", below))
