"""Codecs: every built-in type, both ways, with nothing lost; JSON forms of numbers; null."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapter.mapping import convert
from adapter.mapping.codec import Codec, codec, list_codec, union_codec
from adapter.strict_json import xml_can_carry
from adapter.wsdl import lexical
from adapter.wsdl.builtins import BUILTINS
from adapter.wsdl.types import Facets
from tests.unit.mapped import typed

NONE = Facets()
SIMPLE = [name for name in BUILTINS if name not in ("anyType", "NMTOKENS", "IDREFS", "ENTITIES", "NOTATION")]
# One text that each built-in type takes, and one that it does not; None where any text will do.
TEXTS: dict[str, tuple[str, str | None]] = {
    "anySimpleType": ("x", None), "string": (" ä\t", None), "normalizedString": ("a b", None), "token": ("a b", None),
    "language": ("de-CH", "de_CH"), "Name": ("a:b", "1a"), "NCName": ("a.b", "a:b"), "NMTOKEN": ("1-a", "a b"),
    "ID": ("a1", "1a"), "IDREF": ("a1", ""), "ENTITY": ("a1", "a b"), "QName": ("a", "a:b"),
    "anyURI": ("http://x/ä?y#z", "1:2"), "boolean": ("true", "yes"), "base64Binary": ("QUI=", "QU=="),
    "hexBinary": ("0aFF", "0a0"), "float": ("-1.5e3", "e1"), "double": ("INF", "+INF"), "decimal": ("+.5", "1e3"),
    "integer": ("-007", "1.0"), "nonPositiveInteger": ("0", "1"), "negativeInteger": ("-1", "0"),
    "nonNegativeInteger": ("0", "-1"), "positiveInteger": ("1", "0"), "long": (str(2**63 - 1), str(2**63)),
    "int": (str(-(2**31)), str(-(2**31) - 1)), "short": ("32767", "32768"), "byte": ("-128", "-129"),
    "unsignedLong": (str(2**64 - 1), str(2**64)), "unsignedInt": (str(2**32 - 1), "-1"),
    "unsignedShort": ("65535", "65536"), "unsignedByte": ("255", "256"), "duration": ("-P1Y2M3DT4H5M6.7S", "P"),
    "dateTime": ("2024-02-29T24:00:00Z", "2024-02-30T00:00:00"), "time": ("23:59:59.999+14:00", "24:00:01"),
    "date": ("-0001-02-28", "0000-01-01"), "gYearMonth": ("2024-12", "2024-13"), "gYear": ("12024Z", "024"),
    "gMonthDay": ("--02-29", "--02-30"), "gDay": ("---31", "---32"), "gMonth": ("--12", "--13"),
}  # fmt: skip


def plain(builtin: str, facets: Facets = NONE, **more: Any) -> Codec:
    """A codec without converters."""
    return codec(builtin, facets, **more)


def test_every_builtin_has_an_example() -> None:
    """The table of this file knows every built-in simple type."""
    assert set(SIMPLE) == set(TEXTS)


@pytest.mark.parametrize("builtin", SIMPLE)
def test_good_text_goes_both_ways(builtin: str) -> None:
    """What the contract allows is read, and what was read is written with the same value."""
    made = plain(builtin)
    written = made.write(made.read(TEXTS[builtin][0]))
    assert made.read(TEXTS[builtin][0]) == made.read(written)


@pytest.mark.parametrize("builtin", [name for name in SIMPLE if TEXTS[name][1] is not None])
def test_bad_text_is_refused_both_ways(builtin: str) -> None:
    """What the contract does not allow is neither written nor, but for names, read."""
    made, bad = plain(builtin), TEXTS[builtin][1]
    with pytest.raises(ValueError, match="."):
        made.write(bad if made.schema.get("type") == "string" else made.read(bad or ""))
    if builtin not in lexical.STRINGS:
        with pytest.raises(ValueError, match="."):
            made.read(bad or "")


@pytest.mark.parametrize("builtin", [name for name in SIMPLE if name != "ENTITY"])
def test_libxml2_agrees_about_the_examples(builtin: str) -> None:
    """An independent validator takes and refuses the same texts."""
    schema = etree.XMLSchema(
        etree.fromstring(typed(f'<xsd:sequence><xsd:element name="e" type="xsd:{builtin}"/></xsd:sequence>'))
    )
    for text, fits in zip(TEXTS[builtin], (True, False), strict=True):
        if text is not None:
            document = etree.fromstring('<t:In xmlns:t="urn:t"><t:X><t:e/></t:X></t:In>')
            document[0][0].text = text
            assert fits is schema.validate(document), text


@pytest.mark.parametrize("text", ["\u00b2a", "a\u00bd", "\U0001f600", "a\u2044", "-a", "a b", ""])
def test_names_are_letters_in_every_edition_of_xml(text: str) -> None:
    """Signs that only look like letters or digits are in no name; letters of any script are."""
    for name in ("Name", "NCName", "ID", "QName"):
        assert "Größe-1.ß" == plain(name).write("Größe-1.ß")
        with pytest.raises(ValueError, match=f"not a {name}"):
            plain(name).write(text)


@given(st.integers(1, 60), st.integers(), st.integers(0, 60))
def test_decimals_keep_every_digit(length: int, seed: int, places: int) -> None:
    """Sixty digits before and after the point pass unchanged, as string and as number."""
    digits = str(abs(seed) * 7919**20 + 10**length)[-length:]
    text = f"{'-' if seed < 0 else ''}{digits.lstrip('0') or '1'}.{digits.rjust(places, '1')}1"
    assert text == plain("decimal").read(text) == plain("decimal").write(text)
    number = plain("decimal", json="number").read(text)
    assert Decimal(text) == number
    assert isinstance(number, Decimal)
    assert text == plain("decimal", json="number").write(number)


@given(st.integers(-(10**60), 10**60))
def test_integers_keep_every_digit(number: int) -> None:
    """An unbounded integer is a string, or with ``json: number`` a number, and never loses a digit."""
    assert str(number) == plain("integer").read(str(number)) == plain("integer").write(str(number))
    counted = plain("integer", json="number")
    assert number == counted.read(str(number))
    assert str(number) == counted.write(number)


@pytest.mark.parametrize(
    ("builtin", "facets", "json", "kind"),
    [("int", NONE, "", "integer"), ("int", NONE, "string", "string"), ("long", NONE, "", "string"),
     ("long", NONE, "number", "integer"), ("long", Facets(total_digits=15), "", "integer"),
     ("long", Facets(total_digits=16), "", "string"), ("unsignedInt", NONE, "", "integer"),
     ("integer", Facets(min_inclusive="0", max_exclusive="1000"), "", "integer"),
     ("integer", Facets(min_inclusive="0"), "", "string"), ("decimal", NONE, "", "string"),
     ("decimal", NONE, "number", "number"), ("boolean", NONE, "", "boolean"), ("date", NONE, "", "string")],
)  # fmt: skip
def test_json_form_follows_what_json_readers_keep(builtin: str, facets: Facets, json: str, kind: str) -> None:
    """A number is a JSON number only where every reader keeps it whole, or where the rule says so."""
    assert kind == plain(builtin, facets, json=json).schema["type"]


@pytest.mark.parametrize(
    ("builtin", "json", "value"),
    [("int", "", "1"), ("int", "", True), ("int", "", Decimal("1.5")), ("int", "", None), ("int", "", [1]),
     ("decimal", "", 1), ("decimal", "", Decimal("1.5")), ("decimal", "number", "1.5"), ("decimal", "number", True),
     ("boolean", "", "true"), ("boolean", "", 1), ("string", "", 1), ("string", "", None), ("string", "", {}),
     ("double", "", "1.5"), ("double", "", True), ("double", "", float("nan")), ("decimal", "number", 1.5)],
)  # fmt: skip
def test_values_of_another_json_type_are_refused(builtin: str, json: str, value: object) -> None:
    """Strings are no numbers, numbers are no strings, truth values are neither, and floats are nothing at all."""
    with pytest.raises(ValueError, match="must be|must not"):
        plain(builtin, json=json).write(value)


def test_whole_decimals_are_integers() -> None:
    """JSON has one kind of number: 1.0 and 1e2 are whole."""
    assert ["1", "100"] == [plain("int").write(Decimal(text)) for text in ("1.0", "1E+2")]
    assert "1500" == plain("decimal", json="number").write(Decimal("1.5E+3"))


@pytest.mark.parametrize("text", ["1E99999999999999999999", "9" * 5000, "1" + "0" * 5000])
def test_numbers_no_machine_can_hold_are_refused_in_words(text: str) -> None:
    """A number beyond every limit is a ValueError in plain words, not one of Python's own."""
    for builtin in ("double", "decimal", "integer"):
        with pytest.raises(ValueError, match="not a|digits than any ERP"):
            plain(builtin).read(text)


