"""What plain zeep drops, bends or refuses, we keep; both halves are shown on the same contract and the same bytes."""

from __future__ import annotations

import pytest

from tests.matrix.construct import Construct
from tests.zeep_gap.decoding import cases, ours, zeeps


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_we_keep_the_value(case: Construct) -> None:
    """Our reader gives the JSON that the case says."""
    (example,) = case.given("read")
    assert example["json"] == ours(case)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_zeep_does_not(case: Construct) -> None:
    """Zeep has another value there, or none, or raises."""
    assert zeeps(case) == case.case["zeep" if "zeep" in case.case else "refuses"]
