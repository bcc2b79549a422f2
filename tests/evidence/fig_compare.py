"""fig.compare: how long the comparison of two documents of 300 leaves takes, the best of many.

They are the same by every kind of rule and never by being equal: other orders, other words, a cent, a second. Then with
ten values that do differ, each of which has to be found; then by no rule, where they are all but equal.
"""

from __future__ import annotations

import json
import timeit
from typing import Any

from adapter.rollout.compare import Comparer
from adapter.rollout.rules import CompareRule
from tests.evidence import Result
from tests.strangler.documents import RULE, candidate, leaves, legacy

LEAVES, MOST, WRONG = 300, 0.5, 10


def measure() -> Result:
    """Compare."""
    one = legacy(LEAVES)
    same, wrong = candidate(one), candidate(one)
    for order in wrong["orders"][:WRONG]:
        order["text"] += "!"
    copy = json.loads(json.dumps(one))
    comparer, plain = Comparer(RULE), Comparer(CompareRule())
    right = (
        len(list(leaves(one))) == LEAVES
        and not comparer.differences(one, same)
        and [each.kind for each in comparer.differences(one, wrong)] == ["value"] * WRONG
        and not plain.differences(one, copy)
    )
    taken = [_best(comparer, one, same), _best(comparer, one, wrong), _best(plain, one, copy)]
    value = f"by every rule {taken[0]:.2f} ms, with {WRONG} differences {taken[1]:.2f} ms, by no rule {taken[2]:.2f} ms"
    return Result(value if right else f"{value}; WRONG differences", right and max(taken) <= MOST)


def _best(comparer: Comparer, one: Any, other: Any) -> float:
    """Return the milliseconds of the fastest of many comparisons."""
    return min(timeit.repeat(lambda: comparer.differences(one, other), number=5, repeat=200)) / 5 * 1000
