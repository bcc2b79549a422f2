"""Constraining facets: each as a check on text, and what of it JSON Schema can say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapter.mapping.facets import describe, safe_bounds
from adapter.wsdl.facets import bad_pattern, checks
from adapter.wsdl.types import Facets
from tests.unit.mapped import typed


def fits(builtin: str, facets: Facets, text: str) -> bool:
    """Whether text passes every check."""
    try:
        for check in checks(builtin, facets):
            check(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("builtin", "facets", "good", "bad"),
    [
        ("string", Facets(length=2), ["ab", "ä\U0001f600"], ["a", "abc"]),
        ("string", Facets(min_length=1, max_length=2), ["a", "ab"], ["", "abc"]),
        ("hexBinary", Facets(length=2), ["0aFF"], ["0a", "0aFF00"]),
        ("base64Binary", Facets(max_length=2), ["", "QQ==", "QUI="], ["QUJD"]),
        ("string", Facets(enumeration=("A", "b c")), ["A", "b c"], ["a", "", "A ", "b  c"]),
        ("token", Facets(enumeration=(" A ",)), ["A"], ["B"]),
        ("decimal", Facets(total_digits=3), ["123", "0.12", "-00123.0", "1.20"], ["1234", "0.1234", "12.34"]),
        ("decimal", Facets(fraction_digits=2), ["1", "1.20", "1.2000"], ["1.001"]),
        ("decimal", Facets(min_inclusive="0", max_exclusive="1.5"), ["0", "-0", "1.4999"], ["-0.1", "1.5", "1.50"]),
        ("integer", Facets(min_exclusive="1", max_inclusive="9" * 30), ["2", "9" * 30], ["1", "1" + "0" * 30]),
        ("double", Facets(max_inclusive="10"), ["1e1", "-INF"], ["1.1e1", "INF", "NaN"]),
        ("date", Facets(min_inclusive="2024-01-01", max_inclusive="2024-12-31"), ["2024-06-01", "2025-01-01Z"],
         ["2023-12-31", "2025-01-01"]),
        ("time", Facets(max_exclusive="12:00:00"), ["11:59:59.9"], ["12:00:00", "12:00:00.1"]),
    ],
)  # fmt: skip
def test_each_facet(builtin: str, facets: Facets, good: list[str], bad: list[str]) -> None:
    """A facet lets through what it allows and nothing else."""
    assert [True] * len(good) == [fits(builtin, facets, text) for text in good]
    assert [False] * len(bad) == [fits(builtin, facets, text) for text in bad]


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("[A-Z]{2}", ["DE"], ["DEU", "xDE", "DE\n", "D"]),
        ("a|b", ["a", "b"], ["ab", "xa"]),
        (r"\i\c*", ["a-1", "_:x"], ["1a", "-"]),
        (r"[\p{Lu}-[AEIOU]]+", ["BCD", "Ö"], ["A", "BAC", "b"]),
        (r"\p{IsBasicLatin}*", ["abc", ""], ["ä"]),
        (r"\d{2}", ["12", "٣٤"], ["1", "1a"]),
        ("^a$", ["^a$"], ["a"]),
        (r"[0-9]{5}(-[0-9]{4})?", ["12345", "12345-6789"], ["12345-", "1234"]),
        (r"\s*", ["", " \t\n"], ["\u00a0"]),
        (".", ["x", "\u2028"], ["\n", "\r", "xx"]),
    ],
)
def test_patterns_are_those_of_xml_schema(pattern: str, good: list[str], bad: list[str]) -> None:
    """Patterns stand for the whole text and speak XML Schema's language, not Python's."""
    facets = Facets(patterns=(pattern,))
    assert "" == bad_pattern(pattern)
    assert [True] * len(good) == [fits("string", facets, text) for text in good]
    assert [False] * len(bad) == [fits("string", facets, text) for text in bad]


def test_patterns_of_several_steps_must_all_match() -> None:
    """Patterns of one derivation step are alternatives, those of several steps add up."""
    facets = Facets(patterns=("[A-Z]+|[0-9]+", ".{3}"))
    assert [True, True, False, False] == [fits("string", facets, text) for text in ("ABC", "123", "AB", "A12")]


@pytest.mark.parametrize("pattern", ["[", "a{2,1}", "(?i)a", r"(a)\1", "[z-a]", "a**"])
def test_patterns_of_another_language_are_told(pattern: str) -> None:
    """A pattern that XML Schema does not know is named while building."""
    assert "" != bad_pattern(pattern)


def test_length_is_looked_at_before_a_pattern() -> None:
    """A text that is too long never reaches a pattern that could take for ever over it."""
    facets = Facets(patterns=("(A+)+B",), max_length=40)
    with pytest.raises(ValueError, match="at most 40 characters"):
        for check in checks("string", facets):
            check("A" * 100_000)


_DIGITS = Facets(total_digits=5, fraction_digits=2, min_inclusive="-999", max_exclusive="999.99")
_XSD = etree.XMLSchema(etree.fromstring(typed(
    '<xsd:sequence><xsd:element name="e"><xsd:simpleType><xsd:restriction base="xsd:decimal">'
    '<xsd:totalDigits value="5"/><xsd:fractionDigits value="2"/>'
    '<xsd:minInclusive value="-999"/><xsd:maxExclusive value="999.99"/>'
    "</xsd:restriction></xsd:simpleType></xsd:element></xsd:sequence>"
)))  # fmt: skip


@given(st.from_regex(r"[+-]?[0-9]{1,6}(\.[0-9]{0,4})?", fullmatch=True).filter(str.isascii))
def test_libxml2_counts_digits_and_bounds_the_same(text: str) -> None:
    """An independent validator draws the line between good and bad decimals at the same place."""
    document = etree.fromstring('<t:In xmlns:t="urn:t"><t:X><t:e/></t:X></t:In>')
    document[0][0].text = text
    assert _XSD.validate(document) is fits("decimal", _DIGITS, text)


def test_messages_name_the_rule_and_not_the_value() -> None:
    """What a caller is told says what would be right; the value itself is never repeated."""
    told = []
    for builtin, facets in (
        ("string", Facets(max_length=2)), ("string", Facets(min_length=40)), ("string", Facets(enumeration=("A", "B"))),
        ("string", Facets(patterns=("[0-9]+",))), ("decimal", Facets(max_inclusive="5")),
        ("decimal", Facets(total_digits=2)),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="must") as caught:
            for check in checks(builtin, facets):
                check("314159" if builtin == "decimal" else "secret")
        told.append(str(caught.value))
    assert not any("secret" in text or "314159" in text for text in told)
    assert [
        "must have at most 2 characters", "must have at least 40 characters", "must be one of A, B",
        "must have the form [0-9]+", "must be at most 5", "must have at most 2 digits",
    ] == told  # fmt: skip


@pytest.mark.parametrize(
    ("builtin", "facets", "narrowed", "expected"),
    [
        ("string", Facets(max_length=40), Facets(min_length=1, max_length=50), {"minLength": 1, "maxLength": 40}),
        ("string", Facets(patterns=("[A-Z]{2}",)), None, {"pattern": "^([A-Z]{2})$"}),
        ("string", Facets(patterns=(r"\i\c*",)), None, {}),
        ("string", Facets(enumeration=("A",)), None, {"enum": ["A"]}),
        ("int", Facets(min_inclusive="1"), Facets(max_inclusive="20"), {"minimum": 1, "maximum": 20}),
        ("byte", Facets(), None, {"minimum": -128, "maximum": 127}),
        ("decimal", Facets(min_exclusive="0", max_inclusive="1.5"), Facets(max_inclusive="9"),
         {"exclusiveMinimum": Decimal(0), "maximum": Decimal("1.5")}),
        ("integer", Facets(), None, {}),
        ("date", Facets(min_inclusive="2024-01-01"), None, {"format": "date"}),
        ("double", Facets(max_inclusive="INF"), None, {}),
    ],
)  # fmt: skip
def test_json_schema_says_the_same(
    builtin: str, facets: Facets, narrowed: Facets | None, expected: dict[str, object]
) -> None:
    """JSON Schema keywords are the narrower of contract and rule; what it would read otherwise is left out."""
    assert expected == describe(builtin, facets, narrowed)


def test_bounds_decide_what_fits_into_a_json_number() -> None:
    """An integer type is safe when every value of it stays within 2^53 - 1."""
    assert safe_bounds("int", Facets(), None)
    assert safe_bounds("long", Facets(max_inclusive=str(2**53 - 1)), Facets(min_inclusive="0"))
    assert not safe_bounds("long", Facets(max_inclusive=str(2**53)), Facets(min_inclusive="0"))
    assert not safe_bounds("nonNegativeInteger", Facets(), None)
