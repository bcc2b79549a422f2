"""How often something may be: ``60/minute``."""

from __future__ import annotations

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def rate(text: str) -> tuple[int, int]:
    """Return how many, and in how many seconds, of a text that is a rate such as 60/minute."""
    many, _, unit = text.partition("/")
    return int(many), _SECONDS[unit]
