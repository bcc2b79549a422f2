"""A reply that is read row by row says what it says as a whole, however it is cut into pieces."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.backends.soap import soap
from adapter.backends.soap.answered import Answered
from adapter.backends.soap.rows import beginning
from adapter.backends.soap.ways import way
from adapter.errors import BackendReplyInvalid, SessionExpired
from adapter.exchange import Opened
from adapter.guard import Turn
from adapter.mapping.model.policy import Policy
from adapter.messages import Handler, Request, Stream
from adapter.respond import respond_rows
from adapter.translate.flowing import flow
from adapter.translate.reader import reader
from tests.unit.flowing import MOST, TYPE, at_once, cut, endpoint, envelope, in_pieces

ONE = '<X at="&lt;1"><A>1</A><B>b &amp; c</B><D>2026-01-31</D></X>'
TWO = "<X><A>2</A><X><A>3</A></X></X>"
NIL = '<X xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
ENDPOINT = endpoint()

SAME = {
    "rows": f"<Code>0</Code><L>{ONE}{TWO}</L><N>2</N>",
    "space-and-comments": f"\n <Code>0</Code> <!-- c --><L>\n {ONE}\n<?pi x?> {TWO} \n</L>\n",
    "none": "<L/>",
    "nothing": "",
    "refused": f"<Code>7</Code><L>{ONE}</L>",
    "qnames-of-ancestors": '<L xmlns:p="urn:p"><X><A>1</A><Q>p:x</Q></X><X><A>2</A><Q>p:y</Q></X></L>',
    "an-unknown-element-between": f"<L>{ONE}<Y/>{TWO}<Y><X><A>9</A></X></Y></L>",
    "no-namespace": f'<L xmlns="">{ONE}{TWO}</L>',
    "rows-without-a-namespace": f"<L>{ONE.replace('<X ', '<X xmlns=' + chr(34) * 2 + ' ')}</L>",
    "two-lists": f"<L>{ONE}</L><L>{TWO}</L>",
    "an-empty-list-first": f"<L/><L>{TWO}</L>",
    "a-bad-date": "<L><X><A>1</A><D>soon</D></X></L>",
    "cdata": "<L><X><A>1</A><B><![CDATA[<X><A>5</A></X>]]></B></X></L>",
    "rows-elsewhere": f"<M>{ONE}</M>",
    "first-nil": f"<L>{NIL}</L>",
    "first-wrong": "<L><X><A>x</A></X></L>",
    "first-lacks-a-value": "<L><X/></L>",
}


@pytest.mark.parametrize("inside", SAME.values(), ids=SAME.keys())
@given(places=st.lists(st.integers(0, 2000), max_size=12))
def test_pieces_give_what_the_whole_gives(inside: str, places: list[int]) -> None:
    """Rows, or the error, and what was odd."""
    body = envelope(inside)
    expected, found = at_once(ENDPOINT, body), in_pieces(ENDPOINT, cut(body, places))

    assert (expected.rows, expected.error) == (found.rows, found.error)
    assert expected.notes <= found.notes


@pytest.mark.parametrize("namespace", ["urn:t", "urn:t:v2"])
@pytest.mark.parametrize(
    ("encoding", "mark", "declared", "media_type"),
    [
        ("utf-8", b"", True, "text/xml"),
        ("utf-8", codecs.BOM_UTF8, False, "text/xml"),
        ("utf-16-le", codecs.BOM_UTF16_LE, False, "text/xml"),
        ("utf-16-be", codecs.BOM_UTF16_BE, False, "text/xml; charset=utf-16"),
        ("iso-8859-1", b"", True, "text/xml; charset=iso-8859-1"),
        ("cp1252", b"", False, "text/xml; charset=windows-1252"),
        ("iso-8859-1", b"", True, "text/xml; charset=utf-8"),
    ],
)
def test_every_encoding_comes_in_single_bytes(
    encoding: str, mark: bytes, declared: bool, media_type: str, namespace: str
) -> None:
    """Byte order mark, declaration and media type count as they do for a whole reply, with a drifting namespace too."""
    text = envelope(f"<L>{ONE}{TWO}</L>".replace("b &amp; c", "B\u00e4r"), namespace).decode()
    text = f'<?xml version="1.0" encoding="{encoding}"?>{text}' if declared else text
    body = mark + text.encode(encoding)
    expected = at_once(ENDPOINT, body, media_type)
    found = in_pieces(ENDPOINT, (body[at : at + 1] for at in range(len(body))), media_type)

    assert ("", 2) == (expected.error, len(expected.rows))
    assert (expected.rows, expected.error, expected.notes) == (found.rows, found.error, found.notes)
    assert not found.whole


@pytest.mark.parametrize("space", [b"\n", b" \r\n\t"])
def test_space_before_the_declaration_is_noted(space: bytes) -> None:
    """It is passed over, as in a whole reply."""
    body = space + b'<?xml version="1.0"?>' + envelope(f"<L>{ONE}</L>")
    found = in_pieces(ENDPOINT, (body[at : at + 1] for at in range(len(body))))

    assert (1, {"space-before-xml"}, False) == (len(found.rows), found.notes, found.whole)


def long(number: int, every: Any = lambda index: TWO) -> bytes:
    """Return a reply of so many rows."""
    return envelope("<L>" + "".join(every(index) for index in range(number)) + "</L><N>1</N>")


def test_a_row_is_there_once_its_end_is() -> None:
    """Not a piece later: what the next pieces hold has not been asked for."""
    body, asked = long(3), []

    def pieces() -> Any:
        for at in range(0, len(body), 10):
            asked.append(at)
            yield body[at : at + 10]

    ends = [body.index(b"</A></X></X>", 12 * number) for number in range(3)]
    found = in_pieces(ENDPOINT, pieces())

    assert 3 == len(found.rows)
    assert len(asked) * 10 >= len(body) > ends[0]


@pytest.mark.parametrize(
    ("odd", "error"),
    [
        (lambda index: "<X><A>x</A></X>", "things.list: T.a: not a whole number"),
        (lambda index: NIL, "things.list: an item of L.X is nil"),
        (lambda index: "<X><A>1</X>", "no well-formed XML: XMLSyntaxError"),
        (lambda index: '<X xmlns="">' + TWO[3:], ""),
    ],
)
def test_an_odd_row_among_many(odd: Any, error: str) -> None:
    """The rows before it were given, and what it is stands in the error; what the whole passes over is passed over."""
    body = long(5000, lambda index: odd(index) if index == 4000 else TWO)
    found = in_pieces(ENDPOINT, cut(body, range(0, len(body), 8000)))

    assert error in found.error
    assert bool(error) == bool(found.error)
    assert 3500 < len(found.rows) <= 4999


def test_two_names_for_rows_are_not_guessed_at() -> None:
    """Where the first ones drifted and others did not, the whole reply would have had only these."""
    body = long(5000, lambda index: TWO if index == 4000 else '<X xmlns="">' + TWO[3:].replace("<X>", "<X>"))
    found = in_pieces(ENDPOINT, cut(body, range(0, len(body), 8000)))

    assert "rows in two namespaces" in found.error


OTHER = '<X xmlns="urn:o"><A>5</A></X>'
MINE = "<X><A>1</A></X>"


@pytest.mark.parametrize(
    "body",
    [
        envelope(f"<L>{OTHER}{MINE}</L>"),
        envelope(f'<L>{OTHER}<X xmlns=""><A>3</A></X></L>'),
        envelope(f'<L>{OTHER}<X xmlns=""><A>3</A></X>{OTHER}</L>'),
        envelope(f'<L xmlns="urn:o">{MINE}</L><L>{MINE}{MINE}</L>'),
        envelope(f"<L>{MINE}</L>").replace(b"</s:Body>", b"</s:Body><s:Body/>"),
    ],
    ids=[
        "another-name-in-the-first-piece",
        "two-other-names",
        "another-between",
        "the-right-list-behind",
        "two-bodies",
    ],
)
@pytest.mark.parametrize("places", [[], range(5000)], ids=["one-piece", "single-bytes"])
def test_what_would_be_other_rows_as_a_whole_is_not_given_for_all(body: bytes, places: range) -> None:
    """What stands behind the first rows may say that they were not the ones: then the answer has no end."""
    whole, found = at_once(ENDPOINT, body), in_pieces(ENDPOINT, cut(body, places))

    assert "502 backend-reply-invalid" in found.error or (found.whole and whole.rows == found.rows)


@pytest.mark.parametrize(
    ("inside", "error"),
    [
        ("<L>" + TWO + "<X><A>1</A><B>" + "x" * 200_000, "more than 150000 bytes without a row"),
        ("<L>" + TWO + "<Y/>" * 50_000, "more than 150000 bytes without a row"),
        ("<L>" + TWO + "</L>" + "<N>1</N>" * 30_000, "more than 150000 bytes without a row"),
        ("<L>" + TWO + "<X " + " ".join(f'a{n}=""' for n in range(16_000)), "more than 1,000 attributes"),
        ("<Code>" + "0" * 200_000, "more than 150000 bytes without a row"),
    ],
    ids=["a-long-value", "junk-between", "junk-behind", "a-crowded-tag", "junk-before"],
)
def test_what_is_no_row_is_bounded(inside: str, error: str) -> None:
    """One row, and all that stands between, before and behind the rows."""
    body = envelope(inside)
    found = in_pieces(ENDPOINT, cut(body, range(0, len(body), 8000)), most=150_000)

    assert error in found.error


def test_rows_are_bounded_where_the_mapping_says_so() -> None:
    """All bytes of the reply count."""
    body = long(5000)
    found = in_pieces(endpoint(max_bytes=50_000), cut(body, range(0, len(body), 8000)))

    assert "stream.max_bytes: more than 50000 bytes" in found.error
    assert 0 < len(found.rows) < 3000


def test_a_refusal_behind_the_rows_breaks_off() -> None:
    """What comes too late for a problem document is still told."""
    body = envelope(f"<L>{TWO * 3}</L><Code>7</Code>")
    found = in_pieces(ENDPOINT, cut(body, [body.index(b"</L>")]))

    assert 3 == len(found.rows)
    assert "502" in found.error


class Port:
    """Gives one answer after the other; a session of its own is renewed once, as ``Session.run`` does it."""

    version = "1.1"

    def __init__(self, how: Any, *replies: tuple[int, bytes]) -> None:
        self.how, self.replies, self.tokens, self.closed = how, list(replies), list[str](), 0
        self.early = False

    def call(self, operation: Any, body: Any, headers: Any, request: Request, token: str, way: Any) -> Answered:
        """Answer with what is next."""
        self.tokens.append(token)
        status, body = self.replies.pop(0)
        opened = Opened(
            status, {"content-type": TYPE}, cut(body, range(0, len(body), 100)), lambda each: None, self._close
        )
        reply, coming = self.how.first(opened, MOST)
        return Answered(reply, (), arriving=coming, early=self.early)

    def _close(self) -> None:
        self.closed += 1

    def guarded(self, request: Request, act: Callable[[str, Any], Any], policy: Policy) -> Any:
        """Act with a token, and once more where it is not known."""
        try:
            return act("old", Turn((), 1.0))
        except SessionExpired:
            return act("new", Turn((), 1.0))


FAULT = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:expired</faultcode>'
    b"<faultstring/></s:Fault></s:Body></s:Envelope>"
)


@pytest.mark.parametrize("first", [(500, FAULT), (200, FAULT), (401, b"who?")])
def test_a_session_that_expired_is_renewed_before_the_first_row(first: tuple[int, bytes]) -> None:
    """A list that is streamed asks again like any other, and what was refused is closed."""

    def fault(parts: Any) -> SessionExpired:
        return SessionExpired("backend-refused-us", 502, sent="yes")

    port = Port(way(ENDPOINT), first, (200, long(5000)))
    response = handler(port, fault)(Request("x", "1", 1e9, wanted="application/x-ndjson"))
    assert isinstance(response.body, Stream)

    assert (["old", "new"], 1) == (port.tokens, port.closed)
    assert 5000 == b"".join(response.body.chunks).count(b"\n")


def test_success_before_all_rows_were_sent_is_not_begun() -> None:
    """Where rows go in and rows come out, an ERP that has not seen all of them has no list to give."""
    port = Port(way(ENDPOINT), (200, long(5000)))
    port.early = True
    with pytest.raises(BackendReplyInvalid, match="before the last row"):
        handler(port, lambda parts: BackendReplyInvalid("x", 502))(Request("x", "1", 1e9))

    assert port.closed


def handler(port: Port, fault: Callable[[Any], Any]) -> Handler:
    """Return what answers by a port."""
    rows = flow(ENDPOINT)
    assert rows is not None
    return soap(
        port,  # type: ignore[arg-type]
        ENDPOINT.operation,
        write=lambda checked: None,
        read=reader(ENDPOINT),
        read_fault=fault,
        respond=respond_rows(ENDPOINT),
        way=port.how,
        begin=beginning(ENDPOINT, "1.1", rows, port.how, lambda error, request: False),
    )
