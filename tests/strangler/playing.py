"""Plays the state machine of rollouts for so many transitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from adapter.store import Store
from tests.strangler.machine import Machine

STEPS = 60
"""Of one run."""


def played(store: Store, transitions: int, seed: int = 0, phases: Collection[Phase] = tuple(Phase)) -> Counter[str]:
    """Play until there were so many transitions; return what happened. Raise AssertionError where anything is wrong.

    A transition is what happens to a feature, a row or a process: a move or its refusal, a claim, a write or a copy
    that arrives or is settled, a lease that ran out, a process that looks or is replaced.
    """
    seen: Counter[str] = Counter()
    while (left := transitions - seen["transitions"]) > 0:

        def machine() -> Machine:
            return Machine(store, seen)

        hypothesis.seed(seed)(machine)
        run_state_machine_as_test(
            machine,  # type: ignore[arg-type]
            settings=settings(
                max_examples=max(10, min(200, left // STEPS // 3 + 1)),
                stateful_step_count=STEPS,
                phases=phases,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        seed += 1
    return seen
