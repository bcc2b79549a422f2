"""What all tests share: property tests are bounded and the same on every machine."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("house", max_examples=50, deadline=None, derandomize=True)
settings.load_profile("house")
