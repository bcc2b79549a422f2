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
from adapter.translate.reader import Result, reader
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, errors, mistakes, schema, sent, typed
from tests.unit.random_values import Values
from tests.unit.test_mapping_nested import back
from tests.unit.test_mapping_stand_ins import component

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
    body = {"one": "T", "into": "X", "partial": partial}
    types = {"T": {"bags": BAGS, "fields": fields}, **more}
    return build(REFS, types, {"request": "PUT /", "body": body, "reply": {"one": "T", "from": "X"}}, verb=verb)


def eav(*, entry: str = "", more: str = "", most: str = "unbounded", least: str = "0", **fields: Any) -> Endpoint:
    """An operation on a record with a bag of texts, ``Merkmal`` of Name and Wert."""
    return build(plain(entry, more, most, least), {"T": {"bags": TEXTS, "fields": fields}}, ECHO)


def plain(entry: str = "", more: str = "", most: str = "unbounded", least: str = "0") -> str:
    """A schema with a bag of texts. ``entry`` and ``more`` are more elements of an entry and of the record."""
    inner = entry or '<xsd:element name="Wert" type="xsd:string"/>'
    merkmal = f'<xsd:complexType><xsd:sequence><xsd:element name="Name" type="xsd:string"/>{inner}</xsd:sequence>'
    element = f'<xsd:element name="Merkmal" minOccurs="{least}" maxOccurs="{most}">{merkmal}</xsd:complexType>'
    return typed(f"<xsd:sequence>{element}</xsd:element>{more}</xsd:sequence>")


TEXTS = {"texts": {"each": "Merkmal", "name": "Name"}}
ECHO = {"body": {"one": "T", "into": "X"}, "reply": {"one": "T", "from": "X"}}


def merkmal(entry: str, **more: Any) -> dict[str, Any]:
    """A property of the bag of texts."""
    return {"bag": "texts", "entry": entry, "soap": "Wert", **more}


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


def test_arrays_keep_their_bounds() -> None:
    """An entry that needs a value cannot be written with none."""
    assert {"/brands": "must have at least 1 items"} == errors(netsuite(), {"brands": []})
    assert {"/tags": "must have at most 3 items"} == errors(netsuite(), {"tags": ["a"] * 4})
    assert [("c_tags", "TextsRef", [])] == entries(netsuite(), {"tags": []})
    assert {"tags": []} == read(netsuite(), f"<list>{field('c_tags', 'Texts', '')}</list>").document


def test_directions_and_stand_ins() -> None:
    """required, read_only, write_only, create_only, default and missing mean what they mean anywhere."""
    endpoint = eav(
        need=merkmal("need", required=True),
        seen=merkmal("seen", read_only=True, missing="none"),
        pin=merkmal("pin", write_only=True, default="0000"),
        note=merkmal("note", blank=None),
    )
    assert {"/need": "is required"} == errors(endpoint, {})
    assert {"/seen": "is read-only"} == errors(endpoint, {"need": "x", "seen": "y"})
    texts = [[child.text for child in each] for each in written(endpoint, {"need": "x", "note": None})]
    assert [["need", "x"], ["pin", "0000"], ["note", None]] == texts
    merkmale = "".join(f"<Merkmal><Name>{name}</Name><Wert/></Merkmal>" for name in ("pin", "note"))
    assert {"seen": "none", "note": None} == read(endpoint, merkmale).document


TYPED = {
    "length": merkmal("laenge", convert="as(decimal)"),
    "count": merkmal("anzahl", convert="as(int)"),
    "heavy": merkmal("schwer", convert="as(boolean)"),
    "since": merkmal("seit", convert="as(date)"),
    "color": merkmal("farbe", codes={"red": "ROT", "blue": "BLAU"}),
    "price": merkmal("preis", convert="as(decimal)", json="number", minimum=0),
}


