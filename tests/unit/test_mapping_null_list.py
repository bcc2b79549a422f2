"""``patch: {null_list: …}``: what callers set to null goes into a list of the ERP's names."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapter.mapping.bound import Endpoint
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, errors, mistakes, sent, typed

NULLS = """<xsd:element name="nulls" minOccurs="0"><xsd:complexType><xsd:sequence>
  <xsd:element name="name" type="{}" minOccurs="0" maxOccurs="unbounded"/>
</xsd:sequence></xsd:complexType></xsd:element>"""
FIELDS = """<xsd:element name="a" type="xsd:string"/>
<xsd:element name="b" type="xsd:string" minOccurs="0"/>
<xsd:element name="c" type="xsd:int" minOccurs="0" nillable="true"/>
<xsd:element name="list" minOccurs="0"><xsd:complexType><xsd:sequence>
  <xsd:element name="item" type="xsd:int" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType>
</xsd:element>
<xsd:element name="ref" minOccurs="0"><xsd:complexType><xsd:sequence>
  <xsd:element name="name" type="xsd:string" minOccurs="0"/></xsd:sequence><xsd:attribute name="id" type="xsd:string"/>
</xsd:complexType></xsd:element>
<xsd:element name="street" type="xsd:string" minOccurs="0"/>
<xsd:element name="d" type="xsd:string" minOccurs="0"/>"""
XSD = typed(f"<xsd:sequence>{NULLS.format('xsd:string')}{FIELDS}</xsd:sequence>")
MAPPED = {
    "a": "a", "b": {"soap": "b", "null_name": "custentity_b"}, "c": "c", "items": "list.item",
    "ref": "ref.@id", "ref_name": "ref.name", "address": {"soap": ".", "one": "Address"},
    "d": {"soap": "d", "blank": None},
}  # fmt: skip
ADDRESS = {"Address": {"fields": {"street": "street"}}}
NAMES = {"b": "custentity_b", "c": "c", "items": "list", "ref": "ref", "ref_name": "ref", "address/street": "street"}
SCHEMA = etree.XMLSchema(etree.fromstring(XSD))


def changing(fields: Any, xsd: str = XSD, into: str = "X", **patch: str) -> Endpoint:
    """A patch with a list of names."""
    types = {"T": {"fields": fields}, **(ADDRESS if "address" in fields else {})}
    body = {"one": "T", **({"into": into} if into else {}), "patch": patch or {"null_list": "nulls.name"}}
    reply: dict[str, Any] = {"status": 204}
    return build(xsd, types, {"request": "PATCH /", "body": body, "reply": reply}, verb="patch")


WHOLE = changing(MAPPED)


def written(endpoint: Endpoint, body: Any) -> tuple[list[str], list[str]]:
    """The names in the list, and the other elements."""
    message = sent(writer(endpoint)(check(endpoint, body)))
    assert SCHEMA.validate(message), SCHEMA.error_log
    record = message[0]
    return [each.text for each in record.iterfind("{*}nulls/{*}name")], [
        etree.QName(child).localname for child in record if etree.QName(child).localname != "nulls"
    ]


def test_null_is_a_name_in_the_list() -> None:
    """Null writes the ERP's name, by default the first step of the path, and no element."""
    assert (["c", "list"], ["a"]) == written(WHOLE, {"a": "1", "c": None, "items": None})


def test_null_name_says_what_the_erp_calls_it() -> None:
    """A field may be called otherwise in the list."""
    assert (["custentity_b"], ["a"]) == written(WHOLE, {"a": "1", "b": None})


def test_a_part_of_a_nested_object_can_be_null() -> None:
    """What stands flat in the record is cleared like any other."""
    assert (["street"], ["a"]) == written(WHOLE, {"a": "1", "address": {"street": None}})


def test_two_properties_of_one_element_are_cleared_together() -> None:
    """The ERP clears the whole element, so null for one of its parts alone is refused."""
    assert (["ref"], ["a"]) == written(WHOLE, {"a": "1", "ref": None, "ref_name": None})
    assert {"/ref": "can be null only together with ref_name"} == errors(WHOLE, {"a": "1", "ref": None})
    alone = {"a": "1", "ref": None, "ref_name": "x"}
    assert {"/ref": "can be null only together with ref_name"} == errors(WHOLE, alone)


