"""Every golden folder, in both directions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from adapter.app import build
from tests.cases import ROOT, Case, cases, operations, replay_app, run
from tests.replay import Replay, replaying


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Flask, Replay]]:
    """The adapter with every SOAP port at a replaying endpoint."""
    with replaying() as replay:
        yield replay_app(replay), replay


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.operation}-{case.name}")
def test_case(case: Case, stage: tuple[Flask, Replay]) -> None:
    """The JSON call becomes exactly the golden envelopes, and the golden replies become exactly the golden JSON."""
    seen = run(case, *stage)
    expected = case.json("reply.json")

    assert expected["status"] == seen.status
    assert expected.get("body") == seen.body
    assert expected.get("body_base64") == seen.content
    assert expected.get("location") == seen.location
    assert expected.get("headers", {}).items() <= seen.headers.items()
    assert case.envelopes() == seen.envelopes()


def test_every_operation_has_a_folder() -> None:
    """An operation that is mapped without a golden case is a gap."""
    mapped = sorted(endpoint.name for endpoint in build(ROOT, {}).endpoints)

    assert mapped == list(operations())