def test_doubles_are_exact_and_know_the_three_special_values() -> None:
    """A double is the decimal that stands there; INF and NaN are strings, since JSON has no numbers for them."""
    made = plain("double")
    assert [Decimal("0.1"), "INF", "-INF", "NaN"] == [made.read(text) for text in ("0.1", "INF", "-INF", " NaN ")]
    assert ["0.1", "-INF"] == [made.write(Decimal("0.1")), made.write("-INF")]


def test_booleans_have_two_texts_each() -> None:
    """1 and 0 are read as true and false and written as words."""
    made = plain("boolean")
    assert [True, False, True, False] == [made.read(text) for text in ("1", "0", " true", "false\n")]
    assert ["true", "false"] == [made.write(True), made.write(False)]


def test_white_space_is_what_the_type_makes_of_it() -> None:
    """A string keeps its white space, a token collapses it, base64 loses the breaks that JSON readers refuse."""
    assert [" a\n", " a ", "a"] == [plain(name).read(" a\n") for name in ("string", "normalizedString", "token")]
    assert "QUJD" == plain("base64Binary").read("\n QU\n JD ")


@pytest.mark.parametrize(("builtin", "text"), [("token", " "), ("token", "\t\n"), ("normalizedString", "")])
def test_lengths_count_what_is_left_of_white_space(builtin: str, text: str) -> None:
    """A minimum length cannot be reached with white space that a schema processor removes."""
    with pytest.raises(ValueError, match="at least 1"):
        plain(builtin, Facets(min_length=1)).write(text)


