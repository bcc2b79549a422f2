"""What a shown message must not hold: secrets by their text, in every form in which JSON, XML and HTTP write it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

HIDDEN = "(hidden)"
SHORTEST_ECHO = 4
"""A shorter text says nothing where it is found, and hiding it would spoil what is shown."""


def forms(secrets: Iterable[str]) -> list[str]:
    """Return the forms in which secrets may be found, the longest first."""
    long = [secret for secret in secrets if len(secret) >= SHORTEST_ECHO]
    return sorted({form for secret in long for form in _forms(secret)}, key=len, reverse=True)


def hidden(data: bytes, secrets: Iterable[str]) -> bytes:
    """Return a message without the secrets."""
    for form in forms(secrets):
        data = data.replace(form.encode("utf-8"), HIDDEN.encode("ascii"))
    return data


def _forms(value: str) -> Iterator[str]:
    """Yield a value as it stands in plain text, in JSON, and in the text and attributes of XML."""
    yield from (value, json.dumps(value, ensure_ascii=False)[1:-1], escape(value), escape(value, {'"': "&quot;"}))
