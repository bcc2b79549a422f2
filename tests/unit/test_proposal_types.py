"""Proposed types: every construct of a record becomes a property, and ``check`` has nothing to say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapter.mapping.proposal.single import one_operation
from adapter.mapping.proposal.types import propose_types
from adapter.wsdl.load import load
from tests.unit.proposed import bound, complex_type, contract, derived, element
from tests.unit.twins import reader

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "wsdl"


def fields(content: str, name: str = "T") -> Any:
    """The fields proposed for the type called ``name``."""
    return propose_types(contract(content), ["{urn:t}" + name]).types[name].section["fields"]


def test_names() -> None:
    """Properties are in snake case, attributes and the text of a value are properties too, every name is there once."""
    text = (
        '<xsd:complexType name="Amount"><xsd:simpleContent><xsd:extension base="xsd:decimal">'
        '<xsd:attribute name="value"/><xsd:attribute name="isoCode"/></xsd:extension>'
        "</xsd:simpleContent></xsd:complexType>"
    )
    assert {"value": "@value", "iso_code": "@isoCode", "value_2": {"soap": "#text", "json": "string"}} == fields(
        text, "Amount"
    )
    inside = element("OrderID") + element("order_id") + element("XMLText")
    assert {"order_id": "OrderID", "order_id_2": "order_id", "xml_text": "XMLText"} == fields(complex_type("T", inside))


@pytest.mark.parametrize(
    ("builtin", "json"),
    [("int", "number"), ("long", "string"), ("decimal", "string"), ("unsignedInt", "number"), ("integer", "string")],
)
def test_numbers_say_what_they_are_in_json(builtin: str, json: str) -> None:
    """Each number states the form that it has if nothing is said, so that whoever reads the mapping sees it."""
    assert {"n": {"soap": "n", "json": json}} == fields(complex_type("T", element("n", f"xsd:{builtin}")))
    assert {"n": "n"} == fields(complex_type("T", element("n", "xsd:double")))


def test_arrays() -> None:
    """What repeats is an array; an element that only stands around what repeats is no object of its own."""
    content = complex_type("Item", element("sku")) + complex_type("Items", element("i", "t:Item", maxOccurs="9"))
    inside = element("all", "t:Items") + element("one", "t:Item") + element("many", "t:Item", maxOccurs="unbounded")
    expected = {
        "all": {"soap": "all.i", "each": "Item"},
        "one": {"soap": "one", "one": "Item"},
        "many": {"soap": "many", "each": "Item"},
        "tag": "tag",
    }
    assert expected == fields(content + complex_type("T", inside + element("tag", maxOccurs="3")))


def test_groups_that_repeat_are_arrays_of_turns() -> None:
    """Elements that take turns are one array, in which the order is kept; so are members of a substitution group."""
    group = f'<xsd:choice maxOccurs="unbounded">{element("a")}{element("b")}</xsd:choice>'
    content = complex_type("T", element("x") + group + '<xsd:element ref="t:h" minOccurs="0" maxOccurs="9"/>')
    content += element("h") + element("m", substitutionGroup="t:h")
    types = propose_types(contract(content), ["{urn:t}T"]).types
    assert {
        "x": "x",
        "items": {"soap": "group(a)", "each": "TGroupA"},
        "items_2": {"soap": "group(h)", "each": "TGroupH"},
    } == types["T"].section["fields"]
    assert {"a": "a", "b": "b"} == types["TGroupA"].section["fields"]
    assert {"h": "h", "m": "m"} == types["TGroupH"].section["fields"]


def test_an_element_around_an_array_that_says_more_is_an_object() -> None:
    """With an attribute of its own nothing is unwrapped, or the attribute would be lost."""
    items = (
        '<xsd:complexType name="Items"><xsd:sequence>'
        '<xsd:element name="i" type="xsd:int" maxOccurs="9"/></xsd:sequence>'
        '<xsd:attribute name="count" type="xsd:int"/></xsd:complexType>'
    )
    types = propose_types(contract(items + complex_type("T", element("all", "t:Items"))), ["{urn:t}T"])
    number = {"json": "number"}
    assert {"all": {"soap": "all", "one": "Items"}} == types.types["T"].section["fields"]
    assert {"i": {"soap": "i", **number}, "count": {"soap": "@count", **number}} == types.types["Items"].section[
        "fields"
    ]


def test_variants() -> None:
    """Few derived types are variants: the shared properties once, the rest with each; an abstract one is none."""
    content = (
        '<xsd:complexType name="Base" abstract="true"><xsd:sequence><xsd:element name="type" type="xsd:string"/>'
        "</xsd:sequence></xsd:complexType>"
        + derived("BigBox", "Base", element("size"))
        + derived("Plain", "Base")
        + complex_type("T", element("b", "t:Base"))
    )
    expected = {
        "fields": {"type": "type"},
        "variants": {
            "by": "kind",
            "of": {"big-box": {"soap_type": "BigBox", "fields": {"size": "size"}}, "plain": {"soap_type": "Plain"}},
        },
    }
    assert expected == propose_types(contract(content), ["{urn:t}T"]).types["Base"].section


def test_a_type_that_fills_the_message_has_no_variants() -> None:
    """A body without an element of its own cannot say xsi:type; the same type elsewhere has its variants."""
    content = complex_type("Base", element("b", "t:Base", minOccurs="0")) + derived("More", "Base", element("x"))
    types = propose_types(contract(content), ["{urn:t}Base"])
    assert {"{urn:t}Base": "BaseItself"} == types.whole
    assert {"fields": {"b": {"soap": "b", "one": "Base"}}} == types.types["BaseItself"].section
    assert ["base", "more"] == list(types.types["Base"].section["variants"]["of"])


def test_anonymous_types_are_called_after_the_way() -> None:
    """A type without a name is called after where it stands, and never takes a name that the contract gives."""
    inner = (
        '<xsd:element name="Place"><xsd:complexType><xsd:sequence>'
        + element("zip")
        + "</xsd:sequence></xsd:complexType>"
    )
    content = complex_type("T", inner + "</xsd:element>") + complex_type("TPlace", element("x"))
    assert {"place": {"soap": "Place", "one": "TPlace2"}} == fields(content)


def test_a_type_that_holds_itself_ends() -> None:
    """A tree is a type that names itself."""
    content = complex_type("T", element("child", "t:T", minOccurs="0", maxOccurs="unbounded"))
    assert {"child": {"soap": "child", "each": "T"}} == fields(content)


def test_names_do_not_depend_on_what_else_is_proposed() -> None:
    """Two contracts' worth of types: the second is called the same alone and beside the first."""
    content = complex_type("order", element("x")) + complex_type("Order", element("o", "t:order"))
    made = contract(content)
    assert ["Order2"] == list(propose_types(made, ["{urn:t}Order"]).whole.values())
    assert ["Order", "Order2"] == list(propose_types(made, ["{urn:t}order", "{urn:t}Order"]).whole.values())


