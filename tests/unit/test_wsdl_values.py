"""Texts made up for simple types: each judged by a schema processor that is not ours (libxml2)."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapter.wsdl import expressions
from adapter.wsdl.builtins import BUILTINS, builtin_types
from adapter.wsdl.derivatives import common
from adapter.wsdl.facets import checks, compiled
from adapter.wsdl.types import XSD, Facets, ListOf, Scalar, Type, Union
from adapter.wsdl.values import NoValue, value

# Nothing restricts anySimpleType, a NOTATION has to be enumerated, an ENTITY declared in a DTD.
_NOT_JUDGED = ("anyType", "anySimpleType", "NOTATION", "ENTITY", "ENTITIES")
_SIMPLE = [name for name in BUILTINS if name not in _NOT_JUDGED]
_FACETS = {
    "length": "length", "min_length": "minLength", "max_length": "maxLength", "total_digits": "totalDigits",
    "fraction_digits": "fractionDigits", "min_inclusive": "minInclusive", "max_inclusive": "maxInclusive",
    "min_exclusive": "minExclusive", "max_exclusive": "maxExclusive",
}  # fmt: skip


def made(found: Type, seed: int = 0) -> str:
    """A text of one type beside the built-in ones."""
    return value({**builtin_types(), found.name: found}, found.name, random.Random(seed))


def judged(builtin: str, facets: Facets, text: str) -> bool:
    """Whether libxml2 takes a text as the content of an element of a restricted type, one step for each pattern."""
    inner = "".join(f'<xsd:enumeration value="{each}"/>' for each in facets.enumeration)
    inner += "".join(
        f'<xsd:{written} value="{getattr(facets, name)}"/>'
        for name, written in _FACETS.items()
        if getattr(facets, name) is not None
    )
    first = f'<xsd:restriction base="xsd:{builtin}">{inner}</xsd:restriction>'
    steps = [f'<xsd:simpleType name="T0">{first}</xsd:simpleType>']
    for number, pattern in enumerate(facets.patterns, 1):
        restricted = f'<xsd:restriction base="T{number - 1}"><xsd:pattern value="{pattern}"/></xsd:restriction>'
        steps.append(f'<xsd:simpleType name="T{number}">{restricted}</xsd:simpleType>')
    element = f'<xsd:element name="E" type="T{len(facets.patterns)}"/>'
    schema = f'<xsd:schema xmlns:xsd="{XSD}">{"".join(steps)}{element}</xsd:schema>'
    document = etree.Element("E")
    document.text = text
    return bool(etree.XMLSchema(etree.fromstring(schema)).validate(document))


@pytest.mark.parametrize("builtin", _SIMPLE)
def test_every_built_in_type(builtin: str) -> None:
    """A text of each built-in type is one for libxml2 too, whatever the seed."""
    texts = [value(builtin_types(), f"{{{XSD}}}{builtin}", random.Random(seed)) for seed in range(20)]
    assert [] == [text for text in texts if not judged(builtin, Facets(), text)]


@pytest.mark.parametrize(
    ("builtin", "facets"),
    [
        ("string", Facets(length=7)),
        ("string", Facets(max_length=0)),
        ("token", Facets(min_length=30, max_length=31)),
        ("string", Facets(enumeration=("A", "b c"))),
        ("NMTOKEN", Facets(enumeration=("A", "B1"), max_length=1)),
        ("string", Facets(patterns=(r"[A-Z]{2}\d{3,4}(-x)?|none",))),
        ("string", Facets(patterns=(r"[A-Z]{2}.*", r".*[0-9]{3}"), max_length=6)),
        ("string", Facets(patterns=(r"\i\c*", r"[^aeiou]{4}"))),
        ("string", Facets(patterns=(r"[a-z-[b-y]]{3}",))),
        ("string", Facets(patterns=(r"\p{Lu}\P{L}[\s]\w",))),
        ("string", Facets(patterns=(".{1,35}",), min_length=30)),
        ("string", Facets(patterns=(r"(ab|c\.){2}\\\[",), length=6)),
        ("integer", Facets(min_inclusive="-7", max_exclusive="-5")),
        ("integer", Facets(total_digits=19, min_exclusive="999999999999999998")),
        ("integer", Facets(patterns=("[1-9][0-9]{4}",), max_inclusive="20000")),
        ("unsignedByte", Facets(min_inclusive="255")),
        ("decimal", Facets(total_digits=3, fraction_digits=1, min_exclusive="99")),
        ("decimal", Facets(min_inclusive="0.001", max_inclusive="0.002")),
        ("decimal", Facets(total_digits=2, fraction_digits=2)),
        ("decimal", Facets(patterns=(r"\d+\.\d{2}",))),
        ("double", Facets(min_inclusive="-2.5", max_inclusive="-1")),
        ("date", Facets(min_inclusive="1950-01-01", max_inclusive="1950-01-01")),
        ("date", Facets(min_exclusive="1950-12-31", max_exclusive="1951-01-03")),
        ("dateTime", Facets(patterns=(".*Z",))),
        ("gYear", Facets(max_inclusive="1850")),
        ("hexBinary", Facets(length=9)),
        ("base64Binary", Facets(max_length=1)),
        ("anyURI", Facets(max_length=5)),
        ("language", Facets(patterns=("[a-z]{2}",))),
    ],
)
def test_facets_are_kept(builtin: str, facets: Facets) -> None:
    """A text heeds every facet of its type, several patterns at a time included."""
    texts = [made(Scalar("{urn:t}T", builtin, facets), seed) for seed in range(20)]
    assert [] == [text for text in texts if not judged(builtin, facets, text)]


def test_lists_and_unions() -> None:
    """A list has as many items as its facets ask, a union a text of one of its members."""
    items = ListOf("{urn:t}L", f"{{{XSD}}}int", Facets(min_length=2, max_length=3))
    counts = {len(made(items, seed).split()) for seed in range(30)}
    members = Union("{urn:t}U", (f"{{{XSD}}}boolean", f"{{{XSD}}}gDay"))
    assert {2, 3} == counts
    assert {True, False} == {made(members, seed).startswith("---") for seed in range(30)}


def test_the_seed_decides() -> None:
    """The same seed gives the same text, another seed another one."""
    texts = [value(builtin_types(), f"{{{XSD}}}string", random.Random(seed)) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize(
    ("builtin", "facets"),
    [
        ("int", Facets(min_inclusive="5", max_inclusive="4")),
        ("string", Facets(patterns=("a+", "b+"))),
        ("string", Facets(patterns=("aaa",), max_length=2)),
        ("boolean", Facets(enumeration=("maybe",))),
        ("string", Facets(patterns=("a{200000}",))),
    ],
)
def test_a_type_without_values_is_named(builtin: str, facets: Facets) -> None:
    """Where nothing fits, the error names the type, after a bounded search."""
    with pytest.raises(NoValue, match=re.escape("{urn:t}T")):
        made(Scalar("{urn:t}T", builtin, facets))


_ATOMS = st.sampled_from(["a", "b", "[ab]", r"\d", ".", r"[^a]", r"\-", "(a|bb)", "((ab)?)", "[0-9-[5]]"])
_PATTERNS = st.lists(
    st.tuples(_ATOMS, st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}", "{0,2}"])), min_size=1, max_size=5
).map(lambda parts: "".join(atom + times for atom, times in parts))


@given(st.lists(_PATTERNS, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_any_pattern_gives_texts_that_match(branches: list[str], source: random.Random) -> None:
    """A text made from an expression matches it, and is as long as the expression lets it be."""
    pattern = "|".join(branches)
    tree = expressions.parsed(pattern)
    text = expressions.text(tree, source)
    low, high = expressions.lengths(tree)
    assert compiled(pattern).search(text)
    assert low <= len(text) <= (len(text) if high is None else high)


@given(_PATTERNS, st.randoms(use_true_random=False))
def test_derivatives_find_what_matches(pattern: str, source: random.Random) -> None:
    """The search over derivatives finds a text of an expression and of itself, which matches."""
    tree = expressions.parsed(pattern)
    text = common((tree, tree), source)
    assert text is not None
    assert compiled(pattern).search(text)


@given(st.sampled_from(["string", "int", "decimal", "date"]), st.integers(0, 2**32))
def test_a_text_passes_our_own_checks(builtin: str, seed: int) -> None:
    """What is made is also what the adapter itself takes."""
    facets = (
        Facets(max_length=5)
        if builtin == "string"
        else Facets(min_inclusive="2000-01-01" if builtin == "date" else "3")
    )
    text = made(Scalar("{urn:t}T", builtin, facets), seed)
    for check in checks(builtin, facets):
        check(text)
