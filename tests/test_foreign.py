"""Servers of others from PyPI, called through the adapter. The one from npm is called by the evidence."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from tests.foreign.servers import SOAPBAR, SPYNE, Foreign, called, wrong

NO_SPYNE = pytest.mark.skipif(find_spec("spyne") is None, reason="spyne does not run on Python 3.12 and newer")


@pytest.mark.parametrize("foreign", [pytest.param(SPYNE, marks=NO_SPYNE), SOAPBAR], ids=lambda foreign: foreign.name)
def test_foreign_server(foreign: Foreign) -> None:
    """Every call is answered as expected, over a contract that the server itself generated."""
    with called(foreign) as app:
        assert [] == wrong(app, foreign.calls)