def test_texts_hold_typed_values() -> None:
    """``as`` gives a text the type of its value, in both directions and in the documentation."""
    endpoint = eav(**TYPED)
    body = {"length": "12.50", "count": 3, "heavy": False, "since": "2024-02-29", "color": "red", "price": 0.5}
    texts = [[child.text for child in each] for each in written(endpoint, body)]
    wanted = {"laenge": "12.50", "anzahl": "3", "schwer": "false", "seit": "2024-02-29", "farbe": "ROT", "preis": "0.5"}
    assert [[name, text] for name, text in wanted.items()] == texts
    properties = component(endpoint, "TInput")["properties"]
    assert ["string", "integer", "boolean"] == [properties[name]["type"] for name in ("length", "count", "heavy")]
    assert {"type": "number", "minimum": 0} == properties["price"]
    said = errors(endpoint, {"length": "x", "count": 2**31, "heavy": "true", "since": "2023-02-29", "price": -1})
    assert ["/length", "/count", "/heavy", "/since", "/price"] == list(said)


def test_bad_texts_in_a_reply() -> None:
    """A bad number fails the reply; a bad date is kept as text and noted."""
    endpoint = eav(**TYPED)
    with pytest.raises(BackendReplyInvalid, match=r"T\.count: not a whole number"):
        read(endpoint, "<Merkmal><Name>anzahl</Name><Wert>viele</Wert></Merkmal>")
    found = read(endpoint, "<Merkmal><Name>seit</Name><Wert>gestern</Wert></Merkmal>")
    assert {"since": "gestern"} == found.document
    assert 1 == len(found.notes)


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


def test_bags_of_variants_and_of_nested_objects() -> None:
    """A bag belongs to all variants of a type, and a nested object has bags of the record around it."""
    more = '<xsd:element name="Ort" type="xsd:string" minOccurs="0"/>'
    types = {
        "T": {"bags": TEXTS, "fields": {"a": merkmal("a"), "inner": {"soap": ".", "one": "U"}}},
        "U": {"bags": TEXTS, "fields": {"b": merkmal("b"), "place": "Ort"}},
    }
    endpoint = build(plain(more=more), types, ECHO)
    back(plain(more=more), endpoint, {"a": "1", "inner": {"b": "2", "place": "x"}})
    kinds = {"T": {"bags": TEXTS, "fields": {"a": merkmal("a")}, "variants": {"by": "kind", "of": {
        "t": {"soap_type": "T", "fields": {"b": merkmal("b")}}}}}}  # fmt: skip
    found = written(build(plain(), kinds, ECHO), {"kind": "t", "b": "2", "a": "1"})
    assert [["a", "1"], ["b", "2"]] == [[child.text for child in each] for each in found]


def test_a_list_of_all_entries_may_be_read_beside_them() -> None:
    """What is read only may show the whole bag as an array too."""
    listed = {"soap": "Merkmal", "each": "M", "read_only": True}
    types = {
        "T": {"bags": TEXTS, "fields": {"a": merkmal("a"), "all": listed}},
        "M": {"fields": {"name": "Name", "value": "Wert"}},
    }
    endpoint = build(plain(), types, ECHO)
    inner = "<Merkmal><Name>b</Name><Wert>2</Wert></Merkmal><Merkmal><Name>a</Name><Wert>1</Wert></Merkmal>"
    everything = [{"name": "b", "value": "2"}, {"name": "a", "value": "1"}]
    assert {"a": "1", "all": everything} == read(endpoint, inner).document


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: eav(a=merkmal("x"), b=merkmal("x")), "b and a are the same entry of texts"),
        (lambda: eav(a={"bag": "texts", "soap": "Wert"}, b=merkmal("b")), "'bag' and 'entry' go together"),
        (lambda: eav(a={"bag": "text", "entry": "a", "soap": "Wert"}, b=merkmal("b")), "there is no bag text"),
        (lambda: eav(a={"soap": "Merkmal"}), "no property uses the bag texts"),
        (lambda: eav(a=merkmal("a", soap="Name")), "Name is where the entry's name stands"),
        (lambda: eav(a=merkmal("a", soap="Wort")), "there is no Wort in Merkmal"),
        (lambda: eav(a=merkmal("a", convert="as(text)")), "takes a built-in type of XML Schema"),
        (lambda: eav(a=merkmal("a", soap=".", one="T")), "an object needs an element of its own"),
        (lambda: eav(a=merkmal("a"), b={"soap": "(T).Wert"}), "only in an entry of a bag a path begins with a type"),
        (lambda: eav(most="1", a=merkmal("a")), "Merkmal occurs once"),
        (lambda: eav(most="2", a=merkmal("a"), b=merkmal("b"), c=merkmal("c")), "occurs at most 2 times, and 3"),
        (lambda: eav(least="2", a=merkmal("a")), "must occur at least 2 times"),
        (lambda: eav(entry=UNIT, a=merkmal("a")), "requires Merkmal.Einheit, and no field fills it"),
        (lambda: netsuite(a={"bag": "custom", "entry": "a", "soap": "(Item).key"}), "Item is not derived from Ref"),
        (lambda: netsuite(a={"bag": "custom", "entry": "a", "soap": "(Ref).@id"}), "Ref is abstract"),
        (lambda: netsuite(a={"bag": "custom", "entry": "a", "soap": "@id"}), "Ref is abstract"),
        (lambda: netsuite(a={"bag": "custom", "entry": "a", "soap": "(MultiRef).value"}), "holds elements"),
    ],
)  # fmt: skip
def test_mistakes(make: Any, text: str) -> None:
    """What could not be written or told apart is a mistake of the mapping."""
    found = mistakes(make)
    assert text in " ".join(each.text for each in found)
    assert all(each.remedy and each.line for each in found)


