"""Sides that differ while a write is on its way from one to the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapter.errors import StoreUnavailable
from adapter.messages import Placed
from adapter.rollout.rules import Stage
from adapter.rollout.stages import Standing
from tests.unit.test_moving_beside import PLACED, Desk, answer, asks, says


def unasked(placed: Placed, seconds: float) -> bool:
    """Say that nobody may ask what is on its way."""
    raise AssertionError(placed)


def no_store(placed: Placed, seconds: float) -> bool:
    """Say that the store cannot say it."""
    raise StoreUnavailable("store-unavailable", 503)


@pytest.mark.parametrize(
    ("stage", "theirs", "arriving", "outcome"),
    [
        ("dualwrite", "{}", lambda placed, seconds: placed == PLACED and seconds >= 5, "arriving"),
        ("dualwrite", "{}", lambda placed, seconds: False, "differs"),
        ("dualwrite", "{}", no_store, "dropped"),
        ("dualwrite", '{"name": "A"}', unasked, "same"),
        ("shadow", "{}", unasked, "differs"),
    ],
)
def test_what_differs_while_a_write_is_on_its_way_says_nothing(
    stage: Stage, theirs: str, arriving: Callable[[Placed, float], bool], outcome: str
) -> None:
    """Only where sides differ is the store asked, and only where writes are on their way at all."""
    desk = Desk({"http": says(answer(theirs))}, standing=Standing("customers", 3, stage, run=2), arriving=arriving)
    desk.tell(asks(), "soap", answer('{"name": "A"}'))
    desk.wait(desk.outcomes)
    assert ([outcome], []) == (desk.outcomes, desk.bugs)
    assert (outcome != "arriving") == bool(desk.notes)
    assert (outcome == "differs") == bool(desk.examples)
