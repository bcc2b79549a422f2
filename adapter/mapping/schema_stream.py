"""The grammar of ``stream:`` of a reply."""

from __future__ import annotations

from adapter.mapping.keys import Section, Whole, about


class StreamSection(Section):
    """``stream:`` of ``reply:``; ``true`` alone takes all as it is."""

    max_bytes = Whole(1, 10**12, **about("Most bytes of XML that one reply may have; left out: any number."))
    idle = Whole(1, 3600, **about("Seconds that the ERP may be silent between two pieces; 30 when left out."))
