"""Name-value bags: one entry as one property, with the types of the entries or with text alone."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.translate.reader import Result
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, errors, schema, sent, typed
from tests.unit.random_values import Values
from tests.unit.test_mapping_nested import back
from tests.unit.twins import reader

XSI = "http://www.w3.org/2001/XMLSchema-instance"


def derived(name: str, value: str) -> str:
    """A type of entry that holds a value."""
    return (
        f'<xsd:complexType name="{name}Ref"><xsd:complexContent><xsd:extension base="t:Ref"><xsd:sequence>{value}'
        "</xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>"
    )


REFS = schema(
    '<xsd:element name="In" type="t:Message"/><xsd:element name="Out" type="t:Message"/>'
    '<xsd:complexType name="Message"><xsd:sequence><xsd:element name="X" type="t:T"/></xsd:sequence></xsd:complexType>'
    '<xsd:complexType name="T"><xsd:sequence><xsd:element name="name" type="xsd:string" minOccurs="0"/>'
    '<xsd:element name="list" type="t:List" minOccurs="0"/></xsd:sequence></xsd:complexType>'
    '<xsd:complexType name="List"><xsd:sequence>'
    '<xsd:element name="field" type="t:Ref" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType>'
    '<xsd:complexType name="Ref" abstract="true"><xsd:attribute name="id" type="xsd:string"/></xsd:complexType>'
    '<xsd:complexType name="Item"><xsd:sequence><xsd:element name="label" type="xsd:string" minOccurs="0"/>'
    '</xsd:sequence><xsd:attribute name="key" type="xsd:string" use="required"/></xsd:complexType>'
    + derived("Bool", '<xsd:element name="value" type="xsd:boolean"/>')
    + derived("Long", '<xsd:element name="value" type="xsd:long" nillable="true"/>')
    + derived("Text", '<xsd:element name="value" type="xsd:string"/>')
    + derived("Select", '<xsd:element name="value" type="t:Item"/>')
    + derived("Multi", '<xsd:element name="value" type="t:Item" maxOccurs="unbounded"/>')
    + derived("Texts", '<xsd:element name="value" type="xsd:string" minOccurs="0" maxOccurs="3"/>')
    + derived("Pair", '<xsd:element name="value" type="xsd:string"/><xsd:element name="unit" type="xsd:string"/>')
)
BAGS = {"custom": {"each": "list.field", "name": "@id"}}
ITEM = {"Item": {"fields": {"key": "@key", "label": "label"}}}
FIELDS: dict[str, Any] = {
    "name": "name",
    "vip": {"bag": "custom", "entry": "c_vip", "soap": "(BoolRef).value"},
    "points": {"bag": "custom", "entry": "c_points", "soap": "(LongRef).value"},
    "level": {"bag": "custom", "entry": "c_level", "soap": "(TextRef).value", "codes": {"gold": "G", "blue": "B"}},
    "region": {"bag": "custom", "entry": "c_region", "soap": "(SelectRef).value", "one": "Item"},
    "brands": {"bag": "custom", "entry": "c_brands", "soap": "(MultiRef).value", "each": "Item"},
    "tags": {"bag": "custom", "entry": "c_tags", "soap": "(TextsRef).value"},
    "shop": {"bag": "custom", "entry": "c_shop", "soap": "(SelectRef).value.@key"},
    "size": {"bag": "custom", "entry": "c_size", "soap": ["(PairRef).value", "(PairRef).unit"], "join": " "},
}


def netsuite(verb: str = "create", partial: bool = False, **fields: Any) -> Endpoint:
    """An operation on a record with a bag of typed entries."""
    fields = fields or FIELDS
    more = ITEM if any("Item" in str(each) for each in fields.values()) else {}
    body = {"one": "T", "into": "X", **({"patch": "partial"} if partial else {})}
    types = {"T": {"bags": BAGS, "fields": fields}, **more}
    return build(REFS, types, {"request": "PUT /", "body": body, "reply": {"one": "T", "from": "X"}}, verb=verb)


def written(endpoint: Endpoint, body: Any) -> Any:
    """X of the message that is sent for a body."""
    return sent(writer(endpoint)(check(endpoint, body)))[0]


def entries(endpoint: Endpoint, body: Any) -> list[tuple[str, str, list[str | None]]]:
    """The entries that are written for a body: name, local name of the type, and texts."""
    found = written(endpoint, body).iter("{urn:t}field")
    return [(e.get("id"), e.get(f"{{{XSI}}}type").rpartition(":")[2], [child.text for child in e]) for e in found]


def read(endpoint: Endpoint, inner: str) -> Result:
    """What is read when the ERP answers X with this inside."""
    text = f'<Out xmlns="urn:t" xmlns:t="urn:t" xmlns:xsi="{XSI}"><X>{inner}</X></Out>'
    return reader(endpoint)(etree.fromstring(text))


def field(entry: str, kind: str, inner: str) -> str:
    """One typed entry of a reply."""
    return f'<field id="{entry}" xsi:type="t:{kind}Ref">{inner}</field>'


def test_entries_are_written_in_the_order_of_the_mapping_with_their_types() -> None:
    """Only what is given is written, whatever order the caller used."""
    endpoint = netsuite()
    body = {"level": "gold", "vip": True, "points": "9007199254740993"}
    expected = [("c_vip", "Bool", ["true"]), ("c_points", "Long", ["9007199254740993"]), ("c_level", "Text", ["G"])]
    assert [(name, f"{kind}Ref", texts) for name, kind, texts in expected] == entries(endpoint, body)


def test_no_entries_no_bag() -> None:
    """Where nothing of the bag is given, its element is not there."""
    assert ["name"] == [etree.QName(child).localname for child in written(netsuite(), {"name": "x"})]
    assert [] == list(written(netsuite(), {}))


def test_objects_arrays_attributes_and_joined_texts() -> None:
    """An entry holds whatever a property can be."""
    body = {
        "region": {"key": "7", "label": "Nord"},
        "brands": [{"key": "1"}, {"key": "2", "label": "x"}],
        "tags": ["a", ""],
        "shop": "4",
        "size": "12 kg",
    }
    endpoint = netsuite()
    message = writer(endpoint)(check(endpoint, body))
    etree.XMLSchema(etree.fromstring(REFS)).assertValid(sent(message))
    message.tag = "{urn:t}Out"
    assert body == reader(endpoint)(sent(message)).document


def test_entries_are_read_by_name_in_any_order() -> None:
    """Entries that nobody mapped, and those without a name, are passed over."""
    found = read(
        netsuite(),
        "<list>"
        + field("c_level", "Text", "<value>B</value>")
        + field("c_other", "Text", "<value>x</value>")
        + '<field xsi:type="t:TextRef"><value>y</value></field>'
        + field(" c_vip ", "Bool", "<value>1</value>")
        + "</list>",
    )
    assert {"vip": True, "level": "blue"} == found.document
    assert () == found.notes


def test_an_entry_twice_is_noted_and_the_first_holds() -> None:
    """No value is mixed out of two entries, and the oddity is reported."""
    one, two = ("<value>a</value>", "<value>b</value>")
    found = read(netsuite(), f"<list>{field('c_tags', 'Texts', one)}{field('c_tags', 'Texts', two)}</list>")
    assert {"tags": ["a"]} == found.document
    assert ("T.tags stands there twice",) == found.notes


def test_another_type_is_refused_and_a_missing_one_noted() -> None:
    """An entry is never read as if it were of the type that the mapping says."""
    with pytest.raises(BackendReplyInvalid, match=r"T\.vip: field is of another type than BoolRef"):
        read(netsuite(), f"<list>{field('c_vip', 'Text', '<value>true</value>')}</list>")
    found = read(netsuite(), '<list><field id="c_vip"><value>true</value></field></list>')
    assert ({"vip": True}, ("T.vip: field has no xsi:type",)) == (found.document, found.notes)


@pytest.mark.parametrize("value", ["<value>maybe</value>", "<value/>", "<value><a/></value>"])
def test_a_bad_value_is_refused(value: str) -> None:
    """A value that its type does not take fails the reply, as everywhere."""
    with pytest.raises(BackendReplyInvalid, match=r"T\.vip"):
        read(netsuite(), f"<list>{field('c_vip', 'Bool', value)}</list>")


def test_null_is_nil_where_the_value_may_be() -> None:
    """Null is written and read where the entry's value element is nillable, and refused elsewhere."""
    endpoint = netsuite("patch", partial=True)
    (entry,) = written(endpoint, {"points": None}).iter("{urn:t}field")
    assert ("c_points", "true") == (entry.get("id"), entry[0].get(f"{{{XSI}}}nil"))
    assert {"points": None} == read(endpoint, f"<list>{field('c_points', 'Long', NIL)}</list>").document
    for name in ("vip", "level", "region", "brands", "tags", "shop", "size"):
        assert {f"/{name}": "must not be null"} == errors(endpoint, {name: None})
    (given,) = [entry[0] for entry in entries(endpoint, {"vip": False})]
    assert "c_vip" == given


