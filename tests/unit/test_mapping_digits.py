"""The pattern of a decimal says in the document what the checks say to callers."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adapter.mapping.codec import codec
from adapter.mapping.digits import decimal_pattern
from adapter.wsdl import lexical
from adapter.wsdl.types import Facets

TEXTS = st.from_regex(r"[+-]?0{0,2}[0-9]{0,6}(\.[0-9]{0,5}0{0,2})?", fullmatch=True)
LIMITS = st.builds(
    Facets,
    total_digits=st.none() | st.integers(1, 6),
    fraction_digits=st.none() | st.integers(0, 4),
    min_inclusive=st.none() | st.just("0"),
)


def accepts(limits: Facets, text: str) -> bool:
    """Whether the codec of such a type writes the text."""
    try:
        codec("decimal", limits).write(text)
    except ValueError:
        return False
    return True


@given(LIMITS, TEXTS)
def test_says_what_is_checked(limits: Facets, text: str) -> None:
    """Digits, decimals and "not below 0" are in the pattern exactly, with signs, and zeros at both ends."""
    assume(not text.startswith("-") or text.strip("-0.") != "")
    assert accepts(limits, text) == bool(re.search(decimal_pattern(limits), text))


@given(st.integers(1, 2500), st.none() | st.integers(0, 3), TEXTS)
def test_says_a_whole_maximum(high: int, decimals: int | None, text: str) -> None:
    """From 0 to a whole number: nothing above it is in the pattern, and all below it is."""
    assume(not text.startswith("-"))
    limits = Facets(min_inclusive="0", max_inclusive=str(high), fraction_digits=decimals)
    assert accepts(limits, text) == bool(re.search(decimal_pattern(limits), text))


@pytest.mark.parametrize("limit", ["99.5", "-1", "0"])
def test_says_too_little_rather_than_too_much(limit: str) -> None:
    """A maximum that no short pattern can say is left out, so that nothing allowed is forbidden by the document."""
    pattern = decimal_pattern(Facets(max_inclusive=limit))
    assert all(re.search(pattern, text) for text in ("-100", "-1", "-1.25"))


def test_narrower_of_two() -> None:
    """The contract's limits and the rule's own hold together."""
    pattern = decimal_pattern(Facets(fraction_digits=3), Facets(min_inclusive="0", fraction_digits=1))
    assert [True, False, False] == [bool(re.search(pattern, text)) for text in ("1.5", "1.55", "-1")]


def test_without_limits_is_the_lexical_form() -> None:
    """Without limits the pattern takes what xsd:decimal takes."""
    for text in ("1", "-1.", "+.5", "", ".", "1e5"):
        try:
            lexical.decimal(text)
            right = True
        except ValueError:
            right = False
        assert right == bool(re.search(decimal_pattern(), text))
