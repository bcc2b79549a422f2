"""``adapter erase`` and the answers that workers keep in their memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.resilience import engines, forgotten
from tests.resilience.forgotten import ANSWERS


def test_no_kept_answer_is_given_once_a_subject_was_erased(tmp_path: Path) -> None:
    """A worker of gunicorn hears of it through Valkey, at its very next look."""
    try:
        given = forgotten.with_valkey(tmp_path)
    except engines.Absent as absent:
        pytest.skip(str(absent))
    assert (ANSWERS, 0) == (given.before, given.after)
    assert "are not given any more" in given.said


def test_the_command_says_where_it_cannot_reach_them(tmp_path: Path) -> None:
    """Without Valkey they live out their time, and the command names what ends them."""
    given = forgotten.alone(tmp_path)
    assert (ANSWERS, ANSWERS) == (given.before, given.after)
    assert "ADAPTER_SHARED is not set" in given.said
    assert "`adapter reload`" in given.said
