"""The support matrix: one row for each construct of XSD and WSDL, from ``docs/matrix/``, and the page made of them.

A row is refused unless its fixture and its test exist and its mutation can be made: a line of the page is proved by
``wsdl.matrix`` (``make evidence``), which runs the test, then breaks the construct and runs the test again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.docs_pages.rst import GENERATED, code, heading, paragraph, table
from tests.evidence.house import ROOT

FOLDER = ROOT / "docs" / "matrix"
_KEYS = {"construct", "source", "support", "fixture", "test", "broken_by"}
_CHANGE = {"file", "old", "new"}
_TEST = re.compile(r"(?P<file>tests/[\w./-]+\.py)::(?:\w+::)*(?P<name>test_\w+)(\[[^\]]+\])?")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change that breaks a construct: the one place of ``old`` in ``file`` becomes ``new``."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Row:
    """One construct: its name and where it is specified, what it is in JSON, and what proves it."""

    name: str
    construct: str
    source: str
    support: str
    fixture: str
    test: str
    broken_by: Mutation


def rows() -> list[Row]:
    """Return all rows by the name of their file. Raises ValueError that says of each file what is not whole in it."""
    found = {path: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}
    wrong = [f"{path.parent.name}/{path.name}: {why}" for path, row in found.items() for why in _wrong(row)]
    if wrong:
        raise ValueError("\n".join(wrong))
    return [_row(path.stem, row) for path, row in found.items()]


def page() -> str:
    """The page as reStructuredText."""
    cells = [(row.construct, row.support, row.source, code(row.fixture)) for row in rows()]
    head = ("Construct", "In JSON", "Specified in", "Fixture")
    return GENERATED + heading("Support matrix") + paragraph(_INTRODUCTION) + table(head, (20, 42, 16, 22), cells)


_INTRODUCTION = """What contracts can say, and what becomes of it. Each row has a contract of its own and a test that
carries values both ways; ``wsdl.matrix`` (``make evidence``) breaks the construct on purpose, and the test fails. Rows
stand in ``docs/matrix``."""


def _row(name: str, found: dict[str, Any]) -> Row:
    """Return the row that a file holds."""
    texts = {key: " ".join(str(found[key]).split()) for key in _KEYS - {"broken_by"}}
    return Row(name, **texts, broken_by=Mutation(**found["broken_by"]))


def _wrong(found: Any) -> Iterator[str]:
    """Yield what is wrong with the content of a row."""
    if not isinstance(found, dict) or found.keys() != _KEYS:
        yield f"has not just the keys {', '.join(sorted(_KEYS))}"
        return
    change = found["broken_by"]
    if not isinstance(change, dict) or change.keys() != _CHANGE:
        yield f"broken_by has not just the keys {', '.join(sorted(_CHANGE))}"
        return
    yield from (f"{key} is empty" for key in sorted(_KEYS) if not str(found[key]).strip())
    if not str(found["fixture"]).startswith("tests/") or not (ROOT / found["fixture"]).exists():
        yield f"there is no fixture {found['fixture']}"
    test = _TEST.fullmatch(str(found["test"]))
    if test is None or not (ROOT / test["file"]).is_file():
        yield f"there is no test {found['test']}"
    elif f"def {test['name']}(" not in (ROOT / test["file"]).read_text("utf-8"):
        yield f"there is no test {test['name']} in {test['file']}"
    yield from _wrong_change(change)


def _wrong_change(change: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a mutation."""
    file = ROOT / str(change["file"])
    if not str(change["file"]).startswith("adapter/") or file.suffix != ".py" or not file.is_file():
        yield f"broken_by: there is no module {change['file']}"
        return
    text = file.read_text("utf-8")
    if not isinstance(change["old"], str) or text.count(change["old"]) != 1:
        yield f"broken_by: old stands {text.count(str(change['old']))} times in {change['file']}, not once"
        return
    try:
        compile(text.replace(change["old"], str(change["new"])), change["file"], "exec")
    except SyntaxError:
        yield "broken_by: new is no Python there"
