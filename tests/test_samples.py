"""Requests and responses of two other SOAP clients, read by ours and written again."""

from __future__ import annotations

import pytest

from tests.samples.folders import ABSENT, Sample, samples
from tests.samples.rows import rows


@pytest.mark.parametrize("sample", samples() or [pytest.param(None, marks=pytest.mark.skip(ABSENT))], ids=str)
def test_sample(sample: Sample) -> None:
    """Each usable message comes back as it was, or is named as wrong by its own schema."""
    assert [] == [f"{row.name}: {row.said}" for row in rows(sample) if not row.ok and not row.unusable]
