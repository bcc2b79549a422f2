"""Replies that drift from their contract: what is clear is read and noted, what is not is never guessed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.translate.expected import expected
from adapter.translate.tolerance import KINDS, aligner
from adapter.wsdl.types import Record
from tests.matrix.construct import constructs
from tests.unit.mapped import echo, typed
from tests.unit.twins import reader

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
COLORS = (
    "<xsd:simpleType><xsd:restriction base='xsd:string'><xsd:enumeration value='red'/><xsd:enumeration value='blue'/>"
    "</xsd:restriction></xsd:simpleType>"
)
CONTENT = (
    "<xsd:sequence><xsd:element name='A' type='xsd:string'/><xsd:element name='B' type='xsd:int' minOccurs='0'/>"
    f"<xsd:element name='C' minOccurs='0'>{COLORS}</xsd:element>"
    "<xsd:element name='Item' type='xsd:string' minOccurs='0' maxOccurs='9'/></xsd:sequence>"
    f"<xsd:attribute name='color'>{COLORS}</xsd:attribute>"
)
FIELDS = {"a": "A", "b": "B", "c": "C", "items": {"soap": "Item"}, "color": {"soap": "@color"}}
RIGHT = "<A>x</A><B>1</B><C>red</C><Item>i</Item><Item>j</Item>"
DOCUMENT = {"a": "x", "b": 1, "c": "red", "items": ["i", "j"]}


@cache
def things() -> Endpoint:
    """An operation that reads one object with a few kinds of values."""
    return echo(typed(CONTENT), FIELDS)


def strict(endpoint: Endpoint) -> Endpoint:
    """The same operation, with ``soap.strict: true``."""
    resource = replace(endpoint.resource, soap=replace(endpoint.resource.soap, strict=True))
    return replace(endpoint, resource=resource)


def read(
    inside: str, *, root: str = "Out", attributes: str = "", endpoint: Endpoint | None = None
) -> tuple[Any, list[str]]:
    """Align and read a reply whose object holds ``inside``; return the document and what was noted."""
    endpoint = endpoint or things()
    element = etree.fromstring(f'<{root} xmlns="urn:t" {XSI}><X {attributes}>{inside}</X></{root.partition(" ")[0]}>')
    notes = aligner(endpoint)(element)
    return reader(endpoint)(element).document, list(notes)


def test_a_right_reply_is_not_touched() -> None:
    """What is as the contract says leaves no note, not even where the mapping is strict."""
    assert (DOCUMENT, []) == read(RIGHT)
    assert (DOCUMENT, []) == read(RIGHT, endpoint=strict(things()))


@pytest.mark.parametrize(
    ("inside", "changed", "note"),
    [
        (RIGHT + "<New><A>y</A></New>", {}, "unknown-element: X/New"),
        ("<New/>" + RIGHT, {}, "unknown-element: X/New"),
        ("<B>1</B><C>red</C><A>x</A><Item>i</Item><Item>j</Item>", {}, "reordered: X/A"),
        (RIGHT.replace("red", "green"), {"c": "green"}, "later-value: X/C"),
        (RIGHT.replace("<A>", "<A xmlns=''>"), {}, "other-namespace: X/A"),
        (RIGHT.replace("<Item>", "<Item xmlns=''>"), {}, "other-namespace: X/Item"),
        (RIGHT + "text", {}, "unexpected-text: X"),
        (RIGHT.replace("<A>", "<A new='1'>"), {}, "unknown-attribute: A/@new"),
        (RIGHT.replace("<A>", "<A xml:lang='de'>"), {}, ""),
    ],
)  # fmt: skip
def test_what_is_clear_is_read_and_noted(inside: str, changed: dict[str, Any], note: str) -> None:
    """Every mapped value is kept, and what was odd is named with a word that can be counted."""
    assert (DOCUMENT | changed, [note] if note else []) == read(inside)
    if note:
        assert note.partition(":")[0] in KINDS
        with pytest.raises(BackendReplyInvalid, match=r"soap.strict: " + note.partition(":")[0]):
            read(inside, endpoint=strict(things()))


@pytest.mark.parametrize(
    ("attributes", "note"),
    [
        ('new="1"', "unknown-attribute: X/@new"),
        ('color="green"', "later-value: X/@color"),
        ('xsi:type="t:Gone" xmlns:t="urn:t"', "unknown-type: X"),
        ('xml:lang="de"', ""),
        ('color=" red "', ""),
    ],
)
def test_attributes(attributes: str, note: str) -> None:
    """Attributes are held against the contract too; technical ones are nobody's business."""
    document, notes = read(RIGHT, attributes=attributes)
    assert [note] if note else [] == notes
    assert DOCUMENT.items() <= document.items()


