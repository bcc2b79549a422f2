"""Where the examples of a proof come from: hypothesis, the same ones in each run."""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st


def examples(count: int, then: Callable[[random.Random], None]) -> None:
    """Call ``then`` with ``count`` sources of random values, which are the same ones each time.

    A value of a large contract has more choices than hypothesis keeps for one example, so it gives the seed of each.
    They are not shrunk: a report names properties, for which any value serves.
    """

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**63 - 1))
    def each(seed: int) -> None:
        then(random.Random(seed))

    each()
