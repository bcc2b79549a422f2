"""JSON that is encoded in pieces is the JSON that is encoded at once."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter import json_pieces, pieces, strict_json
from adapter.messages import Request, Response

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(TEXT, inner, max_size=6),
    max_leaves=60,
)


def encoded(document: Any, *, size: int = pieces.LARGE + 1) -> bytes:
    """Encode a document in a call that works on a message of so many bytes."""

    def handle(request: Request) -> Response:
        pieces.begin(size, float("inf"))
        return Response(200, json_pieces.encode(document))

    body = pieces.call(handle)(Request("a.b", "1", float("inf"))).body
    assert isinstance(body, bytes)
    return body


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three values or characters are many, so that there are borders everywhere."""
    for name in ("_MOST", "_CHARACTERS", "PIECE"):
        monkeypatch.setattr(json_pieces, name, 3)


@given(VALUES)
def test_pieces_make_no_difference(document: Any) -> None:
    """Every document is the same bytes, wherever it is cut."""
    expected = strict_json.encode_document(document)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_MOST", "_CHARACTERS", "PIECE"):
            patch.setattr(json_pieces, name, 3)
        assert expected == encoded(deepcopy(document))
    assert expected == encoded(document)


def test_what_is_no_json_is_refused(small: None) -> None:
    """What cannot be encoded at once cannot be encoded in pieces either."""
    for document in ("\ud800", [[1] * 9, "\ud800"], {"a": [1] * 9, "b": ["\ud800"]}):
        with pytest.raises(ValueError, match="surrogates"):
            strict_json.encode_document(document)
        with pytest.raises(ValueError, match="surrogates"):
            encoded(document)


def test_a_large_document_is_let_go_of() -> None:
    """Once it is written nothing of it is held, so that there is not all of it to free at the end."""
    document = {"lines": [{"number": number} for number in range(5_000)], "note": "x"}
    assert strict_json.encode_document(deepcopy(document)) == encoded(document)
    assert {"lines": None, "note": None} == document


def test_a_small_document_stays_as_it_is() -> None:
    """What is not large is encoded as ever."""
    document = {"lines": [{"number": number} for number in range(5_000)]}
    assert strict_json.encode_document(document) == encoded(document, size=1)
    assert 5_000 == len(document["lines"])
