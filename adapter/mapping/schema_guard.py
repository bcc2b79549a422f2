"""The grammar of ``guard:`` of ``soap:`` and ``http:``."""

from __future__ import annotations

import re

from adapter.mapping.keys import Flag, Raw, Section, Text, Whole, about

_RATE = re.compile(r"[1-9][0-9]{0,8}/(second|minute|hour)")


class GuardSection(Section):
    """``guard:`` of ``soap:`` or ``http:``: how the endpoint is protected, for all files that name it."""

    breaker = Raw(**about("When the endpoint is not asked any more; off: it always is."))

    concurrency = Whole(1, 100_000, **about("Calls at once, over all workers; more wait for their turn."))
    adaptive = Flag(**about("Find how many calls at once the endpoint takes well; concurrency bounds it then."))
    rate = Text(_RATE, "a rate such as 50/second", **about("Most calls, such as 50/second; second, minute or hour."))
    closed = Raw(**about("When the system behind is closed: a list such as [22:00-04:00, sat, sun 00:00-12:00]."))
    zone = Text(**about("The time zone of 'closed', such as Europe/Berlin."))


class BreakerSection(Section):
    """``breaker:`` of ``guard:``."""

    failures = Whole(1, 1000, **about("So many failures in a row open it; 5 when left out."))
    slow = Raw(**about("Seconds; a call that takes longer counts as a failure. Left out: none does."))
    open = Raw(**about("Seconds for which it stays open, and longer each time; 1 when left out."))
    probes = Whole(1, 100, **about("So many calls at once may try then; 1 when left out."))
