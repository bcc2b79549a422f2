"""One element at several places of a record."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from adapter.mapping.bound import Endpoint
from adapter.translate.writer import writer
from tests.unit.mapped import check, echo, errors, mistakes, sent, typed
from tests.unit.twins import reader

A, B, C = (f'<xsd:element name="{name}" type="xsd:string"{{}}/>' for name in "abc")
FREE = ' minOccurs="0" maxOccurs="unbounded"'
OPTIONAL = ' minOccurs="0"'
BOTH = {"a": "a", "b": "b", "c": "c"}


def sequence(*items: str) -> str:
    """A sequence of particles."""
    return f"<xsd:sequence>{''.join(items)}</xsd:sequence>"


def choice(*items: str) -> str:
    """A choice of particles."""
    return f"<xsd:choice>{''.join(items)}</xsd:choice>"


def xml(endpoint: Endpoint, body: Any) -> str:
    """What is written for a body, tags and texts: ``a1b2``."""
    message = sent(writer(endpoint)(check(endpoint, body)))
    return "".join(f"{etree.QName(each).localname}{each.text}" for each in message[0])


def read(endpoint: Endpoint, text: str) -> Any:
    """What a reply reads as whose elements have these names, and their positions as texts."""
    inner = "".join(f"<{name}>{place}</{name}>" for place, name in enumerate(text))
    return reader(endpoint)(etree.fromstring(f'<Out xmlns="urn:t"><X>{inner}</X></Out>')).document


def test_around_another() -> None:
    """a, b, a: an array of two, the first before b and the second after it."""
    endpoint = echo(typed(sequence(A.format(""), B.format(""), A.format(""))), {"a": "a", "b": "b"})
    assert "a1b2a3" == xml(endpoint, {"b": "2", "a": ["1", "3"]})
    assert {"/a": "must have at least 2 items"} == errors(endpoint, {"b": "2", "a": ["1"]})
    assert {"/a": "must have at most 2 items"} == errors(endpoint, {"b": "2", "a": ["1", "3", "4"]})
    assert {"/a": "is required"} == errors(endpoint, {"b": "2"})
    assert {"a": ["0", "2"], "b": "1"} == read(endpoint, "aba")


def test_the_rest_stands_where_their_number_is_free() -> None:
    """Where all places but one have a fixed number of values, that one takes the others."""
    last = echo(typed(sequence(A.format(""), B.format(""), A.format(FREE))), {"a": "a", "b": "b"})
    assert "a1b0" == xml(last, {"b": "0", "a": ["1"]})
    assert "a1b0a2a3" == xml(last, {"b": "0", "a": ["1", "2", "3"]})
    first = echo(typed(sequence(A.format(FREE), B.format(""), A.format(""))), {"a": "a", "b": "b"})
    assert "b0a1" == xml(first, {"b": "0", "a": ["1"]})
    assert "a1a2b0a3" == xml(first, {"b": "0", "a": ["1", "2", "3"]})
    assert {"a": ["0", "1", "3"], "b": "2"} == read(first, "aaba")


@pytest.mark.parametrize(
    "inside",
    [
        sequence(A.format(OPTIONAL), B.format(""), A.format(OPTIONAL)),
        sequence(A.format(FREE), B.format(""), A.format(FREE)),
        sequence(A.format(""), '<xsd:sequence minOccurs="0">', B.format(""), A.format(""), "</xsd:sequence>"),
        sequence(A.format(""), choice(A.format(""), B.format(""))),
        choice(A.format(""), sequence(A.format(""), B.format(""), A.format(""))),
    ],
)
def test_what_values_do_not_say_is_a_mistake(inside: str) -> None:
    """Where it depends on more than the number of values at which place they stand, requests cannot be written."""
    (found,) = mistakes(lambda: echo(typed(inside), {"a": "a", "b": "b"}))
    assert "a: a stands at several places, and values do not say at which" == found.text
    assert "xml: true for the element around it" in found.remedy


def test_undecided_places_are_read() -> None:
    """Replies have their places already: all values are one array."""
    inside = sequence(A.format(FREE), B.format(OPTIONAL), A.format(FREE))
    endpoint = echo(typed(inside), {"a": {"soap": "a", "read_only": True}, "b": "b"})
    assert {"a": ["0", "2", "3"], "b": "1"} == read(endpoint, "abaa")


def test_in_branches_of_a_choice() -> None:
    """One value; it stands where the branch has it that the other values are in."""
    endpoint = echo(typed(choice(sequence(A.format(""), B.format("")), sequence(B.format(""), C.format("")))), BOTH)
    assert "a1b2" == xml(endpoint, {"a": "1", "b": "2"})
    assert "b2c3" == xml(endpoint, {"b": "2", "c": "3"})
    assert {"": "must have only one of a, c"} == errors(endpoint, {"a": "1", "b": "2", "c": "3"})
    assert ["/a"] == list(errors(endpoint, {"b": "2"}))
    assert {"": "must have one of a, b, c"} == errors(endpoint, {})
    assert {"a": "0", "b": "1"} == read(endpoint, "ab")
    assert {"b": "0", "c": "1"} == read(endpoint, "bc")


def test_branch_that_nobody_maps() -> None:
    """A branch whose values another one takes too need not be mapped."""
    inside = choice(sequence(A.format(""), B.format("")), sequence(B.format(""), C.format("")))
    endpoint = echo(typed(inside), {"b": "b", "c": "c"})
    assert "b2c3" == xml(endpoint, {"b": "2", "c": "3"})


def test_array_in_one_branch() -> None:
    """Where it may repeat in one of the branches it is an array."""
    endpoint = echo(typed(choice(sequence(A.format(""), B.format("")), sequence(C.format(""), B.format(FREE)))), BOTH)
    assert "a1b2" == xml(endpoint, {"a": "1", "b": ["2"]})
    assert "c1b2b3" == xml(endpoint, {"c": "1", "b": ["2", "3"]})
    assert {"a": "0", "b": ["1"]} == read(endpoint, "ab")