UNIT = '<xsd:element name="Wert" type="xsd:string"/><xsd:element name="Einheit" type="xsd:string"/>'


@pytest.mark.parametrize(
    ("bag", "text"),
    [
        ({"each": "Merkmale", "name": "Name"}, "bag texts: there is no Merkmale in T"),
        ({"each": "Merkmal", "name": "Nam"}, "bag texts: there is no Nam in Merkmal"),
        ({"each": "Merkmal"}, "needs the key 'name'"),
        ({"each": "Merkmal.Name", "name": "."}, "bag texts: Merkmal.Name occurs once"),
        ({"each": "Merkmal", "name": "."}, "bag texts: . holds elements"),
    ],
)
def test_mistakes_of_a_bag(bag: dict[str, str], text: str) -> None:
    """A bag that the contract does not have is named once, where it is written."""
    types = {"T": {"bags": {"texts": bag}, "fields": {"a": merkmal("a"), "b": merkmal("b")}}}
    found = mistakes(lambda: build(plain(), types, ECHO))
    assert [text] == [text for each in found if text in each.text]
    assert all(each.remedy and each.line for each in found)


def test_a_required_bag_needs_one_of_its_entries() -> None:
    """Where the contract wants at least one entry, a body without any is refused."""
    endpoint = eav(least="1", a=merkmal("a"), b=merkmal("b"))
    assert {"": "must have one of a, b"} == errors(endpoint, {})
    assert {} == errors(endpoint, {"b": "x"})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_accepted_bodies_are_valid_and_come_back(seed: int) -> None:
    """Whatever passes is written as a valid document, and is read back as it was sent."""
    values = random.Random(seed)
    names = values.sample(sorted(FIELDS), values.randint(2, len(FIELDS)))
    if any("bag" in FIELDS[name] for name in names if isinstance(FIELDS[name], dict)):
        endpoint = netsuite(**{name: FIELDS[name] for name in names})
        bodies(REFS, endpoint, values)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_accepted_texts_are_valid_and_come_back(seed: int) -> None:
    """The same for entries of text with typed values."""
    values = random.Random(seed)
    bodies(plain(), eav(**{name: TYPED[name] for name in values.sample(sorted(TYPED), 4)}), values)


def bodies(xsd: str, endpoint: Endpoint, source: random.Random) -> None:
    """Ten random bodies, there and back."""
    assert endpoint.body is not None
    made = Values(source, endpoint)
    for _ in range(10):
        back(xsd, endpoint, made.object(endpoint.body.type))
