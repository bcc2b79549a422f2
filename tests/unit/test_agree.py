"""Agreement of mapping and contract: what is accepted, what is refused, and what fields become in each direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from adapter.mapping.bound import BoundField, Endpoint
from adapter.mapping.convert import Converter
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, echo, erp, errors, mistakes, schema, sent, typed
from tests.unit.twins import reader


def element(name: str, kind: str = "xsd:string", **more: str) -> str:
    """One element declaration."""
    attributes = "".join(f' {key}="{value}"' for key, value in more.items())
    return f'<xsd:element name="{name}" type="{kind}"{attributes}/>'


def sequence(*items: str, **more: str) -> str:
    """A sequence of particles."""
    attributes = "".join(f' {key}="{value}"' for key, value in more.items())
    return f"<xsd:sequence{attributes}>{''.join(items)}</xsd:sequence>"


def said(inside: str, fields: Mapping[str, Any], **types: Any) -> list[str]:
    """What is wrong with a mapping of T in both directions, sorted."""
    return sorted(mistake.text for mistake in mistakes(lambda: echo(typed(inside), fields, **types)))


def written(endpoint: Endpoint, body: Any) -> Any:
    """The X of the request."""
    return sent(writer(endpoint)(check(endpoint, body)))[0]


def back(endpoint: Endpoint, x: Any) -> Any:
    """What the reader makes of an X."""
    out = etree.Element("{urn:t}Out")
    out.append(x)
    return reader(endpoint)(sent(out)).document


def field(endpoint: Endpoint, name: str, mode: str) -> BoundField:
    """One field of the type T as bound for a mode."""
    bound = next(each for each in endpoint.types.values() if each.name == "T" and each.mode == mode)
    return next(each for each in bound.fields if each.name == name)


OPTIONAL = {"minOccurs": "0"}
MANY = {"minOccurs": "0", "maxOccurs": "unbounded"}
WRAPPED = (
    "<xsd:element name='W' {}><xsd:complexType>" + sequence(element("i", **MANY)) + "</xsd:complexType></xsd:element>"
)


@pytest.mark.parametrize(
    ("inside", "soap", "shape", "required", "nullable"),
    [
        (sequence(element("a")), "a", "scalar", True, False),
        (sequence(element("a", minOccurs="0", nillable="true")), "a", "scalar", False, True),
        (sequence(element("a", minOccurs="1", maxOccurs="3")), "a", "scalars", True, False),
        (sequence(element("a", **MANY)), "a", "scalars", False, False),
        (sequence(WRAPPED.format("")), "W.i", "scalars", True, False),
        (sequence(WRAPPED.format('minOccurs="0" nillable="true"')), "W.i", "scalars", False, True),
        (sequence(element("a"), minOccurs="0"), "a", "scalar", False, False),
        (sequence(element("a"), minOccurs="0", maxOccurs="unbounded"), "a", "scalars", False, False),
        (f"<xsd:choice>{element('a')}{element('b')}</xsd:choice>", "a", "scalar", False, False),
        ("<xsd:sequence/><xsd:attribute name='a' type='xsd:int' use='required'/>", "@a", "scalar", True, False),
    ],
)  # fmt: skip
def test_shape_and_presence_come_from_the_contract(
    inside: str, soap: str, shape: str, required: bool, nullable: bool
) -> None:
    """Arrays, what must be given and what may be null are never said by the mapping."""
    endpoint = echo(typed(inside), {"x": soap})
    for mode in ("request", "reply"):
        bound = field(endpoint, "x", mode)
        assert (shape, required, nullable) == (bound.shape, bound.required, bound.nullable), mode


@pytest.mark.parametrize(
    ("inside", "fields", "texts"),
    [
        (sequence(element("a"), element("b")), {"a": "a"}, ["T: T requires b, and no field fills it"]),
        (sequence(element("a"), element("b", fixed="x")), {"a": "a"}, []),
        (sequence(element("a"), "<xsd:any/>"), {"a": "a"},
         ["T: T requires *, and no field fills it"]),
        (sequence(element("a"), "<xsd:any minOccurs='0'/>"), {"a": "a"}, []),
        (f"<xsd:choice>{element('a')}{element('b')}</xsd:choice>", {"b": "b"}, []),
        (sequence(f"<xsd:choice>{element('a')}{element('b')}</xsd:choice>", element("c")), {"c": "c"},
         ["T: T requires a or b, and no field fills it"]),
        (f"<xsd:choice>{sequence(element('a'), element('b'))}{element('c')}</xsd:choice>", {"a": "a", "c": "c"},
         ["T: T requires b, and no field fills it"]),
        (sequence(element("a")) + "<xsd:attribute name='k' type='xsd:int' use='required'/>", {"a": "a"},
         ["T: T requires @k, and no field fills it"]),
        (sequence(element("a"), element("b"), maxOccurs="2"), {"a": "a", "b": "b"},
         ["T: b and a stand in a group that repeats as a whole"]),
        (sequence(element("a")), {"a": "a", "b": "a"}, ["T: b and a fill the same element"]),
        (sequence(element("a")), {"a": "a", "b": {"soap": "a", "read_only": True}}, []),
        (sequence(element("a")), {"a": {"soap": ".", "one": "T"}}, ["a: T would stand in itself without end"]),
    ],
)  # fmt: skip
def test_what_a_request_needs(inside: str, fields: dict[str, Any], texts: list[str]) -> None:
    """Everything required is filled by exactly one field; what the contract fixes fills itself."""
    assert sorted(set(texts)) == said(inside, fields)


def test_path_through_a_record_and_the_record_itself_collide() -> None:
    """One field cannot fill an element that another field fills as a whole."""
    inner = "<xsd:element name='A'><xsd:complexType>" + sequence(element("b")) + "</xsd:complexType></xsd:element>"
    fields = {"a": {"soap": "A", "one": "A"}, "b": "A.b"}
    assert ["T: b and a fill the same element"] == said(sequence(inner), fields, A={"fields": {"b": "b"}})


def test_attribute_of_a_repeated_element_needs_a_type() -> None:
    """The attribute of one of many elements belongs to an object in an array."""
    inner = """<xsd:element name="A" maxOccurs="9"><xsd:complexType><xsd:simpleContent><xsd:extension base="xsd:string">
      <xsd:attribute name="k" type="xsd:int"/></xsd:extension></xsd:simpleContent></xsd:complexType></xsd:element>"""
    assert ["k: A on the way repeats"] == said(sequence(inner), {"k": "A.@k", "a": "A"})


def test_abstract_element_cannot_be_mapped() -> None:
    """The head of a substitution group that is abstract stands in no message."""
    head = element("Head", abstract="true")
    xsd = typed(sequence('<xsd:element ref="t:Head"/>')).replace("</xsd:schema>", f"{head}</xsd:schema>")
    texts = [each.text for each in mistakes(lambda: echo(xsd, {"a": "Head"}))]
    assert any("Head is abstract" in text for text in texts)


def test_fixed_values_write_themselves_and_take_no_other() -> None:
    """A required element or attribute with a fixed value is written without a field; a field of it takes only that."""
    inside = sequence(element("a"), element("f", "xsd:int", fixed="7")) + (
        '<xsd:attribute name="v" type="xsd:string" use="required" fixed="1.0"/>'
    )
    x = written(echo(typed(inside), {"a": "a"}), {"a": "1"})
    assert ["1", "7"] == [child.text for child in x]
    assert "1.0" == x.get("v")
    endpoint = echo(typed(inside), {"a": "a", "f": "f"})
    assert {"/f": "must be one of 7"} == errors(endpoint, {"a": "1", "f": 8})
    assert "7" == written(endpoint, {"a": "1", "f": 7})[1].text


def test_required_wrapper_is_written_though_empty() -> None:
    """An element that a path only crosses is there whenever the contract wants it, whatever the caller leaves out."""
    inside = sequence(
        "<xsd:element name='W'><xsd:complexType>"
        + sequence(element("o", **OPTIONAL))
        + "</xsd:complexType></xsd:element>"
    )
    endpoint = echo(typed(inside), {"o": "W.o"})
    assert b"<n0:W/>" in etree.tostring(written(endpoint, {}))
    assert {} == back(endpoint, written(endpoint, {}))


def test_choice_that_repeats_takes_every_branch() -> None:
    """Where a choice may be made again and again, all of its branches may be given."""
    inside = f"<xsd:choice minOccurs='0' maxOccurs='unbounded'>{element('a')}{element('b')}</xsd:choice>"
    endpoint = echo(typed(inside), {"a": "a", "b": "b"})
    body = {"a": ["1", "2"], "b": ["3"]}
    assert body == back(endpoint, written(endpoint, body))
    assert not any(bound.choices for bound in endpoint.types.values())


def test_elements_of_the_same_name_in_other_namespaces_are_others() -> None:
    """An element is known by its namespace too: what another schema calls the same is passed over."""
    inside = '<xsd:sequence><xsd:element name="a" type="xsd:string" form="unqualified"/></xsd:sequence>'
    endpoint = echo(typed(inside), {"a": "a"})
    x = written(endpoint, {"a": "1"})
    assert ["a"] == [child.tag for child in x]
    etree.SubElement(x, "{urn:t}a").text = "other"
    assert {"a": "1"} == back(endpoint, x)


def test_body_may_fill_the_message_itself() -> None:
    """Without ``into`` the body's fields and the parameters fill one message together, and never the same element."""
    message = "<xsd:element name='{}'><xsd:complexType>" + sequence(
        element("id"), element("a"), element("b", **OPTIONAL)
    )
    xsd = schema("".join((message + "</xsd:complexType></xsd:element>").format(each) for each in ("In", "Out")))
    operation = {"request": "PUT /{id}", "path": {"id": "id"}, "body": {"one": "T"}, "reply": {"one": "T"}}
    endpoint = build(xsd, {"T": {"fields": {"a": "a", "b": "b"}}}, operation, verb="update")
    element_ = sent(writer(endpoint)(check(endpoint, {"b": "2", "a": "1"}, {"id": "7"})))
    assert ["7", "1", "2"] == [child.text for child in element_]
    assert {"/a": "is required"} == errors(endpoint, {"b": "2"}, {"id": "7"})
    twice = {"T": {"fields": {"a": "a", "id": "id"}}}
    texts = [each.text for each in mistakes(lambda: build(xsd, twice, operation, verb="update"))]
    assert ["things.update: id and id fill the same element"] == texts