def test_a_message_that_is_one_value_is_an_object_with_it() -> None:
    """A reply whose element is a single value is not lost: it is the property of an object."""
    made = contract("")
    endpoints, mistakes = bound(one_operation(made, "S", "P", "Do"), made)
    assert [] == mistakes
    assert {"value": 5} == reader(endpoints[0])(etree.fromstring('<Out xmlns="urn:t">5</Out>')).document


def test_one_operation_needs_nothing_else() -> None:
    """The mapping of one operation carries its request and its reply, and agrees with the contract."""
    message = '<xsd:element name="{}"><xsd:complexType><xsd:sequence>{}</xsd:sequence></xsd:complexType></xsd:element>'
    made = contract(message.format("In", element("id", "xsd:int")) + message.format("Out", element("name")))
    endpoints, mistakes = bound(one_operation(made, "S", "P", "Do"), made)
    assert [] == mistakes
    assert ["In", "Out"] == sorted(bound.name for bound in endpoints[0].types.values())


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real contracts is not here")
@pytest.mark.parametrize("file", ["paypal/PayPalSvc.wsdl", "omniture/OmnitureAdminServices.wsdl", "vies/vies.wsdl"])
def test_real_contracts_agree(file: str) -> None:
    """Each operation of real contracts has a mapping that holds as it is proposed."""
    made = load(CORPUS, file)
    for service in made.services.values():
        for port in service.ports.values():
            for name in port.operations:
                assert [] == bound(one_operation(made, service.name, port.name, name), made)[1]