def test_a_whole_content_in_an_unknown_namespace() -> None:
    """A later release in a namespace of its own is read where all of it stands there."""
    inside = RIGHT.replace("<", "<v2:").replace("<v2:/", "</v2:")
    document, notes = read(inside, attributes='xmlns:v2="urn:t:v2"')
    assert DOCUMENT == document
    assert ["other-namespace"] * 4 == [note.partition(":")[0] for note in notes]


@pytest.mark.parametrize(
    "inside",
    [
        RIGHT.replace("<A>x</A>", "<o:A xmlns:o='urn:o'>x</o:A>"),
        RIGHT.replace("<A>x</A>", "<A xmlns=''>x</A><o:A xmlns:o='urn:o'>y</o:A>"),
        RIGHT.replace("<A>x</A>", "<a>x</a>"),
    ],
)
def test_what_is_not_clear_is_not_guessed(inside: str) -> None:
    """One element of a stranger, two that could be meant, other capital letters: the required one is missing."""
    with pytest.raises(BackendReplyInvalid, match="a is missing"):
        read(inside)


def test_a_strangers_element_never_takes_the_place_of_ours() -> None:
    """Where the right element is there, one of the same name elsewhere is unknown."""
    document, notes = read(RIGHT + "<A xmlns=''>evil</A><o:B xmlns:o='urn:o'>9</o:B>")
    assert (DOCUMENT, ["unknown-element: X/A", "unknown-element: X/B"]) == (document, notes)


def test_a_wildcard_takes_strangers_first() -> None:
    """Where the contract lets strangers in, an element of another namespace is one of them."""
    content = (
        "<xsd:sequence><xsd:element name='A' type='xsd:string' minOccurs='0'/>"
        "<xsd:any namespace='##other' minOccurs='0'/></xsd:sequence>"
    )
    endpoint = echo(typed(content), {"a": "A"})
    assert ({}, []) == read("<v:A xmlns:v='urn:v'>x</v:A>", endpoint=endpoint)
    assert ({"a": "x"}, ["other-namespace: X/A"]) == read("<A xmlns=''>x</A>", endpoint=endpoint)


@pytest.mark.parametrize("root", ["Answer", "out", "OutResponse"])
def test_a_root_that_is_named_otherwise(root: str) -> None:
    """A root of another name that holds just what is expected is read."""
    assert (DOCUMENT, ["other-root: Out"]) == read(RIGHT, root=root)
    with pytest.raises(BackendReplyInvalid, match=r"soap.strict: other-root"):
        read(RIGHT, root=root, endpoint=strict(things()))


@pytest.mark.parametrize(
    "reply",
    [
        '<In xmlns="urn:t"><X><A>x</A></X></In>',
        '<Answer xmlns="urn:t"/>',
        '<Answer xmlns="urn:t"><X><A>x</A></X><Y/></Answer>',
        '<Answer xmlns="urn:t"><Y/></Answer>',
        '<o:Answer xmlns:o="urn:o"><o:X><o:A>x</o:A></o:X></o:Answer>',
        '<Fault><faultcode>x</faultcode></Fault>',
    ],
)  # fmt: skip
def test_other_roots_stay_refused(reply: str) -> None:
    """The answer of another operation, the request sent back, an empty element, strangers: no answer of ours."""
    element = etree.fromstring(reply)
    assert () == aligner(things())(element)
    with pytest.raises(BackendReplyInvalid, match="another element"):
        reader(things())(element)


def test_a_root_in_an_unknown_namespace() -> None:
    """A reply that is wholly in another namespace, and right in all else, is read."""
    element = etree.fromstring('<Out xmlns="urn:v2"><X><A>x</A></X></Out>')
    notes = aligner(things())(element)
    assert {"a": "x", "items": []} == reader(things())(element).document
    assert ("other-root: Out", "other-namespace: Out/X", "other-namespace: X/A") == notes


def test_notes_are_few_and_short() -> None:
    """However odd a reply is, the log line stays one line."""
    odd = "".join(f"<N{n}{'x' * 500}/>" for n in range(100))
    _, notes = read(RIGHT + odd)
    assert 20 == len(notes)
    assert all(len(note) < 100 for note in notes)


def test_only_what_is_mapped_is_looked_at() -> None:
    """Below an element that nobody mapped nothing is counted, unless everything is asked for."""
    inner = "<xsd:complexType><xsd:sequence><xsd:element name='D' type='xsd:int'/></xsd:sequence></xsd:complexType>"
    content = (
        "<xsd:sequence><xsd:element name='A' type='xsd:string'/>"
        f"<xsd:element name='In'>{inner}</xsd:element></xsd:sequence>"
    )
    endpoint = echo(typed(content), {"a": "A", "d": {"soap": "In.D", "write_only": True}})
    inside = "<A>x</A><In><D>1</D><New/></In>"
    assert ({"a": "x"}, []) == read(inside, endpoint=endpoint)
    element = etree.fromstring(f'<Out xmlns="urn:t"><X>{inside}</X></Out>')
    assert ("unknown-element: In/New",) == aligner(endpoint, everything=True)(element)


