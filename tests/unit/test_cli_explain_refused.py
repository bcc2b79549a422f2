"""``explain`` on a reply that says no without a fault: which line said so, and which line of the table matched."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.__main__ import main
from tests.cases import SHAPES, shape_project
from tests.replay import replaying

SHAPE = SHAPES / "refused-flag"


def explained(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What ``explain`` prints about a case of the shape."""
    with replaying() as replay:
        replay.reply = (SHAPE / case / "soap-reply.xml").read_bytes()
        project = shape_project(SHAPE, tmp_path / "project", replay.url)
        assert 1 == main(["explain", "GET", "/v1/orders/A-1", "--project", str(project)])
    return capsys.readouterr().out


def test_refusal_that_a_line_matches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rule that found the refusal, its code, and the line of the fault table are named."""
    told = explained("declared", tmp_path, capsys)
    lines = (SHAPE / "mapping.yaml").read_text("utf-8").splitlines()
    refused, fault = (next(n for n, text in enumerate(lines, 1) if key in text) for key in ("refused:", "RCRD_"))
    sign = f"mappings/mapping.yaml:{refused}: refused"
    assert f"The ERP answered with a refusal ({sign}); its code is RCRD_DSNT_EXIST." in told
    assert f"mappings/mapping.yaml:{fault}: {{code: RCRD_DSNT_EXIST}} matches first -> 404 order-not-found." in told


def test_refusal_that_no_line_matches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line that would declare it is printed."""
    told = explained("not-declared", tmp_path, capsys)
    assert "its code is UNEXPECTED_ERROR." in told
    assert "To declare it: {code: UNEXPECTED_ERROR, status" in told