def test_what_is_required_cannot_be_null() -> None:
    """The contract's requirements and the mapping's own hold for null."""
    assert {"/a": "must not be null"} == errors(WHOLE, {"a": None})
    required = changing({"a": "a", "b": {"soap": "b", "required": True}})
    assert {"/b": "must not be null"} == errors(required, {"a": "1", "b": None})


def test_a_text_for_null_stays_what_it_is() -> None:
    """Where a rule says how null is written, nothing goes into the list."""
    assert ([], ["a", "d"]) == written(WHOLE, {"a": "1", "d": None})


def test_empty_is_not_null() -> None:
    """An empty text and an empty list are values."""
    assert ([], ["a", "b", "list"]) == written(WHOLE, {"a": "1", "b": "", "items": []})


CHANGE = st.fixed_dictionaries(
    {"a": st.text("ab", min_size=1)},
    optional={
        "b": st.none() | st.text("ab"),
        "c": st.none() | st.integers(-9, 9),
        "items": st.none() | st.lists(st.integers(-9, 9), max_size=3),
        "address": st.fixed_dictionaries({"street": st.none() | st.text("ab")}),
        "ref": st.none() | st.text("ab"),
        "ref_name": st.none() | st.text("ab"),
    },
)


@given(CHANGE)
def test_law(change: dict[str, Any]) -> None:
    """Whatever is accepted is valid, and says each null by its name and each value by its element, and nothing else."""
    found = errors(WHOLE, change)
    parted = (change.get("ref", "") is None) != (change.get("ref_name", "") is None)
    assert parted == bool(found), found
    if found:
        return
    flat = {**change, **{f"address/{key}": value for key, value in change.get("address", {}).items()}}
    flat.pop("address", None)
    names, elements = written(WHOLE, change)
    assert {NAMES[key] for key, value in flat.items() if value is None} == set(names)
    assert len(set(names)) == len(names)
    first = {"items": "list", "ref_name": "ref", "address/street": "street"}
    assert {first.get(key, key) for key, value in flat.items() if value is not None} == set(elements)


def test_variants_have_a_list_each() -> None:
    """A body of several kinds is told in the same way, whichever kind it is."""
    xsd = XSD.replace(
        "</xsd:schema>",
        '<xsd:complexType name="D"><xsd:complexContent><xsd:extension base="t:T"/></xsd:complexContent>'
        "</xsd:complexType></xsd:schema>",
    )
    types = {"T": {"fields": {"a": "a", "b": "b"}, "variants": {"by": "kind", "of": {"d": {"soap_type": "D"}}}}}
    body = {"one": "T", "into": "X", "patch": {"null_list": "nulls.name"}}
    bound = build(xsd, types, {"request": "PATCH /", "body": body, "reply": {"status": 204}}, verb="patch")
    record = sent(writer(bound)(check(bound, {"kind": "d", "a": "1", "b": None})))[0]
    assert ["b"] == [each.text for each in record.iterfind("{*}nulls/{*}name")]


def test_mistakes() -> None:
    """A list that must always be there, that takes other names, or that is a property too is found while building."""
    always = typed(
        f"<xsd:sequence>{NULLS.format('xsd:string').replace(chr(34) + '0', chr(34) + '1')}{FIELDS}</xsd:sequence>"
    )
    assert ["must always be there"] == _texts({"a": "a"}, always, "must always be there")
    codes = typed(f"<xsd:sequence>{NULLS.format('xsd:NMTOKEN')}{FIELDS}</xsd:sequence>")
    wrong = {"a": "a", "b": {"soap": "b", "null_name": "b b"}}
    assert ["would be 'b b'"] == _texts(wrong, codes, "would be 'b b'")
    taken = {"a": "a", "nulls": "nulls.name"}
    assert ["it and nulls fill the same element"] == _texts(taken, XSD, "it and nulls fill the same element")
    required = {"a": {"soap": "a", "null_name": "A"}}
    assert ["null_name: it is required"] == _texts(required, XSD, "null_name: it is required")


def _texts(fields: Any, xsd: str, part: str) -> list[str]:
    found = mistakes(lambda: changing(fields, xsd))
    return [part for each in found if part in each.text] or [str(each) for each in found]
