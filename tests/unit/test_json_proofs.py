"""JSON that is decoded at once is what the plain decoder makes of it; whatever offends is left to that one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter import json_proofs, strict_json
from adapter.errors import InvalidRequest

DEPTH, DIGITS = 3, 4
# What members, strings and numbers are made of here meets everything that the proofs look at.
TEXTS = st.text(st.sampled_from('ab:"\\[{}],: \n\x01\uffff\x7f\u00fc\U0001f600'), max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99999, 99999) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
PIECES = st.sampled_from(
    [*'":,[]{} \t\r\n0129.-+eE\\', '"a"', '"a":1,', '"a" :', '":"', '\\"', "\\\\", "\\u0001", "\\ud800", "\\b", "NaN",
     "1e5", "1E5", "\\f", "\\u001f", "12345", "\ufffe", "\ufeff", '{"a":0,"a":1}', "[[[[]]]]", "Infinity", "\x01"]
)  # fmt: skip


def made(decode: Any) -> Any:
    """What a decoder gives, with the types of numbers; or what it says."""
    try:
        return repr(decode())
    except InvalidRequest as error:
        return error.problem, error.status, str(error), error.fields


def both(text: str) -> tuple[Any, Any]:
    """What the two ways make of a text that is not empty."""
    limits = {"max_depth": DEPTH, "max_digits": DIGITS}
    fast = made(lambda: strict_json.decode(text.encode("utf-8"), **limits))
    return fast, made(lambda: strict_json.decode_plain(text, DEPTH, DIGITS))


@settings(max_examples=1000)
@given(value=VALUES, ascii_only=st.booleans(), indent=st.sampled_from([None, 1]), colon=st.sampled_from([":", " : "]))
def test_the_two_ways_agree(value: Any, ascii_only: bool, indent: int | None, colon: str) -> None:
    """They give the same value, or the same words, however the text is spaced and escaped."""
    fast, plain = both(json.dumps(value, ensure_ascii=ascii_only, indent=indent, separators=(",", colon)))

    assert plain == fast


@settings(max_examples=1000)
@given(value=VALUES, data=st.data())
def test_they_agree_about_what_is_broken(value: Any, data: st.DataObject) -> None:
    """So they do for a text with pieces put into it or cut out of it."""
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
    for _ in range(data.draw(st.integers(1, 3))):
        place, cut = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 2))
        text = text[:place] + data.draw(PIECES) + text[place + cut :]
    if not text.strip(" \t\r\n") or text.startswith("\ufeff"):
        return
    fast, plain = both(text)

    assert plain == fast


@settings(max_examples=1000)
@given(text=st.lists(PIECES, min_size=1, max_size=12).map("".join))
def test_they_agree_about_what_is_hardly_json(text: str) -> None:
    """So they do for pieces of JSON in any order."""
    if not text.strip(" \t\r\n") or text.startswith("\ufeff"):
        return
    fast, plain = both(text)

    assert plain == fast


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"lines":[{"b":"c"},{"b":"x-1"}]}',
        '{"a" : 1}',
        '{"at":"12:30:00"}',
        '{"a":"\\u00fc \\" \\\\"}',
        '{"a":[1.50,2],"b":{}}',
        '"say \\"hi: you\\""',
    ],
)
def test_what_is_plain_is_decoded_at_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ordinary bodies never need the plain decoder."""
    monkeypatch.delattr(strict_json, "decode_plain")

    assert json.loads(text) == strict_json.decode(text.encode(), max_depth=DEPTH, max_digits=DIGITS)


@pytest.mark.parametrize(
    ("text", "depth"),
    [("1", 0), ("[]", 1), ('{"a":[{}]}', 3), ('[[],[[]],"]["]', 0), ("[{}][]", 2), ('["","[",""]', 0)],
)
def test_depth(text: str, depth: int) -> None:
    """A text is as shallow as its deepest bracket; where a string holds one, nothing is known."""
    left = json_proofs.brackets(json_proofs.without_escapes(text.encode()))

    if left is None:
        assert 0 == depth
    else:
        assert [False] * depth + [True] == [json_proofs.is_shallow(left, most) for most in range(depth + 1)]


def test_a_name_that_stands_twice() -> None:
    """More colons than members are no proof, wherever the colons stand."""
    texts = (b'{"a":1,"a":2}', b'{"a" :1,"a":2}', b'{"a" :":","a" :2}', b'{"a":":"}')

    assert [False, False, False, True] == [json_proofs.are_unique(text, 1) for text in (*texts[:3], b'{"a":"x:"}')]
    assert not json_proofs.are_unique(texts[3], 1)
