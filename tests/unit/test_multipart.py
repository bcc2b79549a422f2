"""``multipart/related`` bodies: taken apart as their bytes arrive, and written in pieces."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.errors import BackendReplyInvalid
from adapter.exchange.multipart import MOST_PARTS, Parts, Related, Sending, parameters

TYPE = 'multipart/related; boundary="=_b"; type="text/xml"; start="<root@x>"'


def read(body: bytes, content_type: str = TYPE, size: int = 7) -> list[tuple[str, bytes]]:
    """Return Content-ID and content of each part of a body that arrives in pieces of ``size`` bytes."""
    pieces = (body[start : start + size] for start in range(0, len(body), size))
    return [(part.id, part.whole(10_000_000)) for part in Parts(content_type, pieces)]


@given(
    st.lists(st.binary(max_size=300).filter(lambda body: b"--=_b" not in body), min_size=1, max_size=4),
    st.integers(1, 400),
)
def test_what_is_written_is_read(contents: list[bytes], size: int) -> None:
    """Whatever the contents, and however the bytes are cut on their way, the parts come back as they were."""
    parts = tuple(
        Sending(
            {"Content-ID": f"<{number}@x>"}, content if number % 2 else iter([content[:5], content[5:]]), len(content)
        )
        for number, content in enumerate(contents)
    )
    related = Related("=_b", parts)
    length = related.length
    body = b"".join(related)
    assert (length, [(f"{number}@x", content) for number, content in enumerate(contents)]) == (
        len(body),
        read(body, size=size),
    )


def test_length_is_unknown_where_a_part_has_none() -> None:
    """A part whose size is not known makes the whole length unknown."""
    assert None is Related("b", (Sending({}, iter([b"x"])),)).length


def test_preamble_epilogue_and_folded_header() -> None:
    """What stands before the first and after the last boundary is passed over; a folded header field is one."""
    body = b"hello\r\n--=_b  \r\nContent-ID:\r\n <a@x>\r\n\r\n1\r\n2\r\n--=_b--\r\nbye"
    assert [("a@x", b"1\r\n2")] == read(body)


def test_empty_parts_of_both_kinds() -> None:
    """A part without content is empty, whether or not its blank line is also the delimiter's line break."""
    body = b"--=_b\r\nContent-ID: <a>\r\n\r\n\r\n--=_b\r\nContent-ID: <b>\r\n\r\n--=_b\r\n\r\nc\r\n--=_b--"
    assert [("a", b""), ("b", b""), ("", b"c")] == read(body)


def test_parts_that_nobody_reads_are_passed_over() -> None:
    """Asking for the next part leaves the rest of the last one behind."""
    body = b"".join(Related("=_b", tuple(Sending({"Content-ID": f"<{n}>"}, b"x" * 5000) for n in range(3))))
    assert ["0", "1", "2"] == [part.id for part in Parts(TYPE, [body])]


def test_first_part_is_there_before_the_rest() -> None:
    """A part can be read while what follows has not been sent yet."""

    def pieces() -> Iterator[bytes]:
        yield b"--=_b\r\n\r\nfirst\r\n--=_b\r\n\r\nsec"
        raise AssertionError("nobody asked for more")

    assert b"first" == next(iter(Parts(TYPE, pieces()))).whole(100)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", TYPE),
        (b"--=_b\r\n\r\nhalf", TYPE),
        (b"--=_bx\r\n\r\nx\r\n--=_b--", TYPE),
        (b"--=_b\r\nno colon\r\n\r\nx\r\n--=_b--", TYPE),
        (b"--=_b\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--=_b--", TYPE),
        (b"--=_b\r\nA: " + b"x" * 20_000 + b"\r\n\r\nx\r\n--=_b--", TYPE),
        (b"--=_b\r\n" + b"A: x\r\n" * 5000 + b"\r\nx\r\n--=_b--", TYPE),
        (b"--=_b\r\n" + b"x" * 20_000, TYPE),
        (b"--=_b\r\n\r\n" * (MOST_PARTS + 2), TYPE),
        (b"----\r\n\r\nx\r\n------", "multipart/related"),
        (b"x", 'multipart/related; boundary="' + "b" * 80 + '"'),
        (b"x", 'multipart/related; boundary="b "'),
    ],
)
def test_broken_bodies(body: bytes, content_type: str) -> None:
    """A body that is cut off, crowded or no multipart at all is an invalid answer, and is never waited for."""
    with pytest.raises(BackendReplyInvalid):
        read(body, content_type)


def test_too_large_a_part() -> None:
    """A part that is held has its limit."""
    with pytest.raises(BackendReplyInvalid):
        [part.whole(3) for part in Parts(TYPE, [b"--=_b\r\n\r\n1234\r\n--=_b--"])]


def test_parameters() -> None:
    """Parameters are found by lower-case name, quoted or not."""
    assert {"boundary": "a;b", "type": "text/xml"} == parameters('multipart/related; Boundary="a;b"; type=text/xml')
