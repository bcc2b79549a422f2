"""Mapping files as YAML without surprises: words stay words, everything has its place, tricks are refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.errors import Mistake
from adapter.mapping.files import MAX_BYTES, Document, read


def load(tmp_path: Path, data: str | bytes) -> tuple[Document | None, list[Mistake]]:
    """Read one file with this content."""
    path = tmp_path / "x.yaml"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(path, "mappings/x.yaml")


def value(tmp_path: Path, data: str) -> Any:
    """The value of a file in which nothing is wrong."""
    document, mistakes = load(tmp_path, data)
    assert [] == mistakes
    assert document is not None
    return document.data


def only(tmp_path: Path, data: str | bytes) -> Mistake:
    """The one mistake of a file."""
    _, mistakes = load(tmp_path, data)
    (mistake,) = mistakes
    return mistake


@pytest.mark.parametrize(
    "word", ["NO", "no", "on", "Off", "y", "Yes", "010", "0x1F", "0b1", "0o7", "12:30", "1_0", "1e3", ".5", "+1", "5.",
             "True", "NULL", "Null", "2024-01-31", "=", "<<", ".inf", ".nan", "1.2.3", "00000000", "-", "1" * 16]
)  # fmt: skip
def test_words_stay_words(tmp_path: Path, word: str) -> None:
    """What YAML 1.1 takes for truth values, octals, minutes, dates or numbers is text, as a key and as a value."""
    if word == "-":
        assert {"-": "x"} == value(tmp_path, "-: x")
        return
    assert {word: word} == value(tmp_path, f"{word}: {word}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("true", True), ("false", False), ("null", None), ("~", None), ("", None), ("0", 0), ("-7", -7), ("200", 200),
     ("1.50", Decimal("1.50")), ("-0.1", Decimal("-0.1")), ('"200"', "200"), ("'true'", "true"),
     ("|\n  a\n  b", "a\nb"), ("[a, 1, true]", ["a", 1, True]), ("{a: {b: 1}}", {"a": {"b": 1}})],
)  # fmt: skip
def test_plain_values(tmp_path: Path, text: str, expected: Any) -> None:
    """Truth values, null and plain numbers are what they look like; a decimal is exact; quotes make text."""
    found = value(tmp_path, f"k: {text}\n")["k"]
    assert expected == (found.rstrip("\n") if isinstance(found, str) else found)
    assert type(expected) is type(found)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30))
def test_quoted_text_is_kept(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Any text in quotes comes through as it is."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\u2028", "\\L").replace("\u2029", "\\P")
    escaped = escaped.replace("\ufeff", "\\ufeff").replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
    assert {"k": text} == value(tmp_path_factory.mktemp("y"), f'k: "{escaped}"')


def test_every_key_and_item_has_its_place(tmp_path: Path) -> None:
    """Line and column count from one; what is not there has the place of what is around it."""
    document, _ = load(tmp_path, "a:\n  b:\n    - x\n    -   y: 1\n")
    assert document is not None
    places = [(["a"], 1, 1), (["a", "b"], 2, 3), (["a", "b", 0], 3, 7), (["a", "b", 1], 4, 9)]
    places += [(["a", "b", 1, "y"], 4, 9), (["a", "c"], 1, 1), (["z"], 1, 1), ([], 1, 1)]
    for path, line, column in places:
        place = document.place(*path)
        assert ("mappings/x.yaml", line, column) == (place.file, place.line, place.column), path


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "the key 'a' stands here twice"),
        ("a: {b: 1, b: 2}", 1, "the key 'b' stands here twice"),
        ("a:\n  ? [x, y]\n  : 1\n", 2, "a key must be plain text"),
        ("a: &x 1\n", 1, "anchors and aliases are not allowed"),
        ("a: 1\nb: *x\n", 2, "anchors and aliases are not allowed"),
        ("a:\n  <<: *x\n", 2, "anchors and aliases are not allowed"),
        ("&a a: 1", 1, "anchors and aliases are not allowed"),
        ("- &a [&b [x], *b]", 1, "anchors and aliases are not allowed"),
        ("a: !!python/object/apply:os.system [ls]", 1, "tags are not allowed"),
        ('a: !!int "1"', 1, "tags are not allowed"),
        ("a: !!str 1", 1, "tags are not allowed"),
        ("a: !own {b: 1}", 1, "tags are not allowed"),
        ("!!map {a: 1}", 1, "tags are not allowed"),
        ("a: 1\n---\nb: 2\n", 2, "another document"),
        ("a:\n\tb: 1\n", 2, "cannot start any token"),
        ("a: [1, 2\n", 2, "not readable as YAML"),
        ('a: "x\n', 1, "unexpected end of stream"),
        ("a: b: c\n", 1, "not readable as YAML"),
        ("a\n b: 1\n", 2, "not readable as YAML"),
        ("%YAML 3.0\n---\na: 1\n", 1, "not readable as YAML"),
        ("a: 1\nb: \x07\n", 2, "control character"),
        ("a: @x\n", 1, "not readable as YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    """Broken YAML, and YAML that means something else than it says, is a mistake with a line and a remedy."""
    mistake = only(tmp_path, text)
    assert ("mappings/x.yaml", line) == (mistake.file, mistake.line)
    assert words in mistake.text
    assert mistake.remedy


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"), (b"# only a comment\n", "empty"), (b"---\n...\n", None), (b"\xef\xbb\xbfa: 1\n", None),
        (b"a: \xfc\n", "not UTF-8 at byte 3"), ("a: ü".encode("utf-16"), "not UTF-8"),
        (b"a: " + b"x" * MAX_BYTES, "larger than"), (b"[" * 20_000, "nested too deep"),
        (b"a: " + b"{a: " * 5000 + b"1" + b"}" * 5000, "nested too deep"), (b"- " * 5000 + b"x", "nested too deep"),
    ],
    ids=["nothing", "comment", "empty-document", "mark", "latin-1", "utf-16", "huge", "deep", "closed", "items"],
)  # fmt: skip
def test_files_that_cannot_be_read_at_all(tmp_path: Path, data: bytes, words: str | None) -> None:
    """Nothing, another encoding, too much or too deep: one mistake about the whole file, never an exception."""
    document, mistakes = load(tmp_path, data)
    if words is None:
        assert [] == mistakes
        return
    assert document is None
    assert words in mistakes[0].text
    assert 0 == mistakes[0].line


def test_file_that_is_not_there(tmp_path: Path) -> None:
    """A file that cannot be opened is a mistake too."""
    document, mistakes = read(tmp_path / "none.yaml", "mappings/none.yaml")
    assert document is None
    assert "cannot be read" in mistakes[0].text


def test_several_mistakes_of_one_file_are_all_named(tmp_path: Path) -> None:
    """Keys that stand twice do not hide each other."""
    _, mistakes = load(tmp_path, "a: 1\na: 2\nb: {c: 1, c: 2}\n")
    assert [2, 3] == [mistake.line for mistake in mistakes]


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Whatever a file holds, it is a document or a mistake."""
    document, mistakes = load(tmp_path_factory.mktemp("b"), data)
    assert document is not None or mistakes


@given(st.text("ab:-[]{}&*!|>'\"#%@`,? \n\t~0", max_size=40))
def test_no_punctuation_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """The signs of YAML in any order are a document or a mistake."""
    document, mistakes = load(tmp_path_factory.mktemp("p"), text)
    assert document is not None or mistakes
