"""Answers of reads that are given again: what is kept, for how long it counts, and what makes it old.

Rule 1: what one caller got no other caller gets, unless the mapping says that it is the same for all.
Rule 2: of all who ask for the same at once, one asks the ERP.
Rule 3: an answer that was asked for before a write had ended is not kept after it.
Rule 4: all of it may be lost at any time, and costs no request then.
"""

from __future__ import annotations

from adapter.cache.entry import Entry, Life, Standing, standing
from adapter.cache.keys import Way, touched_tags, way
from adapter.cache.opened import open_cache
from adapter.cache.whole import Cache

__all__ = ["Cache", "Entry", "Life", "Standing", "Way", "open_cache", "standing", "touched_tags", "way"]
