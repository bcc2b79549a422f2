"""The table of what each step of a small request costs can always be made; what it says is for ``make bench``."""

from __future__ import annotations

from tests.bench.steps import BUDGETS, Step, measured


def test_every_step_is_measured() -> None:
    """Each has a budget, and each takes some time: none is passed by."""
    unit, steps = measured(requests=3, rounds=1)

    assert unit > 0
    assert list(BUDGETS) == [step.name for step in steps]
    assert all(step.microseconds > 0 for step in steps)


def test_a_step_over_its_budget_is_seen() -> None:
    """At the budget is within it."""
    name, budget = next(iter(BUDGETS.items()))

    assert [False, True] == [Step(name, 1.0, share).over for share in (budget, budget + 0.01)]
