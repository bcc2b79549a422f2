"""Adding to a file that people have edited: nothing of theirs is changed, wherever it goes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.mapping import files
from adapter.mapping.proposal.insert import Addition, Unsafe, added

NOTES = {("types", "A", "fields", "b"): "confidence 0.5: a guess"}


def add(text: str, *path: str, key: str | None = "b", value: Any = "B") -> str:
    """The text with one more entry."""
    return added(text, Addition(path, key, value, NOTES))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fields:\n  a: A\n", "fields:\n  a: A\n  b: B\n"),
        (
            "fields:\n    a: A  # mine\n    # kept\n\nx: 1\n",
            "fields:\n    a: A  # mine\n    # kept\n    b: B\n\nx: 1\n",
        ),
        ("fields: {a: A}\n", "fields: {a: A, b: B}\n"),
        ("fields: {}  # none yet\nx: 1", "fields: {b: B}  # none yet\nx: 1"),
        ("fields: {\n  a: A,\n}\n", "fields: {\n  a: A, b: B\n}\n"),
        ("fields:\n  a: |\n    text\n\n    more\nx: 1\n", "fields:\n  a: |\n    text\n\n    more\n  b: B\nx: 1\n"),
        ("fields:\n  a: A", "fields:\n  a: A\n  b: B\n"),
        ("fields:\n  a:\nx: 1\n", "fields:\n  a:\n  b: B\nx: 1\n"),
        ("fields:\n  a: {soap: A,\n      json: number}\n", "fields:\n  a: {soap: A,\n      json: number}\n  b: B\n"),
        ("# top\nfields:\n  a: A\n# of x\nx: 1\n", "# top\nfields:\n  a: A\n  b: B\n# of x\nx: 1\n"),
    ],
)
def test_an_entry_comes_behind_the_last_one(before: str, after: str) -> None:
    """Comments stay with what they are about; the indent is that of the section, whatever it is."""
    assert after == add(before, "fields")


def test_lists_take_items() -> None:
    """A line of a fault table is an item."""
    line = {"detail": "Locked", "status": 409, "problem": "locked"}
    text = "faults:\n  - {code: X, status: 404, problem: x}\n"
    assert f"{text}  - {{detail: Locked, status: 409, problem: locked}}\n" == add(text, "faults", key=None, value=line)


def test_comments_come_along() -> None:
    """Each guess has its comment, in a section in block."""
    text = "types:\n  A:\n    fields:\n      a: A\n"
    expected = f"{text}      # confidence 0.5: a guess\n      b: B\n"
    assert expected == add(text, "types", "A", "fields")


@pytest.mark.parametrize("text", ["x: 1\n", "fields: text\n", "fields:\nx: 1\n", "fields: {a: A # mine\n  }\n"])
def test_what_cannot_be_added_to_is_refused(text: str) -> None:
    """No section, a text in its place, nothing at all, a comment before the brace: nothing is guessed."""
    with pytest.raises(Unsafe):
        add(text, "fields")


NAMES = st.text("abcxyz", min_size=1, max_size=3)
SPACE = st.sampled_from(["", "\n", "  # a comment\n", "    # deeper\n", "\n\n", "# far left\n"])
VALUES = st.sampled_from(
    ["A", "{soap: A, json: number}", '"quoted # text"', "|\n        text\n        more", "", "[a, b]"]
)


@given(st.dictionaries(NAMES, st.tuples(SPACE, VALUES), min_size=1, max_size=5), SPACE, st.integers(1, 6))
def test_nothing_is_ever_lost(entries: dict[str, tuple[str, str]], end: str, indent: int) -> None:
    """Whatever stands in a section, with whatever comments and blank lines: every line is still there, in order."""
    lines = "".join(f"{space}{' ' * indent}{name}: {value}\n" for name, (space, value) in entries.items())
    text = f"version: 1\nfields:\n{lines}{end}types: {{}}\n"
    if files.parse(text, "")[1] or files.parse(text, "")[0] is None:
        return
    done = added(text, Addition(("fields",), "new", "New", {}))
    rest = iter(done.splitlines())
    assert all(line in rest for line in text.splitlines())
    document, _ = files.parse(done, "")
    assert document is not None
    assert [*entries, "new"] == list(document.data["fields"])