@given(st.binary(max_size=40))
def test_binary_goes_both_ways(data: bytes) -> None:
    """Base64 and hexadecimal text of any bytes is taken as it is."""
    for builtin, text in (("base64Binary", base64.b64encode(data).decode()), ("hexBinary", data.hex())):
        assert text == plain(builtin).write(plain(builtin).read(text))


@given(st.text())
def test_text_is_written_as_it_is_or_not_at_all(text: str) -> None:
    """A string arrives unchanged on the other side of lxml, unless it holds what XML cannot carry."""
    if not xml_can_carry(text):
        with pytest.raises(ValueError, match="^holds a character that XML cannot carry$"):
            plain("string").write(text)
        return
    written = plain("string").write(text)
    element = etree.Element("x")
    element.text = written
    assert text == (etree.fromstring(etree.tostring(element)).text or "")


def test_list_is_an_array() -> None:
    """An xsd:list is white-space separated text in XML and an array in JSON, counted by its own facets."""
    made = list_codec(plain("int"), Facets(min_length=1, max_length=3, enumeration=("1 2", "3")))
    assert [1, 2] == made.read(" 1\n2 ")
    assert "1 2" == made.write([1, 2])
    for wrong in ([], [1, 2, 3, 4], [2, 1], "1", [None]):
        with pytest.raises(ValueError, match="must|too few"):
            made.write(wrong)
    with pytest.raises(ValueError, match="white space"):
        list_codec(plain("string"), NONE).write(["a b"])