NIL = '<value xsi:nil="true"/>'


def test_a_cleared_entry_is_known_by_its_own_name() -> None:
    """In a list of what is cleared stands the entry, never the bag that holds all the others."""
    body = {"one": "T", "into": "X", "patch": {"null_list": "gone"}}
    xsd = REFS.replace('<xsd:element name="list"', f'<xsd:element name="gone" {MANY}/><xsd:element name="list"', 1)
    types = {"T": {"bags": BAGS, "fields": FIELDS}, **ITEM}
    endpoint = build(xsd, types, {"request": "PATCH /", "body": body, "reply": {"one": "T", "from": "X"}}, verb="patch")
    found = written(endpoint, {"vip": None, "brands": None, "level": "gold"})
    assert ["c_vip", "c_brands"] == [each.text for each in found.iter("{urn:t}gone")]
    assert ["c_level"] == [each.get("id") for each in found.iter("{urn:t}field")]


MANY = 'type="xsd:string" minOccurs="0" maxOccurs="unbounded"'


def test_arrays_keep_their_bounds() -> None:
    """An entry that needs a value cannot be written with none."""
    assert {"/brands": "must have at least 1 items"} == errors(netsuite(), {"brands": []})
    assert {"/tags": "must have at most 3 items"} == errors(netsuite(), {"tags": ["a"] * 4})
    assert [("c_tags", "TextsRef", [])] == entries(netsuite(), {"tags": []})
    assert {"tags": []} == read(netsuite(), f"<list>{field('c_tags', 'Texts', '')}</list>").document


