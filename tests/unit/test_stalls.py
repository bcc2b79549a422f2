"""Failures beside a machine that stands still are looked at twice; all others are failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stalls import Again, Stalls, waited

pytest_plugins = ["pytester"]

PRESSURE = "some avg10=0.40 avg60=0.39 avg300=2.10 total=2655520\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=77\n"

FIRST_FAILS = """
import pytest
tries = []

@pytest.fixture
def fresh():
    return []

def test_it(fresh):
    tries.append(1)
    fresh.append(1)
    assert fresh == [1]
    assert len(tries) > 1

def test_wrong():
    assert False

made = []

@pytest.fixture(scope="module")
def shared():
    made.append(1)
    assert len(made) > 1
    return made

def test_of_others(shared):
    assert shared == [1, 1]

def test_of_others_too(shared):
    assert shared == [1, 1]
"""


@pytest.mark.parametrize(("each", "outcome"), [(5.0, {"passed": 3, "failed": 1}), (0.0, {"failed": 4})])
def test_a_failure_is_run_again_where_the_machine_stood_still(
    pytester: pytest.Pytester, each: float, outcome: dict[str, int]
) -> None:
    """Once, with new fixtures; what fails again has failed. Where it stood nowhere, nothing is run again."""
    seconds = iter(range(1000))
    pytester.makepyfile(FIRST_FAILS)
    again = Again(lambda: next(seconds) * each)
    result = pytester.inline_run("-p", "no:cacheprovider", plugins=[again])
    passed, _, failed = result.listoutcomes()
    assert outcome == {name: len(found) for name, found in (("passed", passed), ("failed", failed)) if found}
    assert (3 if each else 0) == len(again.told)


def test_seconds_are_read_from_the_kernel(tmp_path: Path) -> None:
    """What something waited is counted, in seconds; a kernel without the file has none."""
    file = tmp_path / "io"
    stalls = Stalls(file)
    without = stalls.seconds()
    file.write_text(PRESSURE, "ascii")
    assert (2.65552, 0.0) == (waited(PRESSURE), waited(""))
    assert 2.65552 == pytest.approx(stalls.seconds() - without)
