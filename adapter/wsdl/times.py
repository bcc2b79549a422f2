"""Dates, times and durations as text, near the bounds that a simple type has (XML Schema part 2, section 3.2)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from adapter.wsdl.types import Facets

_FIRST_DAY, _DAYS = date(2020, 1, 1), 3650
_DURATIONS = ("P1D", "P2M", "P1Y", "PT30M", "P3DT4H", "PT15S")


def around(builtin: str, facets: Facets, source: random.Random) -> Iterator[str]:
    """Yield texts of a date or time type: common ones where nothing bounds them, else the bounds and days near them."""
    bounds = (facets.min_inclusive, facets.max_inclusive, facets.min_exclusive, facets.max_exclusive)
    given = [bound for bound in bounds if bound is not None]
    for _ in range(20 if given else 60):
        yield common(builtin, source)
    yield from (bound for bound in (facets.min_inclusive, facets.max_inclusive) if bound is not None)
    for bound in given:
        yield from _near(bound)


def common(builtin: str, source: random.Random) -> str:
    """Return a text of a date or time type that is valid wherever nothing else is asked."""
    day = _FIRST_DAY + timedelta(days=source.randrange(_DAYS))
    clock = f"{source.randrange(24):02}:{source.choice((0, 15, 30, 45)):02}:{source.choice((0, 0, 7)):02}"
    texts = {
        "date": f"{day}",
        "dateTime": f"{day}T{clock}{source.choice(('', 'Z'))}",
        "time": clock,
        "gYear": f"{day.year}",
        "gYearMonth": f"{day:%Y-%m}",
        "gMonth": f"--{day:%m}",
        "gMonthDay": f"--{day:%m-%d}",
        "gDay": f"---{day:%d}",
        "duration": source.choice(_DURATIONS),
    }
    return texts[builtin]


def _near(bound: str) -> Iterator[str]:
    """Yield texts some days, or years, to either side of a bound, the rest of it unchanged."""
    try:
        day = date.fromisoformat(bound[:10])
        for days in (1, -1, 30, -30):
            yield f"{day + timedelta(days=days)}{bound[10:]}"
    except (ValueError, OverflowError):
        if bound[:4].isdigit():
            for years in (1, -1):
                yield f"{int(bound[:4]) + years:04}{bound[4:]}"
