"""Dynamics NAV pages of the corpus, mapped: every golden case, in both directions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.cases import Case
from tests.dynamics.golden import cases, differs, nav_app
from tests.dynamics.responder import ABSENT, CONTRACT, Nav, invalid

pytestmark = pytest.mark.skipif(not CONTRACT.is_dir(), reason=ABSENT)


@pytest.fixture(scope="module")
def adapter() -> Iterator[tuple[Flask, Nav]]:
    """The adapter in front of the responder."""
    with nav_app() as found:
        yield found


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.operation}-{case.name}")
def test_case(case: Case, adapter: tuple[Flask, Nav]) -> None:
    """The JSON call becomes exactly the case's envelopes, all valid; the replies become exactly its JSON."""
    assert "" == differs(case, *adapter)


def test_an_invalid_request_is_noticed() -> None:
    """The judge is the page's own schema."""
    case = next(each for each in cases() if each.calls())
    envelope = case.calls()[0][0]
    assert [] == invalid(envelope)
    assert invalid(envelope.replace(b"Key>", b"Kex>").replace(b"No>", b"Nr>").replace(b"Code>", b"Kode>"))
