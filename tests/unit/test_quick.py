"""Quick ways to read texts: they have the value, or the error, that the exact way has, for any text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapter.mapping.codec import Codec, codec
from adapter.mapping.convert import CONVERTERS, Converter, codes
from adapter.wsdl import lexical
from adapter.wsdl.types import Facets
from tests.unit.random_values import _TEXTS as TEXTS

BUILTINS = sorted({*lexical.STRINGS, *lexical.INTEGERS, *lexical.DATES, "decimal", "double", "boolean", "hexBinary"})
ODD = (
    *(
        "",
        " ",
        "+1",
        "-0",
        "--1",
        ".",
        "1.",
        ".5",
        "1..2",
        "1.2.3",
        "1_0",
        "1e5",
        "INF",
        "NaN",
        "²",
        "١٢",
        "１２",
        "0x1",
    ),
    *("007", "127", "128", "255", "256", "4999", "5000", "32767", "32768", "2147483647", "2147483648", "9" * 400),
    *("2024-02-29", "2023-02-29", "0000-01-01", "2024-W01-1", "20240101", "2024-1-1", "2024-01-01Z", "٢٠٢٤-01-01"),
    *(
        "2024-01-01T10:00:00",
        "2024-01-01T10:00:00Z",
        "2024-01-01T24:00:00",
        "2024-01-01 10:00:00",
        "2024-W01-1T10:00:00",
    ),
    *(
        "2024-01-01T10:00:60",
        "2024-01-01T10:00:00.5",
        "2024-01-01T10:00:00+01:00",
        "2024-01-01T10:00:0.",
        "J",
        "N",
        " J",
    ),
    *("a  b", " a", "a\x1cb", "a\u00a0b", "a\u2003 b", "true", "TRUE", "1", "0", "-12.50", "-.5", "-", "- 1"),
)
_CHAINS: tuple[tuple[Converter, ...], ...] = (
    (CONVERTERS["zero_padded"]("10"),),
    (CONVERTERS["flag"]("J", "N"),),
    (CONVERTERS["yyyymmdd"](),),
    (CONVERTERS["implied_decimal"]("2"),),
    (CONVERTERS["trimmed"](),),
    (CONVERTERS["as"]("decimal"),),
    (CONVERTERS["as"]("boolean"),),
    (CONVERTERS["sentinel_date"]("00000000"), CONVERTERS["yyyymmdd"]()),
    (codes({"open": "J", "closed": "N"}),),
)


def _outcome(read: Any, text: str) -> Any:
    try:
        value = read(text)
    except ValueError as error:
        return str(error)
    return type(value), str(value)


def _same(made: Codec, text: str) -> None:
    assert made.quick is not None
    assert _outcome(made.read, text) == _outcome(made.quick, text)


@pytest.mark.parametrize("json", ["", "number", "string"])
@pytest.mark.parametrize("builtin", BUILTINS)
def test_built_in_types(builtin: str, json: str) -> None:
    """Odd texts of every built-in type."""
    numeric = builtin in lexical.INTEGERS or builtin == "decimal"
    for white_space in (None, "collapse") if builtin in lexical.STRINGS else (None,):
        made = codec(builtin, Facets(white_space=white_space), (), json if numeric else "")
        for text in (*ODD, *TEXTS):
            _same(made, text)


@pytest.mark.parametrize("chain", _CHAINS, ids=lambda chain: "+".join(each.name for each in chain))
def test_converters(chain: tuple[Converter, ...]) -> None:
    """Odd texts of every converter."""
    made = codec("string", Facets(), chain)
    for text in (*ODD, *TEXTS):
        _same(made, text)


@given(st.sampled_from(BUILTINS), st.text(alphabet="0123456789+-.:TZeE ²١\t", max_size=24))
@example("dateTime", "2024-01-01T10:00:0+")
@example("date", "2024-1-1-1")
def test_any_text(builtin: str, text: str) -> None:
    """Texts by chance, of the characters that numbers and dates are made of."""
    _same(codec(builtin, Facets()), text)
