"""Every wrong answer of ``tests/bad_answers``, over real sockets: a real gunicorn, and a server in the ERP's place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bad_answers.case import Case
from tests.bad_answers.large import large_list
from tests.bad_answers.run import CASES, Stage, objections, stage


@pytest.fixture(scope="module")
def on() -> Iterator[Stage]:
    """One adapter for all cases, so that none may spoil it for the next."""
    with stage() as started:
        yield started


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, on: Stage) -> None:
    """The caller gets what is written beside the case, in time, and nothing of a wrong answer; the next call works."""
    assert [] == objections(case, on)


def test_a_port_nobody_listens_on_is_not_reachable(on: Stage) -> None:
    """Without a connection nothing was sent, and the caller may repeat."""
    answer = on.adapter.call("GET", "/v1/invoices/1")

    assert (503, "/problems/backend-unreachable") == (answer.status, answer.json["type"])


def test_a_large_right_answer_arrives_whole() -> None:
    """50,000 items are within the limit, and none is lost."""
    assert [] == large_list()


def test_names_are_unique() -> None:
    """A name leads to one case."""
    assert len(CASES) == len({case.name for case in CASES})
