"""What marshmallow says is wrong, as JSON Pointers (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def pointers(messages: Any, before: str) -> Iterator[tuple[str, str]]:
    """Flatten marshmallow's nested messages to pointers and texts."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            part = str(key).replace("~", "~0").replace("/", "~1")
            yield from pointers(inner, before if key == "_schema" else f"{before}/{part}")
    elif isinstance(messages, list):
        for inner in messages:
            yield from pointers(inner, before)
    else:
        yield before, str(messages)
