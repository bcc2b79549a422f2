"""What a codec accepts at once is what it writes, and what it is not sure of it writes the plain way."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.mapping import convert
from adapter.mapping.codec import Codec, codec
from adapter.mapping.empty import with_default
from adapter.wsdl.builtins import BUILTINS
from adapter.wsdl.types import Facets
from tests.twins import STRANGE
from tests.unit.test_codec import TEXTS

# Facets that are met in contracts, for each family of types.
LIMITS = {
    "text": [
        Facets(max_length=3),
        Facets(length=2),
        Facets(min_length=1),
        Facets(patterns=("[A-Z]{1,3}",)),
        Facets(patterns=(r"\w+", "[^ ]*"), max_length=4),
        Facets(enumeration=("A1", "x", "", " a")),
        Facets(white_space="collapse", max_length=3),
        Facets(white_space="replace"),
    ],
    "number": [
        Facets(total_digits=3, fraction_digits=2),
        Facets(total_digits=2),
        Facets(fraction_digits=0),
        Facets(min_inclusive="0"),
        Facets(min_exclusive="0"),
        Facets(min_inclusive="-5", max_inclusive="7"),
        Facets(max_exclusive="1"),
        Facets(min_inclusive="1", max_inclusive="100"),
        Facets(max_inclusive="-1"),
        Facets(min_exclusive="-0.5", max_exclusive="1000.5"),
        Facets(enumeration=("1", "7")),
        Facets(patterns=("[0-9]+",)),
    ],
    "date": [Facets(min_inclusive="2024-06-01"), Facets(patterns=("2.*",)), Facets(enumeration=("2024-02-29",))],
}
FAMILIES = {
    **dict.fromkeys(("string", "normalizedString", "token", "NMTOKEN", "anyURI", "language"), "text"),
    **dict.fromkeys(("date", "dateTime", "time"), "date"),
    **dict.fromkeys(("decimal", "int", "long", "integer", "unsignedByte", "positiveInteger", "double"), "number"),
}
CONVERTERS = [
    [convert.zero_padded("4")],
    [convert.zero_padded("20")],
    [convert.yyyymmdd()],
    [convert.sentinel_date("00000000"), convert.yyyymmdd()],
    [convert.sentinel_date("20241231"), convert.yyyymmdd()],
    [convert.sentinel_date("20241130"), convert.yyyymmdd()],
    [convert.blank_null(), convert.zero_padded("4")],
    [convert.flag("J", "N")],
    [convert.trimmed(), convert.flag("1", "0")],
    [convert.codes({"one": "A1", "two": "x", "007": "B"})],
    [convert.trimmed()],
    [convert.trimmed(), convert.codes({"x": " a", "1": "1"})],
    [convert.read_as("int")],
    [convert.read_as("int"), convert.zero_padded("4")],
    [convert.read_as("decimal")],
    [convert.read_as("boolean")],
    [convert.implied_decimal("2")],
    [convert.guarded(convert.codes({"x": "x", "A1": "A1"}))],
    [convert.blank_null()],
    [convert.sentinel_date("9999-12-31")],
]


def made() -> Iterator[tuple[str, Codec]]:
    """Codecs of every built-in type with facets, limits of the mapping and converters, as far as they can be made."""
    for builtin in (name for name in BUILTINS if name != "anyType"):
        family = LIMITS.get(FAMILIES.get(builtin, ""), [])
        for facets in (Facets(), *family):
            for narrowed in (Facets(), *family):
                for json in ("", "number", "string"):
                    yield f"{builtin} {facets} {narrowed} {json}", codec(builtin, facets, (), json, narrowed)
    for builtin in ("string", "token", "int", "date", "decimal"):
        for facets in (
            Facets(),
            *LIMITS["text"],
            Facets(max_length=20),
            Facets(max_length=8, patterns=("0.*|2024.*",)),
        ):
            for chain in CONVERTERS:
                for narrowed in (Facets(), Facets(max_length=2), Facets(patterns=("[1-9].*",))):
                    yield from _chained(builtin, facets, chain, narrowed, "")
    yield from _chained("string", Facets(), [convert.read_as("int"), convert.zero_padded("20")], Facets(), "string")


def _chained(
    builtin: str, facets: Facets, chain: list[Any], narrowed: Facets, json: str
) -> Iterator[tuple[str, Codec]]:
    try:
        yield (
            f"{builtin} {facets} {[each.name for each in chain]} {narrowed}",
            codec(builtin, facets, tuple(chain), "", narrowed),
        )
    except ValueError:
        return  # the contract does not take what the converter writes


def outcome(write: Any, value: Any) -> Any:
    """What a way of writing gives, or that it refuses."""
    try:
        return write(value)
    except ValueError:
        return ValueError


MADE = [(name, each) for name, each in made() if each.accept is not None]
VALUES = [
    *STRANGE,
    *(text for pair in TEXTS.values() for text in pair if text is not None),
    *("one", "two", "B", "0", "00", "42", "9999", "10000", "999999999999999999", "9999999999999999999", "12.345", "5."),
    *(
        "0.0",
        "00.00",
        "-5",
        "-5.0",
        "7",
        "8",
        "100",
        "101",
        "1000.4",
        "1000.5",
        "255",
        "256",
        "2024-06-01",
        "2024-05-31",
    ),
    *(
        "1999-01-01",
        "2024-11-31",
        "2024-11-30",
        "2024-13-01",
        "2024-12-31T00:00:00Z",
        "2024-12-31T00:00:00+14:00",
        "999",
        "99.99",
    ),
    *(7, 8, -5, 255, 256, 100, 101, 10**17, 10**18, 10**19, Decimal("0.00"), Decimal("-0"), Decimal("12.345"), "9.999"),
    *(
        Decimal("7.1"),
        Decimal("1E-7"),
        Decimal("999.99"),
        "\u2028",
        "a\u00a0b",
        "ab",
        "abc",
        "abcd",
        "ABCD",
        "A",
        "AB ",
    ),
]


def test_codecs_with_a_way_of_their_own() -> None:
    """Most codecs are made with one here: the law below is about something."""
    assert len(MADE) > 2000


def test_every_value_that_matters() -> None:
    """Whatever a codec accepts at once is what it writes, and what it writes is what it accepts."""
    wrong = [
        (name, value)
        for name, each in MADE
        for value in VALUES
        if repr(outcome(each.write, value)) != repr(outcome(each.at_once(), value))
    ]

    assert [] == wrong


@settings(max_examples=300)
@given(
    made=st.sampled_from(MADE),
    values=st.lists(
        st.text(st.sampled_from("0123456789.-+ AaZz:T\t\n\u00fc"), max_size=8)
        | st.from_regex(r"\A-?[0-9]{1,20}(\.[0-9]{1,8})?\Z")
        | st.dates().map(str)
        | st.datetimes().map(lambda each: each.isoformat())
        | st.integers()
        | st.decimals(allow_nan=False, allow_infinity=False, places=3),
        max_size=20,
    ),
)
def test_any_value(made: tuple[str, Codec], values: list[Any]) -> None:
    """So it is for values of any kind."""
    _, each = made

    assert [repr(outcome(each.write, value)) for value in values] == [
        repr(outcome(each.at_once(), value)) for value in values
    ]


def test_a_converter_that_changes_its_mind() -> None:
    """What a team's own converter writes is asked for each time: it may depend on anything."""
    texts = {"x": "1"}
    own = convert.Converter("own", str, lambda value: texts[str(value)], "string", words=("x",))
    each = codec("string", Facets(), (convert.guarded(own),))

    assert "1" == each.at_once()("x")
    texts["x"] = "2"
    assert "2" == each.at_once()("x")


def test_an_empty_element_that_means_another_value() -> None:
    """Where an empty element stands for a default, an empty text is not accepted at once either."""
    each = with_default(codec("string", Facets(max_length=3)), "abc")

    assert ["x", ValueError] == [outcome(each.at_once(), value) for value in ("x", "")]
