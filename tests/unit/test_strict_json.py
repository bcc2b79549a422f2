"""JSON is decoded exactly or refused with its place, and encoded exactly."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapter import strict_json
from adapter.errors import InvalidRequest


def decode(body: bytes) -> Any:
    """Decode with the limits of these tests."""
    return strict_json.decode(body, max_depth=8, max_digits=20)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"null", None),
        (b' \t\r\n{"a":[true,false,""]}\n', {"a": [True, False, ""]}),
        (b"-0", 0),
        (b"12345678901234567890", 12345678901234567890),
        (b'"\\ud83d\\ude00\\n\\/"', "😀\n/"),
        ('"Grüße \u007f\u2028"'.encode(), "Grüße \u007f\u2028"),
        (b"[[[[[[[[]]]]]]]]", [[[[[[[[]]]]]]]]),
        (b'"[[[[[[[[[[[[[[[["', "[" * 16),
        (b'"NaN -Infinity 1e99999"', "NaN -Infinity 1e99999"),
        (b'[{"a":1},{"a":2}]', [{"a": 1}, {"a": 2}]),
    ],
)
def test_what_every_parser_agrees_on_is_decoded(body: bytes, expected: object) -> None:
    """Ordinary JSON comes out as ordinary values."""
    assert expected == decode(body)


@pytest.mark.parametrize("text", ["1.10", "0.1", "1E+20", "1e-20", "123456789.0123456789", "-0.0"])
def test_numbers_keep_every_digit(text: str) -> None:
    """A number with a point or exponent is a Decimal with the digits that were sent, trailing zeros too."""
    value = decode(text.encode())

    assert Decimal(text).as_tuple() == value.as_tuple()


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "line 1, column 1"),
        (b" \n ", "line 1, column 1"),
        (b"\xef\xbb\xbf{}", "line 1, column 1"),
        ('{"a":\n "ü'.encode() + b'\xff"}', "line 2, column 4"),
        ("{}".encode("utf-16"), "line 1, column 1"),
        (b"{} x", "line 1, column 4"),
        (b"{'a':1}", "line 1, column 2"),
        (b'"\x01"', "line 1, column 2"),
        (b"01", "line 1, column 2"),
        (b"\n[NaN]", "line 2, column 2"),
        (b"-Infinity", "line 1, column 1"),
        (b"123456789012345678901", "line 1, column 1"),
        (b"[1e21]", "line 1, column 2"),
        (b"1e-21", "line 1, column 1"),
        (b"1e99999999999999999999999", "line 1, column 1"),
        (b"0.123456789012345678901", "line 1, column 1"),
        (b'{"a":1,\n "b":{"a":1},\n "\\u0061":2}', "line 3, column 2"),
        (b"[" * 9, "line 1, column 9"),
        (b'{"a":' * 100_000, "line 1, column 41"),
        (b'{"\\x":' * 100_000, "line 1, column 3"),
        (b'"' + b'\\"' * 500_000, "line 1, column 1"),
    ],
)
def test_everything_else_is_malformed_and_says_where(body: bytes, place: str) -> None:
    """What is no JSON, or JSON that parsers read differently, is a 400 that names line and column."""
    with pytest.raises(InvalidRequest) as caught:
        decode(body)

    assert ("malformed-json", 400) == (caught.value.problem, caught.value.status)
    assert caught.value.detail.endswith(f": {place}.")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (b'"\\u0000"', [""]),
        (b'{"a":["x",{"b/~":"\\ud800"}]}', ["/a/1/b~1~0"]),
        (b'{"a":{"\\b":"\\f"}}', ["/a"]),
        (b'{"a":"\\u0001","b":"\\ufffe"}', ["/a", "/b"]),
        ('["\uffff"]'.encode(), ["/0"]),
    ],
)
def test_characters_xml_cannot_carry_are_named_by_pointer(body: bytes, pointers: list[str]) -> None:
    """A string that no XML document can hold is a 422 for its field; a member name is named by its object."""
    with pytest.raises(InvalidRequest) as caught:
        decode(body)

    assert ("invalid-request", 422) == (caught.value.problem, caught.value.status)
    assert [("body", pointer) for pointer in pointers] == [
        (field.place, field.pointer) for field in caught.value.fields
    ]


def test_the_list_of_bad_fields_is_bounded() -> None:
    """A body made of bad strings does not make an answer of its own size."""
    with pytest.raises(InvalidRequest) as caught:
        decode(b"[" + b",".join([b'"\\u0000"'] * 10_000) + b"]")

    assert 100 == len(caught.value.fields)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**19), 10**19)
    | st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)
    | st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abü/~", max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_encoded_is_decoded_the_same(value: object) -> None:
    """Encoding and decoding give back the value, to the last digit."""
    assert value == strict_json.decode(strict_json.encode(value), max_depth=100, max_digits=100)


@given(VALUES | st.decimals(allow_nan=False, allow_infinity=False) | st.integers() | st.text())
@example(10**400)
@example([Decimal("0E-10"), Decimal("-0"), Decimal("1E+30"), -(2**63) - 1, 2**64])
@example({"\u2028": '\x7f\x00"\\/\b\U0001f600', "b": None, "a": True, "": []})
def test_a_document_is_encoded_as_by_the_encoder_that_looks_at_everything(value: object) -> None:
    """The same JSON: every digit of a number, every character, the order of members. Bytes may escape differently."""
    assert parsed(strict_json.encode(value)) == parsed(strict_json.encode_document(value))


@pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}, ["a", {"b": "x\udc00"}]])
def test_a_document_never_holds_half_a_character(value: object) -> None:
    """A lone surrogate has no UTF-8."""
    with pytest.raises(ValueError, match="surrogates"):
        strict_json.encode_document(value)


def test_a_document_may_be_nested_as_deep_as_a_reply() -> None:
    """libxml2 takes 256 levels."""
    value: object = "x"
    for _ in range(256):
        value = [{"a": value}]

    assert strict_json.encode(value) == strict_json.encode_document(value)


def parsed(data: bytes) -> object:
    """Return JSON with its numbers as they are written and its members in their order."""
    return json.loads(data, parse_int=str, parse_float=str, object_pairs_hook=list)


@given(st.binary(max_size=60) | st.text('[]{}",:\\ue+-.0159aNInfity \n\ud7ff\ufffe', max_size=60).map(str.encode))
@example(b'{"a":{"a":1,"a":2}')
@example(b'["\\ud800"')
@example(b"1e")
def test_any_bytes_are_decoded_or_refused(body: bytes) -> None:
    """Nothing else than InvalidRequest comes out, and whatever is accepted the standard library accepts too."""
    with suppress(InvalidRequest):
        decode(body)
        json.loads(body)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), float("nan"), "\ud800", {1, 2}, object()])
def test_what_json_has_no_place_for_is_not_encoded(value: object) -> None:
    """NaN, infinities, lone surrogates and other types are errors instead of text nobody can read."""
    with pytest.raises((ValueError, TypeError)):
        strict_json.encode([value])


def test_encoding_is_compact_utf8_in_the_order_of_the_value() -> None:
    """No spaces, no escapes that are not needed, Decimals as numbers, members as they stand."""
    assert '{"b":1.10,"a":["ü",1E+3]}'.encode() == strict_json.encode(
        {"b": Decimal("1.10"), "a": ["ü", Decimal("1E+3")]}
    )
