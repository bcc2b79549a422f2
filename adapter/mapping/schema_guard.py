"""The grammar of ``guard:`` of ``soap:`` and ``http:``."""

from __future__ import annotations

from adapter.mapping.keys import Raw, Section, Whole, about


class GuardSection(Section):
    """``guard:`` of ``soap:`` or ``http:``: how the endpoint is protected, for all files that name it."""

    breaker = Raw(**about("When the endpoint is not asked any more; off: it always is."))


class BreakerSection(Section):
    """``breaker:`` of ``guard:``."""

    failures = Whole(1, 1000, **about("So many failures in a row open it; 5 when left out."))
    slow = Raw(**about("Seconds; a call that takes longer counts as a failure. Left out: none does."))
    open = Raw(**about("Seconds for which it stays open, and longer each time; 1 when left out."))
    probes = Whole(1, 100, **about("So many calls at once may try then; 1 when left out."))
