"""Times of the week at which a system is closed: how they are written, and when it opens again.

Times are those of a clock on a wall there. Where clocks are set back, what is closed at that time is closed both times;
a time that is left out stands for the moment at which clocks are set.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60
_WRITTEN = re.compile(
    r"(?:(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?)?(?: ?(?P<start>[0-9]{2}:[0-9]{2})-(?P<end>[0-9]{2}:[0-9]{2}))?"
)


@dataclass(frozen=True, slots=True)
class Window:
    """A time on some days of the week (Monday: 0), in minutes of the day. ``end`` may be beyond midnight."""

    days: tuple[int, ...]
    start: int
    end: int


def window(text: str) -> Window:
    """Read ``22:00-04:00``, ``sat``, ``mon-fri`` or ``sun 00:00-12:00``. Raise ValueError where it is none of these."""
    found = _WRITTEN.fullmatch(text)
    if not text or found is None or (found["first"] and found["start"] and " " not in text):
        raise ValueError(f"'{text}' is no time of the week")
    start, end = (_minutes(found[name]) if found["start"] else none for name, none in (("start", 0), ("end", _DAY)))
    if start in (_DAY, end):
        raise ValueError(f"'{text}' has no beginning, or no length")
    return Window(_days(found["first"], found["last"]), start, end if end > start else end + _DAY)


def _minutes(text: str) -> int:
    hours, minutes = map(int, text.split(":"))
    if minutes > 59 or hours * 60 + minutes > _DAY:
        raise ValueError(f"'{text}' is no time of the day")
    return hours * 60 + minutes


def _days(first: str | None, last: str | None) -> tuple[int, ...]:
    if first is None:
        return tuple(range(7))
    for name in (first, last or first):
        if name not in DAYS:
            raise ValueError(f"'{name}' is no day: {', '.join(DAYS)}")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return tuple((begin + step) % 7 for step in range((end - begin) % 7 + 1))


def always(windows: tuple[Window, ...]) -> bool:
    """Whether some windows together leave no minute of the week."""
    week = 7 * _DAY
    closed = bytearray(week)
    for each in windows:
        for day in each.days:
            for minute in range(each.start, each.end):
                closed[(day * _DAY + minute) % week] = 1
    return all(closed)


def opens(windows: tuple[Window, ...], zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when it opens that is closed ``now``, in UTC; None where it is open."""
    moment, until = now.astimezone(UTC), None
    while (end := _end(windows, zone, moment)) is not None:
        moment = until = end
    return until


def _end(windows: tuple[Window, ...], zone: ZoneInfo, moment: datetime) -> datetime | None:
    """Return the latest end of the windows that hold a moment."""
    today = moment.astimezone(zone).date()
    ends = [
        end
        for each in windows
        for day in (today - timedelta(1), today)
        if day.weekday() in each.days
        for start, end in (_instants(each, day, zone),)
        if start <= moment < end
    ]
    return max(ends, default=None)


def _instants(each: Window, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start, end = (_instant(day, minutes, zone, fold) for minutes, fold in ((each.start, 0), (each.end, 1)))
    return start, end


def _instant(day: date, minutes: int, zone: ZoneInfo, fold: int) -> datetime:
    wall = datetime(day.year, day.month, day.day, tzinfo=zone, fold=fold) + timedelta(minutes=minutes)
    return wall.replace(fold=fold).astimezone(UTC)
