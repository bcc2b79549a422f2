"""Times in a signed answer: its Timestamp, and the memory that finds an answer that was played twice.

An answer is fresh when it was created after its request was sent, not in the future and less than five minutes ago, and
when it has not expired. Clocks may differ by a minute. So an answer has to be remembered for six minutes.
"""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta
from typing import Any

from lxml import etree

from adapter.wsse.names import WSU
from adapter.wsse.refused import unverified

LIFE = timedelta(minutes=5)
SKEW = timedelta(seconds=60)
MOST_ANSWERS = 250_000
"""Answers that are remembered: 690 each second on one port of one process. Above that none is accepted."""
_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def timestamp(now: datetime) -> Any:
    """Return a wsu:Timestamp of five minutes (SOAP Message Security 1.1, section 10)."""
    element = etree.Element(f"{{{WSU}}}Timestamp", nsmap={"wsu": WSU})
    for name, moment in (("Created", now), ("Expires", now + LIFE)):
        etree.SubElement(element, f"{{{WSU}}}{name}").text = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return element


def check_fresh(element: Any, sent: datetime, now: datetime) -> None:
    """Refuse the Timestamp of an answer that does not belong to now, or to the request of ``sent``."""
    created, expires = _moment(element, "Created"), _moment(element, "Expires")
    if created > now + SKEW:
        raise unverified("the timestamp is in the future")
    if created < sent - SKEW:
        raise unverified("the timestamp is older than the request")
    if now >= min(expires, created + LIFE):
        raise unverified("the timestamp has expired")


class Replays:
    """Remembers the values of signatures, each for as long as its timestamp may count."""

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        self._most = most
        self._seen: dict[bytes, datetime] = {}
        self._turn = threading.Lock()

    def check(self, value: bytes, now: datetime) -> None:
        """Refuse a signature that was seen before."""
        with self._turn:
            # All are kept equally long, so the oldest, which stand first, end first.
            while self._seen and (oldest := next(iter(self._seen.items())))[1] <= now:
                del self._seen[oldest[0]]
            if value in self._seen:
                raise unverified("the answer was received before")
            if len(self._seen) >= self._most:
                raise unverified("too many answers to remember")
            self._seen[value] = now + LIFE + SKEW


def _moment(element: Any, name: str) -> datetime:
    found = element.findall(f"{{{WSU}}}{name}")
    if len(found) != 1:
        raise unverified(f"a timestamp with {len(found)} {name}")
    text = (found[0].text or "").strip()
    try:
        if _FORM.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise unverified(f"a timestamp whose {name} is no time in UTC")
