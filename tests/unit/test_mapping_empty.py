"""Empty elements with a default, and white space that a type takes away."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.openapi.schemas import schemas
from tests.unit.mapped import echo, errors, typed
from tests.unit.twins import reader

XSI = "http://www.w3.org/2001/XMLSchema-instance"


def read(endpoint: Endpoint, xml: str) -> Any:
    """What a reply holding the object reads as."""
    return reader(endpoint)(etree.fromstring(f'<Out xmlns="urn:t" xmlns:xsi="{XSI}">{xml}</Out>')).document


def one(declaration: str, **rule: Any) -> Endpoint:
    """An object with one property ``a`` for the element A."""
    return echo(
        typed(f"<xsd:sequence><xsd:element name='A' {declaration}/></xsd:sequence>"), {"a": {"soap": "A", **rule}}
    )


def test_an_empty_element_is_its_default() -> None:
    """Nothing at all in the element: the default. Blanks, or nil, are something; no element is nothing."""
    endpoint = one("type='xsd:string' default='x' minOccurs='0' nillable='true'")
    assert {"a": "x"} == read(endpoint, "<X><A/></X>")
    assert {"a": " "} == read(endpoint, "<X><A> </A></X>")
    assert {"a": None} == read(endpoint, "<X><A xsi:nil='true'/></X>")
    assert {} == read(endpoint, "<X/>")
    assert {"/a": "must not be empty, which would stand for x"} == errors(endpoint, {"a": ""})


def test_the_default_goes_through_converters() -> None:
    """The default is text in XML like any other."""
    endpoint = one("type='xsd:string' default='J'", convert="flag(J,N)")
    assert {"a": True} == read(endpoint, "<X><A/></X>")


def test_what_the_mapping_says_of_empty_elements_holds() -> None:
    """``blank: null`` says what an empty element is, so it is not the default."""
    endpoint = one("type='xsd:string' default='x'", blank=None)
    assert {"a": None} == read(endpoint, "<X><A/></X>")


def test_a_default_that_no_value_can_be_is_passed_over() -> None:
    """A messy contract's default of the wrong type costs nobody an operation; the element is empty, and so wrong."""
    endpoint = one("type='xsd:int' default='x'")
    assert {"a": 7} == read(endpoint, "<X><A>7</A></X>")
    with pytest.raises(BackendReplyInvalid):
        read(endpoint, "<X><A/></X>")


def test_the_default_is_documented() -> None:
    """Readers of the documentation know what an empty element is taken for."""
    properties = schemas([one("type='xsd:int' default='5'")]).components["T"]["properties"]
    assert {
        "type": "integer",
        "minimum": -(2**31),
        "maximum": 2**31 - 1,
        "description": "An empty element stands for 5.",
    } == (properties["a"])


@pytest.mark.parametrize(
    ("base", "facet", "text", "value"),
    [
        ("string", "preserve", " a\tb ", " a\tb "),
        ("string", "replace", " a\tb ", " a b "),
        ("string", "collapse", " a\t b ", "a b"),
        ("normalizedString", "collapse", " a\tb ", "a b"),
        # A type cannot give back what its base takes away.
        ("token", "preserve", " a  b ", "a b"),
    ],
)
def test_white_space(base: str, facet: str, text: str, value: str) -> None:
    """The facet decides what of a text's white space is part of its value."""
    inside = f"<xsd:restriction base='xsd:{base}'><xsd:whiteSpace value='{facet}'/></xsd:restriction>"
    schema = typed(
        f"<xsd:sequence><xsd:element name='A'><xsd:simpleType>{inside}</xsd:simpleType></xsd:element></xsd:sequence>"
    )
    endpoint = echo(schema, {"a": "A"})
    assert {"a": value} == read(endpoint, f"<X><A>{text}</A></X>")


def test_enumeration_is_compared_as_collapsed() -> None:
    """What a schema processor takes away does not make a text another one, in the contract neither."""
    inside = (
        "<xsd:restriction base='xsd:string'><xsd:whiteSpace value='collapse'/><xsd:enumeration value=' a  b '/>"
        "</xsd:restriction>"
    )
    schema = typed(
        f"<xsd:sequence><xsd:element name='A'><xsd:simpleType>{inside}</xsd:simpleType></xsd:element></xsd:sequence>"
    )
    assert {} == errors(echo(schema, {"a": "A"}), {"a": "a b"})