def test_union_takes_what_one_member_takes() -> None:
    """A union is a string; its text is kept as it is; its own facets hold for the whole."""
    made = union_codec((plain("int"), plain("boolean"), plain("date")), Facets(patterns=("[a-z0-9-]+",)))
    assert ["007", "true", "2024-01-01"] == [made.write(text) for text in ("007", "true", "2024-01-01")]
    assert "007" == made.read("007")
    for wrong in ("yes", "1.5", "", 7, "TRUE"):
        with pytest.raises(ValueError, match="must|none of the forms"):
            made.write(wrong)


def chain(builtin: str, facets: Facets, *converters: convert.Converter, **more: Any) -> Codec:
    """A codec with converters, nearest the XML first."""
    return codec(builtin, facets, converters, **more)


def test_converters_form_a_chain() -> None:
    """The first named converter stands next to the XML: reading goes through them in order, writing backwards."""
    made = chain("string", NONE, convert.zero_padded("10"), convert.implied_decimal("2"))
    assert "1500.00" == made.read("0000150000")
    assert "0000150000" == made.write("1500")
    assert "0.05" == made.read(made.write("0.05"))
    date = chain("string", NONE, convert.sentinel_date("00000000"), convert.yyyymmdd())
    assert [None, "2024-01-31"] == [date.read("00000000"), date.read("20240131")]
    assert ["00000000", "20240131"] == [date.write(None), date.write("2024-01-31")]
    assert date.gives_null
    assert date.takes_null


def test_null_that_has_no_text_in_the_contract_cannot_be_sent() -> None:
    """A blank date may be read as null; where the contract has no blank date, null has no text to be written as."""
    made = chain("date", NONE, convert.blank_null())
    assert made.read("") is None
    assert made.gives_null
    assert not made.takes_null
    assert chain("string", NONE, convert.blank_null()).takes_null


@pytest.mark.parametrize(
    ("builtin", "facets", "converter"),
    [("string", Facets(enumeration=("J", "N")), convert.flag("Y", "N")), ("date", NONE, convert.yyyymmdd()),
     ("string", Facets(patterns=("[0-9]{8}",)), convert.zero_padded("10")),
     ("string", Facets(max_length=1), convert.codes({"active": "AA"})), ("int", NONE, convert.codes({"one": "I"}))],
)  # fmt: skip
def test_converter_that_the_contract_does_not_take_is_a_mistake(
    builtin: str, facets: Facets, converter: convert.Converter
) -> None:
    """What a converter writes must be allowed where it stands, else nothing could ever be sent."""
    with pytest.raises(ValueError, match="which the contract .* does not take"):
        chain(builtin, facets, converter)


def test_facets_hold_in_xml_and_own_limits_in_json() -> None:
    """The contract's facets look at the text in XML, the rule's own limits at the value a caller sends."""
    made = chain(
        "string", Facets(patterns=("[0-9]{5}",)), convert.zero_padded("5"), convert.implied_decimal("2"),
        narrowed=Facets(max_inclusive="100"),
    )  # fmt: skip
    assert "10000" == made.write("100.00")
    with pytest.raises(ValueError, match="at most 100"):
        made.write("100.01")


def test_schema_speaks_of_json() -> None:
    """The JSON Schema describes the value in JSON: words for codes, a date for eight digits, texts for big numbers."""
    assert ["active"] == chain("string", NONE, convert.codes({"active": "A"})).schema["enum"]
    assert "date" == chain("string", Facets(max_length=8), convert.yyyymmdd()).schema["format"]
    assert "maxLength" not in chain("string", Facets(max_length=8), convert.yyyymmdd()).schema
    assert ["1", "2"] == plain("integer", Facets(enumeration=("1", "2"))).schema["enum"]
    assert [1, 2] == plain("int", Facets(enumeration=("1", "2"))).schema["enum"]