def test_a_bag_whose_entry_is_text_and_in_the_message_itself() -> None:
    """The value may be the entry's own text, and the body may fill the message itself."""
    xsd = typed(
        '<xsd:simpleContent><xsd:extension base="xsd:string"><xsd:attribute name="n" type="xsd:string" use="required"/>'
        "</xsd:extension></xsd:simpleContent>"
    ).replace('name="X" type="t:T"', 'name="X" type="t:T" minOccurs="0" maxOccurs="9" nillable="true"')
    fields = {each: {"bag": "b", "entry": each, "soap": soap} for each, soap in (("one", "#text"), ("two", "."))}
    bags = {"b": {"each": "X", "name": "@n"}}
    endpoint = build(xsd, {"T": {"bags": bags, "fields": fields}}, {"body": {"one": "T"}, "reply": {"one": "T"}})
    for body in ({"two": "x", "one": ""}, {"one": None}, {}):
        back(xsd, endpoint, body)
        assert {} == errors(endpoint, body)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_accepted_bodies_are_valid_and_come_back(seed: int) -> None:
    """Whatever passes is written as a valid document, and is read back as it was sent."""
    values = random.Random(seed)
    names = values.sample(sorted(FIELDS), values.randint(2, len(FIELDS)))
    if any("bag" in FIELDS[name] for name in names if isinstance(FIELDS[name], dict)):
        endpoint = netsuite(**{name: FIELDS[name] for name in names})
        bodies(REFS, endpoint, values)


def bodies(xsd: str, endpoint: Endpoint, source: random.Random) -> None:
    """Ten random bodies, there and back."""
    assert endpoint.body is not None
    made = Values(source, endpoint)
    for _ in range(10):
        back(xsd, endpoint, made.object(endpoint.body.type))
