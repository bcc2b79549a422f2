"""What all tests share: property tests are bounded and the same everywhere, and a machine that stands still is seen."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.stalls import Again, Stalls

settings.register_profile("house", max_examples=50, deadline=None, derandomize=True)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Watch the machine from the first test on."""
    config.pluginmanager.register(Again(Stalls().seconds), "stalls")
