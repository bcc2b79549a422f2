"""Every wrong request of ``tests/bad_requests``, over a real socket to a real gunicorn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bad_requests.case import Case
from tests.bad_requests.run import CASES, adapter, objections
from tests.stack import Stack


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    """One adapter for all cases, so that none may spoil it for the next."""
    with adapter() as started:
        yield started


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, running: Stack) -> None:
    """The answer is the one written beside the case, shows nothing of the inside, and the next right request works."""
    assert [] == objections(case, running)


def test_names_are_unique() -> None:
    """A name leads to one case."""
    assert len(CASES) == len({case.name for case in CASES})
