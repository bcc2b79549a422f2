"""Buckets of entities: pinned, since another release must not send an entity to the other side; even, and apart."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.rollout.bucket import bucket
from adapter.rollout.rules import WHOLE
from tests.strangler.vectors import VECTORS


@pytest.mark.parametrize(("key", "group", "entity", "expected"), VECTORS)
def test_pinned(key: bytes, group: str, entity: str, expected: int) -> None:
    """These never change."""
    assert expected == bucket(key, group, entity)


@given(st.binary(max_size=64), st.text(st.characters(exclude_characters="\0")), st.text())
def test_any_text_has_a_bucket(key: bytes, group: str, entity: str) -> None:
    """Of 10,000, and always the same one."""
    found = bucket(key, group, entity)
    assert 0 <= found < WHOLE
    assert found == bucket(key, group, entity)


def test_half_text_has_a_bucket() -> None:
    """What JSON lets through and UTF-8 has no bytes for is a text too."""
    assert 0 <= bucket(b"", "g", "\ud800") < WHOLE


def test_numbers_in_a_row_spread_evenly() -> None:
    """Of 100,000 customers each tenth of the buckets has about a tenth: five standard deviations are 475."""
    many = Counter(bucket(b"k", "customers", str(number)) // 1000 for number in range(100_000))
    assert all(abs(each - 10_000) < 475 for each in many.values()), many


def test_groups_are_spread_apart() -> None:
    """Who is first in one feature is not first in all: a tenth of a tenth is a hundredth."""
    both = sum(bucket(b"k", "a", str(n)) < 1000 and bucket(b"k", "b", str(n)) < 1000 for n in range(100_000))
    assert 850 < both < 1150
