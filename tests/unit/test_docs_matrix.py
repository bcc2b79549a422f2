"""Rows of the support matrix are taken only whole: what they name exists, and their mutation can be made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs_pages import matrix

ROW: dict[str, Any] = {
    "construct": "xsd:choice",
    "source": "XML Schema part 1, section 3.8",
    "support": "one of several properties",
    "fixture": "tests/matrix/choice",
    "test": "tests/matrix/test_constructs.py::test_both_ways[choice]",
    "broken_by": {"file": "adapter/errors.py", "old": "class Mistake", "new": "class Mistaken"},
}


def wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: object) -> str:
    """What is said of a row that stands alone; "" where it is taken."""
    monkeypatch.setattr(matrix, "FOLDER", tmp_path)
    (tmp_path / "row.yaml").write_text(yaml.safe_dump(row), "utf-8")
    try:
        matrix.rows()
    except ValueError as error:
        return str(error)
    return ""


def test_a_whole_row_is_taken(row_file: matrix.Row) -> None:
    """Its texts are kept, and its mutation."""
    assert "xsd:choice" == row_file.construct
    assert matrix.Mutation(**ROW["broken_by"]) == row_file.broken_by


@pytest.fixture
def row_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> matrix.Row:
    """The row of ROW, read."""
    assert "" == wrong(tmp_path, monkeypatch, ROW)
    return matrix.rows()[0]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"support": " "}, "support is empty"),
        ({"fixture": "tests/matrix/none"}, "there is no fixture tests/matrix/none"),
        ({"fixture": "adapter"}, "there is no fixture adapter"),
        ({"test": "tests/matrix/none.py::test_it"}, "there is no test"),
        ({"test": "tests/matrix/test_constructs.py::test_none"}, "there is no test test_none in"),
        ({"more": "1"}, "has not just the keys"),
        ({"broken_by": {"file": "adapter/errors.py", "old": "class Mistake"}}, "broken_by has not just the keys"),
        ({"broken_by": {"file": "tests/cases.py", "old": "ROOT", "new": ""}}, "there is no module tests/cases.py"),
        ({"broken_by": {"file": "adapter/errors.py", "old": "nowhere", "new": ""}}, "old stands 0 times in"),
        ({"broken_by": {"file": "adapter/errors.py", "old": "class ", "new": ""}}, "times in adapter/"),
        ({"broken_by": {"file": "adapter/errors.py", "old": "class Mistake", "new": "class ("}}, "new is no Python"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], why: str
) -> None:
    """What is missing, unknown or cannot be broken is said, with the file."""
    said = wrong(tmp_path, monkeypatch, {**ROW, **change})
    assert why in said
    assert "row.yaml: " in said