def test_own_converter_is_used_and_guarded() -> None:
    """A team's converter is called like ours; its arguments may have defaults; what it breaks is a wrong value."""

    def shout(mark: str = "!") -> Converter:
        return Converter(
            "shout", lambda text: text.removesuffix(mark).lower(), lambda text: {"hello": "HELLO"}[text or ""] + mark
        )

    for call in ("shout", "shout(?)"):
        rules = {"a": {"soap": "a", "convert": call}}
        make = {"body": {"one": "T", "into": "X"}, "reply": {"one": "T", "from": "X"}}
        endpoint = build(typed(sequence(element("a"))), {"T": {"fields": rules}}, make, converters={"shout": shout})
        assert {"a": "hello"} == back(endpoint, written(endpoint, {"a": "hello"}))
        assert {"/a": "cannot be converted"} == errors(endpoint, {"a": "x"})


def test_whole_number_of_any_size_can_page() -> None:
    """A count may be a long or an unbounded integer, which elsewhere are strings in JSON."""
    query = sequence(element("limit", "xsd:long"), element("offset", "xsd:integer"))
    reply = sequence(element("total", "xsd:nonNegativeInteger"), element("i", "t:I", **MANY))
    parts = f'<xsd:complexType name="I">{sequence(element("a"))}</xsd:complexType>'
    message = '<xsd:element name="{}"><xsd:complexType>{}</xsd:complexType></xsd:element>'
    xsd = schema(parts + message.format("In", query) + message.format("Out", reply))
    page = {"limit": "limit", "offset": "offset", "total": "total", "first": 1}
    operation = {"request": "GET /", "page": page, "reply": {"each": "I", "from": "i"}}
    endpoint = build(xsd, {"I": {"fields": {"a": "a"}}}, operation, verb="list")
    element_ = writer(endpoint)(check(endpoint, query=(("limit", "5"), ("offset", "10"))))
    assert ["5", "11"] == [child.text for child in element_]
    out = etree.fromstring('<Out xmlns="urn:t"><total>18446744073709551616</total></Out>')
    assert 2**64 == reader(endpoint)(out).total


def test_type_is_bound_once_for_each_record_and_direction() -> None:
    """The same type in a request, a change and a reply asks for what each of them requires."""
    orders = erp()["orders.patch"]
    modes = {(bound.mode, bound.record.rpartition("}")[2]) for bound in orders.types.values() if bound.name == "Order"}
    assert {(mode, "AuftragTyp") for mode in ("reply", "request", "update", "partial")} == modes
    required = {
        bound.mode: {each.name for each in bound.fields if each.required}
        for bound in orders.types.values()
        if bound.name == "Order"
    }
    given = {"customer_id"}
    assert {"reply": given, "request": given, "update": given, "partial": set()} == required


def test_endpoints_can_be_compared_and_replaced() -> None:
    """An endpoint is plain data: the same project gives the same endpoints."""
    endpoint = erp()["customers.read"]
    assert endpoint != replace(endpoint, timeout=1.0)
