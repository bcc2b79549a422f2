"""Rows out of a body that arrives in pieces: the same values as the whole body has, however it is cut."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter import strict_json
from adapter.errors import InvalidRequest, RequestError
from adapter.rows.arrived import Arriving, batches
from adapter.rows.bounds import Bounds
from adapter.rows.from_json import Cutter
from adapter.rows.from_ndjson import Lines

BOUNDS = Bounds(row_bytes=10_000, max_depth=64, max_digits=1000)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", 'b"', "c\\", "]}"]), inner),
    max_leaves=12,
)


def cut(text: bytes, places: Iterable[int]) -> list[bytes]:
    """The text in pieces, cut at these places."""
    at = sorted({0, len(text), *(place % (len(text) + 1) for place in places)})
    return [text[begin:end] for begin, end in pairwise(at)]


def rows(form: Arriving, pieces: Iterable[bytes]) -> list[Any]:
    """All rows of a body, decoded."""
    return [form.decode(row) for batch in batches(form, pieces) for row in batch]


def answer(act: Any) -> Any:
    """What comes of it: the value, or the status that it is refused with."""
    try:
        return act()
    except RequestError as error:
        return error.status


PLACES = st.lists(st.integers(0, 2000), max_size=12)


@given(st.lists(VALUES, max_size=5), PLACES, st.booleans(), st.sampled_from([None, 1]))
def test_an_array_in_pieces(values: list[Any], places: list[int], wrapped: bool, indent: int | None) -> None:
    """Rows decoded as they arrive are the items of the whole body decoded at once, numbers exact to the last digit."""
    text = strict_json.encode({"items": values} if wrapped else values)
    if indent:
        text = json.dumps(json.loads(text, parse_float=str, parse_int=str), indent=1).encode()
    whole = strict_json.decode(text, max_depth=64, max_digits=1000)
    form = Cutter(BOUNDS)

    assert (whole["items"] if wrapped else whole) == rows(form, cut(text, places))
    assert ("/items" if wrapped else "") == form.pointer


@given(st.lists(VALUES, min_size=1, max_size=4), PLACES, st.integers(0, 3000), st.binary(min_size=0, max_size=2))
def test_broken_json_in_pieces(values: list[Any], places: list[int], at: int, instead: bytes) -> None:
    """A body that the strict decoder refuses as a whole is refused in pieces; what it takes is the same in pieces."""
    text = strict_json.encode(values)
    at %= len(text)
    broken = text[:at] + instead + text[at + 1 :]
    whole = answer(lambda: strict_json.decode(broken, max_depth=64, max_digits=1000))
    found = answer(lambda: rows(Cutter(BOUNDS), cut(broken, places)))

    if isinstance(whole, list):
        assert whole == found
    elif isinstance(whole, dict):
        assert found in (422, whole.get("items"))
    elif isinstance(whole, int) and whole == 400:
        assert 400 == found
    else:
        assert 422 == found


@given(st.lists(VALUES, max_size=5), PLACES, st.sampled_from([b"\n", b"\r\n", b"\n\n", b" \n"]), st.booleans())
def test_lines_in_pieces(values: list[Any], places: list[int], between: bytes, last: bool) -> None:
    """One value a line: the last needs no line break, and lines with nothing in them are no rows."""
    text = between.join(map(strict_json.encode, values)) + between * last

    assert values == rows(Lines(BOUNDS), cut(text, places))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"", 400),
        (b" ", 400),
        (b"[", 400),
        (b"[1", 400),
        (b"[1,", 400),
        (b"[1,]", 400),
        (b"[,]", 400),
        (b"[1 2]", 400),
        (b"[1]]", 400),
        (b"[1],", 400),
        (b"\xef\xbb\xbf[]", 400),
        (b"[NaN]", 400),
        (b"[{]", 400),
        (b'[{"a":1]}]', 400),
        (b'[{"a":1,"a":2}]', 400),
        (b'["\xff"]', 400),
        (b'["a]', 400),
        (b'{"items":[]', 400),
        (b'{"items":[]}{', 400),
        (b'{"items":[],"items":[]}', 400),
        (b"5", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b'{"items":null}', 422),
        (b'{"items":{}}', 422),
        (b'{"items":[1],"page":{}}', 422),
        (b'{"page":{},"items":[1]}', 422),
        (b'["\\ud800"]', 422),
        (b'["\\u0001"]', 422),
        (b"[" + b"9" * 1001 + b"]", 400),
        (b"[" * 65 + b"]" * 65, 400),
        (b'["' + b"x" * 10_001 + b'"]', 413),
        (b'[{"a":"' + b"x" * 10_001 + b'"}]', 413),
        (b"[{" + b"x" * 10_001, 413),
        (b'{"page":"' + b"x" * 10_001, 413),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100_000])
def test_refused(text: bytes, status: int, size: int) -> None:
    """What is no JSON, holds what XML cannot carry, or is too large is refused however it arrives."""
    pieces = [text[at : at + size] for at in range(0, len(text), size)]

    assert status == answer(lambda: rows(Cutter(BOUNDS), pieces))


def test_items_by_another_spelling() -> None:
    """An escape in the name makes no other name of it."""
    assert [Decimal("1.10"), 2] == rows(Cutter(BOUNDS), [b'{"it\\u0065ms": [1.10, 2]}'])


def test_rows_do_not_wait() -> None:
    """A row is given with the piece that ends it."""
    given_out = iter([b'[{"a":1},', b'{"a"', b":2}", b",{}]"])
    found = batches(Cutter(BOUNDS), given_out)

    assert [b'{"a":1}'] == next(found)
    assert [b'{"a":2}'] == next(found)


def test_rows_before_the_mistake() -> None:
    """The rows before what is wrong between rows are given first, and no more is read then."""
    rest = iter([b"[1,2 3", b"never read"])
    found = batches(Cutter(BOUNDS), rest)

    assert [b"1", b"2"] == next(found)
    with pytest.raises(InvalidRequest):
        next(found)
    assert b"never read" == next(rest)