NAMES = st.sampled_from(["A", "B", "C", "Item", "Other"])
SPACES = st.sampled_from(["urn:t", "", "urn:o", "urn:p"])


@given(st.lists(st.tuples(NAMES, SPACES, st.sampled_from(["1", "2"])), max_size=6))
def test_no_value_stands_for_something_else(children: list[tuple[str, str, str]]) -> None:
    """Whatever is in a reply, a property holds a text of an element of its own name, of ours where there is one."""
    inside = "".join(f"<n:{name} xmlns:n='{space}'>{text}</n:{name}>" if space else f"<{name} xmlns=''>{text}</{name}>"
                     for name, space, text in children)  # fmt: skip
    try:
        document, _ = read(inside)
    except BackendReplyInvalid:
        return
    for field, name in (("a", "A"), ("b", "B"), ("c", "C")):
        ours = [text for each, space, text in children if (each, space) == (name, "urn:t")]
        any_of_name = [text for each, _, text in children if each == name]
        assert field not in document or str(document[field]) in (ours[:1] or any_of_name)
    items = [text for name, space, text in children if (name, space) == ("Item", "urn:t")]
    assert document["items"] == items or not items


def test_tables_know_where_order_is_free() -> None:
    """Where a group repeats, or is ``all``, no order is asked of a reply."""
    for content in ("<xsd:all><xsd:element name='A' type='xsd:int'/></xsd:all>",
                    "<xsd:choice maxOccurs='9'><xsd:element name='A' type='xsd:int'/></xsd:choice>"):  # fmt: skip
        endpoint = echo(typed(content), {"a": "A"})
        record = endpoint.contract.types["{urn:t}T"]
        assert isinstance(record, Record)
        assert {} == expected(endpoint.contract, record).places


def test_a_root_of_the_substitution_group_is_right() -> None:
    """Where the reply's element is the head of a group, each member is as right as the head."""
    xsd = typed(CONTENT).replace(
        '<xsd:complexType name="T">',
        '<xsd:element name="Better" substitutionGroup="t:Out" type="t:OutType"/><xsd:complexType name="T">',
    )
    xsd = xsd.replace('<xsd:element name="Out"><xsd:complexType>', '<xsd:element name="Out" type="t:OutType"/>'
                      '<xsd:complexType name="OutType">')  # fmt: skip
    head, _, tail = xsd.rpartition("</xsd:complexType></xsd:element>")
    endpoint = echo(f"{head}</xsd:complexType>{tail}", FIELDS)
    assert (DOCUMENT, []) == read(RIGHT, root="Better", endpoint=endpoint)
    assert (DOCUMENT, ["unknown-element: X/New"]) == read(f"{RIGHT}<New/>", root="Better", endpoint=endpoint)


@pytest.mark.parametrize(
    ("reply", "notes"),
    [
        ('<r:DoResponse xmlns:r="urn:o"><nr>7</nr><adr><Ort>c</Ort></adr></r:DoResponse>', ()),
        ('<Whatever><nr>7</nr><adr><Ort>c</Ort></adr></Whatever>', ()),
        ('<r:doresponse xmlns:r="urn:o"><nr>7</nr><adr><Ort>c</Ort></adr></r:doresponse>', ("other-root: DoResponse",)),
        ('<r:DoResponse xmlns:r="urn:o"><NR>7</NR><Adr><Ort>c</Ort></Adr></r:DoResponse>',
         ("other-case: DoResponse/NR", "other-case: DoResponse/Adr")),
        ('<r:DoResponse xmlns:r="urn:o"><r:nr>7</r:nr><r:adr><Ort>c</Ort></r:adr></r:DoResponse>',
         ("other-namespace: DoResponse/nr", "other-namespace: DoResponse/adr")),
    ],
)  # fmt: skip
def test_rpc_wrappers_and_parts(reply: str, notes: tuple[str, ...]) -> None:
    """The name of an rpc wrapper means nothing; a near miss of it, and of the names of parts, is read and noted."""
    (construct,) = [each for each in constructs() if each.name == "rpc-literal"]
    endpoint = construct.endpoint()
    element = etree.fromstring(reply)
    assert notes == aligner(endpoint)(element)
    assert {"number": 7, "address": {"city": "c"}} == reader(endpoint)(element).document


def test_capital_letters_matter_inside_a_part() -> None:
    """Only the parts themselves may be written otherwise; below them a name is a name."""
    (construct,) = [each for each in constructs() if each.name == "rpc-literal"]
    element = etree.fromstring('<r:DoResponse xmlns:r="urn:o"><nr>7</nr><adr><ort>c</ort></adr></r:DoResponse>')
    assert ("unknown-element: adr/ort",) == aligner(construct.endpoint())(element)
