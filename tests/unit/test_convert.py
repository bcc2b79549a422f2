"""The converters: what one reads it writes back, and what could not be read back it refuses to write."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.mapping import convert
from adapter.mapping.convert import CONVERTERS, Converter, guarded

DIGITS = st.text("0123456789", min_size=1, max_size=60)


@given(st.integers(0, 10**10 - 1))
def test_zero_padded_is_its_own_inverse(number: int) -> None:
    """A number is padded to the width and comes back without its zeros."""
    converter = convert.zero_padded("10")
    written = converter.write(str(number))
    assert 10 == len(written)
    assert str(number) == converter.read(written)


@pytest.mark.parametrize("text", ["007", "", "12345678901", "-1", "1a", " 1", "１", "1.0"])
def test_zero_padded_refuses_what_would_come_back_changed(text: str) -> None:
    """Leading zeros, signs, other digits and too many of them are refused."""
    with pytest.raises(ValueError, match="1 to 10 digits"):
        convert.zero_padded("10").write(text)


def test_zero_padded_reads_what_the_erp_pads() -> None:
    """White space around, zeros only and no digits at all are read as an ERP means them."""
    read = convert.zero_padded("4").read
    assert ["42", "0", "", "A1"] == [read(" 0042 "), read("0000"), read("  "), read("00A1")]


@given(st.dates(datetime.date(1, 1, 1)))
def test_yyyymmdd_is_its_own_inverse(day: datetime.date) -> None:
    """Every date of the calendar goes to eight digits and back."""
    converter = convert.yyyymmdd()
    assert day.strftime("%Y%m%d").rjust(8, "0") == converter.write(day.isoformat())
    assert day.isoformat() == converter.read(converter.write(day.isoformat()))


@pytest.mark.parametrize("text", ["20240230", "2024-01-01", "", "00000000", "202401011", "2024011"])
def test_yyyymmdd_reads_no_other_text(text: str) -> None:
    """What is no date of eight digits is refused."""
    with pytest.raises(ValueError, match="not a da"):
        convert.yyyymmdd().read(text)


@pytest.mark.parametrize("text", ["2024-01-01Z", "12024-01-01", "2024-02-30", "20240101", "-2024-01-01"])
def test_yyyymmdd_writes_no_other_date(text: str) -> None:
    """A zone, a year of five digits or a day that does not exist cannot be eight digits."""
    with pytest.raises(ValueError, match="date|day"):
        convert.yyyymmdd().write(text)


@pytest.mark.parametrize(("value", "text"), [("true", "J"), ("false", "N")])
def test_flag_is_its_own_inverse(value: str, text: str) -> None:
    """Each truth value has its text."""
    flag = convert.flag("J", "N")
    assert text == flag.write(value)
    assert value == flag.read(f" {text} ")


def test_flag_takes_no_third_value() -> None:
    """Neither direction knows anything but its two texts, and the two must differ."""
    flag = convert.flag("J", "N")
    for act in (lambda: flag.read("X"), lambda: flag.write("maybe"), lambda: flag.write(None)):
        with pytest.raises(ValueError, match="neither J nor N|must be true"):
            act()
    with pytest.raises(ValueError, match="different"):
        convert.flag("J", "J")


@given(st.integers(0, 12), st.integers(-(10**40), 10**40))
def test_implied_decimal_is_exact(places: int, number: int) -> None:
    """Digits of any length get their point and lose it again, without a digit changed."""
    converter = convert.implied_decimal(str(places))
    read = converter.read(str(number))
    assert Decimal(number).scaleb(-places) == Decimal(read or "") if abs(number) < 10**20 else True
    assert str(number) == converter.write(read)
    assert places == len((read or "").partition(".")[2])


@given(DIGITS, st.text("0123456789", max_size=2), st.sampled_from(["", "-", "+"]))
def test_implied_decimal_writes_the_value(whole: str, part: str, sign: str) -> None:
    """Any way to write a decimal with few enough decimals becomes the same number without a point."""
    text = f"{sign}{whole}.{part}"
    written = convert.implied_decimal("2").write(text)
    assert re.fullmatch("-?(0|[1-9][0-9]*)", written)
    assert int(f"{sign}{whole}{part.ljust(2, '0')}") == int(written)


@pytest.mark.parametrize("text", ["1.005", "1e3", "", "1,00", "NaN", "0.001"])
def test_implied_decimal_refuses_what_it_would_round(text: str) -> None:
    """More decimals than there is room for, and what is no decimal, are refused."""
    with pytest.raises(ValueError, match="at most 2 decimals|not a decimal"):
        convert.implied_decimal("2").write(text)


@pytest.mark.parametrize("text", ["1.5", "", "12-", "1 2"])
def test_implied_decimal_reads_digits_only(text: str) -> None:
    """A point or anything else beside digits and a sign is refused."""
    with pytest.raises(ValueError, match="without a point"):
        convert.implied_decimal("2").read(text)


@given(st.text())
def test_trimmed_leaves_what_has_no_space_around(text: str) -> None:
    """White space around goes both ways; a text without it stays as it is."""
    converter = convert.trimmed()
    assert text.strip() == converter.read(text) == converter.write(text)


def test_sentinel_date_is_null_both_ways() -> None:
    """The sentinel is null and nothing else is; a caller cannot send it as a date."""
    converter = convert.sentinel_date("9999-12-31")
    assert converter.read("9999-12-31") is None
    assert "9999-12-31" == converter.write(None)
    assert "2024-01-01" == converter.read("2024-01-01") == converter.write("2024-01-01")
    with pytest.raises(ValueError, match="null stands for that"):
        converter.write("9999-12-31")


@given(st.dictionaries(st.text(min_size=1), st.text("ABC123", min_size=1), min_size=1, max_size=8))
def test_codes_are_their_own_inverse(table: dict[str, str]) -> None:
    """Each of our words goes to its code and back; a table that cannot go back is refused."""
    if len(set(table.values())) < len(table):
        with pytest.raises(ValueError, match="same code"):
            convert.codes(table)
        return
    converter = convert.codes(table)
    assert table == {word: converter.write(word) for word in table}
    assert list(table) == [converter.read(f"{code} ") for code in table.values()]


def test_codes_name_what_is_allowed() -> None:
    """An unknown word is answered with the known ones, an unknown code is not shown; an empty table is refused."""
    converter = convert.codes({"active": "A", "dormant": "R"})
    with pytest.raises(ValueError, match="must be one of active, dormant"):
        converter.write("A")
    with pytest.raises(ValueError, match="^a code that the mapping does not know$"):
        converter.read("secret")
    with pytest.raises(ValueError, match="at least one"):
        convert.codes({})


def test_blank_null_is_null_both_ways() -> None:
    """Blank is null and null is blank; blank itself cannot be sent, since it would come back as null."""
    converter = convert.blank_null()
    assert [None, None, " x"] == [converter.read(text) for text in ("", " \n", " x")]
    assert ["", "x"] == [converter.write(None), converter.write("x")]
    with pytest.raises(ValueError, match="null stands for that"):
        converter.write(" ")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("zero_padded", ["x"]), ("zero_padded", ["0"]), ("zero_padded", ["-1"]), ("implied_decimal", ["two"]),
     ("implied_decimal", ["1000"]), ("sentinel_date", ["never"])],
)  # fmt: skip
def test_arguments_that_mean_nothing_are_refused(name: str, arguments: list[str]) -> None:
    """A width, a number of places or a sentinel that is none is a ValueError while building."""
    with pytest.raises(ValueError, match="takes"):
        CONVERTERS[name](*arguments)


@pytest.mark.parametrize("converter", [
    convert.zero_padded("3"), convert.yyyymmdd(), convert.flag("J", "N"), convert.implied_decimal("2"),
    convert.trimmed(), convert.codes({"a": "A"}),
], ids=lambda converter: converter.name)  # fmt: skip
def test_null_is_refused_where_it_has_no_text(converter: Converter) -> None:
    """A converter without a text for null says so, and does not claim to give it."""
    assert not converter.gives_null
    with pytest.raises(ValueError, match="must"):
        converter.write(None)


def _raise(error: Exception) -> str:
    raise error


@pytest.mark.parametrize("read", [lambda text: _raise(KeyError(text)), lambda text: None, lambda text: 3])
def test_own_converter_that_breaks_while_reading_shows_no_payload(read: Callable[[str], str | None]) -> None:
    """Whatever a team's converter does, reading ends with a ValueError that holds nothing of the reply."""
    with pytest.raises(ValueError, match="^own ") as caught:
        guarded(Converter("own", read, lambda text: text or "")).read("secret")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("write", [lambda text: _raise(TypeError("x")), lambda text: 3, lambda text: None])
def test_own_converter_that_breaks_while_writing_is_a_wrong_value(write: Callable[[str | None], str]) -> None:
    """Whatever a team's converter does, writing ends with a ValueError; the words of its own ValueError remain."""
    with pytest.raises(ValueError, match="^cannot be converted$"):
        guarded(Converter("own", str, write)).write("x")
    with pytest.raises(ValueError, match="^must be a colour$"):
        guarded(Converter("own", str, lambda text: _raise(ValueError("must be a colour")))).write("x")
