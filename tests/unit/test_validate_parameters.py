"""Path and query parameters, paging and sorting: each alone, and what they owe to each other."""

from __future__ import annotations

import pytest

from adapter.mapping.bound import Endpoint
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, erp, errors, sent, typed

ERP = erp()
LIST = ERP["customers.list"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ((("name", "a"), ("name", "b")), {"name": "is given twice"}),
        ((("colour", "a"),), {"colour": "is not a parameter of this operation"}),
        ((("status", "A"),), {"status": "must be one of active, dormant, deleted"}),
        ((("blocked", "J"),), {"blocked": "must be true or false"}),
        ((("tag", "x" * 21),), {"tag": "must have at most 20 characters"}),
        ((("limit", "0"),), {"limit": "must be a whole number from 1 to 200"}),
        ((("limit", "201"),), {"limit": "must be a whole number from 1 to 200"}),
        ((("limit", "+1"),), {"limit": "must be a whole number from 1 to 200"}),
        ((("limit", "٣"),), {"limit": "must be a whole number from 1 to 200"}),
        ((("offset", "-1"),), {"offset": "must be a whole number from 0 to 2147483646"}),
        ((("offset", "9" * 30),), {"offset": "must be a whole number from 0 to 2147483646"}),
        ((("sort", "city"),), {"sort": "must be one of id, name, created_on"}),
        ((("sort", "--id"),), {"sort": "must be one of id, name, created_on"}),
        ((("sort", ""),), {"sort": "must be one of id, name, created_on"}),
        ((("name", ""), ("blocked", "true"), ("limit", "200"), ("offset", "0"), ("sort", "-name")), {}),
        ((("x", "1"), ("limit", "x"), ("sort", "x")),
         {"x": "is not a parameter of this operation", "limit": "must be a whole number from 1 to 200",
          "sort": "must be one of id, name, created_on"}),
    ],
)  # fmt: skip
def test_query(query: tuple[tuple[str, str], ...], said: dict[str, str]) -> None:
    """Parameters, paging and sorting are named when they are unknown, double or out of bounds."""
    assert said == errors(LIST, query=query)


def test_query_is_written_as_the_erp_wants_it() -> None:
    """Defaults, paging and sorting become the ERP's own words."""
    query = check(LIST, query=(("blocked", "true"), ("status", "dormant"), ("sort", "-name"))).query
    assert {"blocked": "J", "status": "R", "limit": "50", "offset": "0", "sort": "-name"} == query


def test_path_is_checked() -> None:
    """A path parameter is named like any other."""
    assert {"id": "must be 1 to 10 digits without leading zeros"} == errors(ERP["customers.read"], path={"id": "x"})
    assert {"id": "0000000042"} == check(ERP["customers.read"], path={"id": "42"}).path


def test_control_characters_do_not_reach_xml() -> None:
    """What XML cannot carry is a wrong value in a parameter as well as in a body."""
    assert {"name": "holds a character that XML cannot carry"} == errors(LIST, query=(("name", "a\0b"),))


PARAMETERS = typed("""<xsd:sequence>
  <xsd:element name="S" minOccurs="0"><xsd:complexType><xsd:sequence><xsd:element name="a" type="xsd:int"/>
    <xsd:element name="b" type="xsd:double" minOccurs="0" maxOccurs="3"/></xsd:sequence></xsd:complexType></xsd:element>
  <xsd:choice minOccurs="0"><xsd:element name="c" type="xsd:int"/><xsd:element name="d" type="xsd:decimal"/>
  </xsd:choice>
  <xsd:element name="must" type="xsd:string"/>
</xsd:sequence>""")


@pytest.fixture(scope="module")
def asking() -> Endpoint:
    """An operation whose message is filled by parameters only."""
    decimal = {"soap": "X.d", "json": "number"}
    query = {"a": "X.S.a", "b": "X.S.b", "c": "X.c", "d": decimal, "must": "X.must"}
    return build(PARAMETERS, {}, {"query": query, "reply": {"status": 204}})


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"must": "x"}, {}),
        ({}, {"must": "is required"}),
        ({"must": "x", "b": "1.5e3"}, {"a": "is required together with b"}),
        ({"must": "x", "a": "1", "b": "INF"}, {}),
        ({"must": "x", "a": "1", "b": "one"}, {"b": "not a number"}),
        ({"must": "x", "c": "1", "d": "2.50"}, {"": "must have only one of c, d"}),
        ({"must": "x", "c": "1.5"}, {"c": "must be a whole number"}),
        ({"must": "x", "d": "1,5"}, {"d": "not a number"}),
    ],
)
def test_parameters_agree_with_each_other(asking: Endpoint, query: dict[str, str], said: dict[str, str]) -> None:
    """Parameters of one element bring what it requires, a choice takes one, and a required one must be given."""
    assert said == errors(asking, query=tuple(query.items()))


def test_parameter_in_a_repeated_element_is_its_only_item(asking: Endpoint) -> None:
    """One value of a repeated element is one element, not one for each letter."""
    element = sent(writer(asking)(check(asking, query=(("must", "x"), ("a", "1"), ("b", "12.5")))))
    assert ["1", "12.5"] == [child.text for child in element[0][0]]
