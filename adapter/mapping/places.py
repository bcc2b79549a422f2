"""One element that a record declares at several places: which of them a value takes.

Either they are in branches of one choice, so that at most one of them is in a message; or they stand one after the
other, and their values are one array. How many of an array stand at each place must follow from its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from adapter.mapping.paths import Child


def alternatives(places: Sequence[Child]) -> bool:
    """Tell whether at most one of the places can be in a message."""
    return all(one.apart(other) for one, other in combinations(places, 2))


def undecided(places: Sequence[Child]) -> bool:
    """Tell whether values alone do not say at which of the places they stand."""
    if len(places) < 2:
        return False
    if alternatives(places):
        return any(each.repeated for each in places)
    apart = any(one.apart(other) for one, other in combinations(places, 2))
    unsure = any(each.repeated or not each.sure for each in places)
    return apart or unsure or sum(each.least != each.most for each in places) > 1


def share(places: Sequence[Child], index: int, count: int) -> slice:
    """Return which of ``count`` items stand at the place ``index``: the rest where their number is not fixed."""
    fixed = [each.least if each.least == each.most else None for each in places]
    rest = max(count - sum(each for each in fixed if each is not None), 0)
    counts = [rest if each is None else each for each in fixed]
    start = sum(counts[:index])
    return slice(start, start + counts[index])
