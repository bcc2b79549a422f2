"""What several rooms' tests share: a running pretend ERP, as new for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapter import virtual
from adapter.shared import Shared, open_shared
from tests.resilience import engines
from tests.unit.virtual_calls import ROOT


@pytest.fixture(scope="module")
def server() -> Iterator[virtual.Server]:
    """A running ERP."""
    with virtual.running(ROOT) as running:
        yield running


@pytest.fixture
def erp(server: virtual.Server) -> virtual.Server:
    """The running ERP without rules and log, with the seed's state."""
    server.erp.state.reset()
    server.control.clear()
    return server


@pytest.fixture
def shared() -> Iterator[Shared]:
    """A shared store, empty, on a real Valkey."""
    try:
        server = engines.shared_valkey()
    except engines.Absent as absent:
        pytest.skip(str(absent))
    found = open_shared(server.url)
    assert found is not None
    assert found.command("FLUSHALL") is not None
    yield found
    found.close()
