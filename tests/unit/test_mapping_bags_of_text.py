"""Name-value bags whose values are all text, and the mistakes of bags."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from tests.unit.mapped import build, errors, mistakes, typed
from tests.unit.test_mapping_bags import bodies, netsuite, read, written
from tests.unit.test_mapping_nested import back
from tests.unit.test_mapping_stand_ins import component


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


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_accepted_texts_are_valid_and_come_back(seed: int) -> None:
    """The same for entries of text with typed values."""
    values = random.Random(seed)
    bodies(plain(), eav(**{name: TYPED[name] for name in values.sample(sorted(TYPED), 4)}), values)
