"""Numbers, shares and times as people read them. Everything is in UTC and in plain English."""

from __future__ import annotations

from datetime import UTC, datetime

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def count(number: float) -> str:
    """Return a count with its thousands apart."""
    return f"{round(number):,}"


def percent(share: float) -> str:
    """Return a share of 1 as percent: more digits where there is little."""
    value = 100 * share
    digits = 0 if value >= 10 or value == 0 else 1 if value >= 0.1 else 2
    return f"{value:.{digits}f}\u00a0%"


def span(seconds: float) -> str:
    """Return how long something is: in the largest unit that says enough."""
    if seconds < 1.5 * MINUTE:
        return _many(seconds, 1, "second")
    if seconds < 1.5 * HOUR:
        return _many(seconds, MINUTE, "minute")
    return _many(seconds, HOUR, "hour") if seconds < 2 * DAY else _many(seconds, DAY, "day")


def _many(seconds: float, unit: float, word: str) -> str:
    number = max(1, round(seconds / unit))
    return f"{number} {word}{'s' if number != 1 else ''}"


def moment(seconds: float) -> str:
    """Return a time to the minute."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M") if seconds else "never"


def second(seconds: float) -> str:
    """Return a time to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S") if seconds else "never"


def iso(seconds: float) -> str:
    """Return a time as machines read it (RFC 3339)."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def clock(seconds: float) -> str:
    """Return the time of a day."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M")


def milliseconds(bound: float) -> str:
    """Return a bound of a latency."""
    return f"{bound / 1000:g} s" if bound >= 1000 else f"{bound:g} ms"
