"""A document that is parsed in pieces is what it is when it is parsed at once, or is refused as it is then."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from adapter import pieces
from adapter.backends.soap import fed as fed_module
from adapter.backends.soap.answer import _new_parser
from adapter.backends.soap.fed import MOST_TAGS, check, fed, freed
from adapter.errors import BackendReplyInvalid
from adapter.pieces import PIECE, Pace

FEW = 3
TOKENS = (
    *("<", ">", "</", "/>", "a", "b:c", "'", '"', "=", "<a>", "</a>", "<a q='' r='' s='' t=''>"),
    *(" x='1'", ' y="2>"', ' z="', "<!--", "-->", "<![CDATA[", "]]>", "<?p ", "?>"),
    *("&amp;", "&#65;", "&x;", "é", " ", "\n", "text" * 5),
)


class Restless(Pace):
    """A pace that never rests."""

    def turn(self) -> None:
        """Go on."""


def outcome(parse: Callable[[], Any]) -> object:
    """Return the tree as XML and what its document type is, or that it is refused."""
    try:
        root = parse()
    except (etree.XMLSyntaxError, BackendReplyInvalid):
        return "refused"
    return etree.tostring(root.getroottree()), root.getroottree().docinfo.internalDTD is None


def at_once(data: bytes, encoding: str | None = None) -> Any:
    """Parse as it is done with what is not large."""
    check(data)
    return etree.fromstring(data, _new_parser(encoding))


def in_pieces(data: bytes, encoding: str | None = None) -> Any:
    """Parse as it is done with what is large."""
    return fed(data, _new_parser(encoding), Restless())


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of five bytes, and three attributes are the most, so that borders fall everywhere."""
    few = re.compile(fed_module.CROWDED.pattern.replace(b"1001", str(FEW + 1).encode()))
    monkeypatch.setattr(fed_module, "CROWDED", few)
    monkeypatch.setattr(fed_module, "PIECE", 5)
    monkeypatch.setattr(fed_module, "_STRIDE", 8)


@given(st.lists(st.sampled_from(TOKENS), max_size=25).map("".join))
@example("<a q='' r='' s='' t=''/>")
@example("<a q='' r='' s=''><b z=\"longer than a piece is\" t=''/></a>")
@example("<a><!-- <b q='' r='' s='' t=''> --></a>")
@example("<a><![CDATA[<b q='' r='' s='' t=''>]]></a>")
@example("<a>" + "text " * 20 + "</a>")
def test_pieces_make_no_difference(inside: str) -> None:
    """Well-formed or not, crowded or not: the outcome is the same wherever the borders of the pieces are."""
    data = f"<r xmlns:b='urn:b'>{inside}</r>".encode()
    assert outcome(lambda: at_once(data)) == outcome(lambda: in_pieces(data))


@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    """What is no XML is refused in pieces too."""
    assert outcome(lambda: at_once(data)) == outcome(lambda: in_pieces(data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-15", "utf-8-sig"])
@pytest.mark.parametrize("declared", [True, False])
def test_every_encoding_crosses_borders(encoding: str, declared: bool) -> None:
    """A character whose bytes stand in two pieces is one, in each encoding, declared by the document or by HTTP."""
    plain = encoding.removesuffix("-sig")
    head = f'<?xml version="1.0" encoding="{plain}"?>' if declared else ""
    data = f"{head}<a>{'é€ß' * 20}</a>".encode(encoding)
    said = None if declared or encoding in ("utf-16", "utf-8-sig") else plain
    expected = outcome(lambda: at_once(data, said))
    assert expected == outcome(lambda: in_pieces(data, said))
    assert expected != "refused"


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"<a>" * 400 + b"</a>" * 400,
        b"",
        b"<a/><b/>",
        b"<a/>text",
        b"<a>\x00</a>",
    ],
)
def test_what_is_hostile_stays_out(data: bytes) -> None:
    """No piece makes the parser read, expand or nest what it would not at once."""
    assert outcome(lambda: at_once(data)) == outcome(lambda: in_pieces(data))


def test_nothing_is_parsed_before_all_was_looked_at() -> None:
    """What costs far more memory parsed than its size is refused before the parser has a byte of it."""

    class Parser:
        def feed(self, data: bytes) -> None:
            """Fail."""
            raise AssertionError(data)

    crowded = b"<a><b/>" * 100 + b"<b " + b" ".join(b"n%d='%d'" % (each, each) for each in range(40)) + b"/></a>"
    for data in (crowded, b"<r>" + b"<a/>" * MOST_TAGS + b"</r>"):
        with pytest.raises(BackendReplyInvalid):
            fed(data, Parser(), Restless())  # type: ignore[arg-type]


def test_tags_are_counted_across_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """More tags than any answer needs are refused, one less is not."""
    monkeypatch.setattr(fed_module, "PIECE", PIECE)
    with pytest.raises(BackendReplyInvalid) as caught:
        in_pieces(b"<r>" + b"<a/>" * MOST_TAGS + b"</r>")
    assert "more than 1,000,000 tags" == caught.value.cause
    assert MOST_TAGS - 2 == len(in_pieces(b"<r>" + b"<a/>" * (MOST_TAGS - 2) + b"</r>"))


def test_one_long_value_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a tag or a text is, its bytes are looked at less than three times, not once for each piece."""
    monkeypatch.setattr(fed_module, "PIECE", 1000)
    looked: list[int] = []

    class Crowded:
        def search(self, data: bytes, start: int, end: int) -> None:
            """Keep how much is looked at."""
            looked.append(min(end, len(data)) - start)

    monkeypatch.setattr(fed_module, "CROWDED", Crowded())
    for data in (b"<a>" + b"x" * 300_000 + b"</a>", b"<a b='" + b"x" * 300_000 + b"'/>"):
        looked.clear()
        in_pieces(data)
        assert 3 * len(data) > sum(looked)


@pytest.mark.parametrize("shape", ["flat", "rows", "one branch", "small"])
def test_what_was_parsed_is_emptied(shape: str) -> None:
    """A tree is emptied in pieces whatever its shape is, so that little is left to free at the end."""
    rows = "<row><a>1</a><b><c>2</c></b></row>" * 5000
    text = {
        "flat": "<r>" + "<a/>" * 5000 + "</r>",
        "rows": f"<r><head/><rows>{rows}</rows></r>",
        "one branch": f"<r>{'<few/>' * 1500}<rows>{rows}</rows></r>",
        "small": "<r><a><b/></a></r>",
    }
    root = etree.fromstring(text[shape])
    before = sum(1 for _ in root.iter())
    freed(root, Restless())
    after = sum(1 for _ in root.iter())
    assert (shape == "small" and before == after) or after - 5000 < 2000


def test_a_large_answer_is_emptied_at_the_end_of_its_call() -> None:
    """While a call goes on, its answer is whole; once it has ended, an element that somebody kept is empty."""
    kept: list[Any] = []

    def work() -> int:
        pieces.begin(pieces.LARGE + 1, float("inf"))
        pace = pieces.current()
        assert pace is not None
        kept.append(fed(b"<r><rows>" + b"<row><a>1</a></row>" * 5000 + b"</rows></r>", _new_parser(None), pace))
        return len(kept[0].findall("rows/row/a"))

    assert (5000, 0) == (pieces.call(work)(), len(kept[0].findall("rows/row/a")))
