"""An adapter in front of an ERP that a test plays itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.wire.rows import Setting, standing


@pytest.fixture(scope="module")
def stood(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    """One adapter and one ERP for all."""
    with standing(tmp_path_factory.mktemp("streams")) as found:
        yield found


@pytest.fixture
def setting(stood: Setting) -> Iterator[Setting]:
    """Leave no connection of one test to another."""
    yield stood
    stood.close()
