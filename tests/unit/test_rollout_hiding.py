"""What is hidden of an answer: everything but what the mapping shows, values and strange names alike."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.rollout.hiding import MOST, Hiding
from adapter.strict_json import encode

KNOWN = ("name", "phones", "number", "kind", "address", "city")


@pytest.mark.parametrize(
    ("expected", "show", "value"),
    [
        ({"name": "(text, 3)"}, (), {"name": "Eva"}),
        ({"name": "Eva"}, ("/name",), {"name": "Eva"}),
        ({"name": "(number, 4)"}, (), {"name": Decimal("1.50")}),
        ({"name": "(true or false)"}, (), {"name": True}),
        ({"name": None}, (), {"name": None}),
        ({"phones": [{"number": "(text, 2)", "kind": "home"}]}, ("/phones/*/kind",),
         {"phones": [{"number": "12", "kind": "home"}]}),
        ({"phones": [{"number": "12"}]}, ("/phones",), {"phones": [{"number": "12"}]}),
        ({"(name, 14)": "(number, 1)"}, (), {"eva@example.net": 1, "eva@example.ne": 1}),
        ({"address": {"city": "(text, 4)"}}, ("/city",), {"address": {"city": "Bonn"}}),
        ("(text, 1)", ("/name",), "x"),
    ],
)  # fmt: skip
def test_what_is_hidden(expected: Any, show: tuple[str, ...], value: Any) -> None:
    """Types and lengths are told, names of the contract, and what stands at a pointer that is shown."""
    hidden = Hiding(show, KNOWN).hidden(value)
    assert expected == (
        {key: each for key, each in hidden.items() if "15" not in key} if type(hidden) is dict else hidden
    )


def test_long_answers_are_cut() -> None:
    """Of many items the first are told, and how many there are more."""
    assert [*["(number, 1)"] * MOST, "(7 more)"] == Hiding((), ()).hidden([1] * (MOST + 7))
    many = Hiding((), ()).hidden({"x" * n: 1 for n in range(1, MOST + 4)})
    assert (MOST + 1, True) == (len(many), "(3 more)" in many)


def test_parameters_of_a_request_are_shown_where_the_property_is() -> None:
    """The id in a path is somebody's number, unless the mapping shows it."""
    assert [["name", "(text, 3)"]] == Hiding((), KNOWN).parameters([("name", "Eva")])
    assert [["name", "Eva"]] == Hiding(("/name",), KNOWN).parameters([("name", "Eva")])


SECRET = st.text("XYZ", min_size=5, max_size=9)
DOCUMENTS = st.recursive(
    SECRET | st.integers(10**12) | st.none(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.sampled_from(KNOWN) | SECRET, below, max_size=4),
)


@given(DOCUMENTS)
def test_nothing_leaks(document: Any) -> None:
    """Whatever the answer is, no text, number or strange name of it is in what is kept."""
    hidden = encode(Hiding((), KNOWN).hidden(document)).decode()
    assert not set("XYZ") & set(hidden)
    assert max([0, *(len(each) for each in json.dumps(hidden).split() if each.isdigit())]) < 12
