"""The grammar of ``cache:`` of an operation."""

from __future__ import annotations

from adapter.mapping.keys import Flag, Section, Whole, about

DAY = 86400


class CacheSection(Section):
    """``cache:`` of an operation that reads."""

    fresh = Whole(1, DAY, **about("Seconds for which an answer counts.", required=True))
    stale = Whole(1, DAY, **about("Seconds after that in which it is given while a newer one is fetched."))
    stale_if_error = Whole(1, 5 * DAY, **about("Seconds after 'fresh' in which it is given where the ERP is down."))
    not_found = Whole(1, DAY, **about("Seconds for which 'not found' counts; left out: not at all."))
    shared = Flag(**about("The answer is the same for every caller, and is kept once for all."))
