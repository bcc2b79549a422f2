"""docs/howto/habits.rst shows only lines that stand in mappings which are tested with real calls."""

from __future__ import annotations

import pytest

from tests.cases import ROOT
from tests.docs_pages.pages import blocks

PAGE = "docs/howto/habits.rst"
MAPPINGS = {
    "netsuite": ["tests/netsuite/mappings"],
    "nav": ["tests/dynamics/mappings"],
    "sap": ["mappings", "tests/shapes"],
}


def _lines(group: str) -> set[str]:
    files = [file for folder in MAPPINGS[group] for file in (ROOT / folder).rglob("*.yaml")]
    return {line.strip() for file in files for line in file.read_text("utf-8").splitlines()}


@pytest.mark.parametrize("block", blocks(PAGE), ids=lambda block: block.name)
def test_lines_stand_in_a_mapping(block: object) -> None:
    """Each line of an example is, indentation apart, a line of a mapping."""
    text, name = str(getattr(block, "text", "")), str(getattr(block, "name", ""))
    known = _lines(name.partition("-")[0])
    assert [] == [line for line in text.splitlines() if line.strip() and line.strip() not in known]


def test_the_page_has_examples() -> None:
    """An empty page would prove nothing."""
    assert len(blocks(PAGE)) >= len(MAPPINGS)
