"""NetSuite's contract of the corpus, mapped: every golden case, in both directions; and the same written by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.cases import Case
from tests.netsuite.contract import ABSENT, CONTRACT
from tests.netsuite.golden import agrees, ask, cases, differs
from tests.netsuite.project import Account, account, adapter_app, by_hand_app

pytestmark = pytest.mark.skipif(not CONTRACT.is_dir(), reason=ABSENT)
Pair = tuple[Flask, Account]


@pytest.fixture(scope="module")
def adapter() -> Iterator[Pair]:
    """The adapter in front of the responder."""
    with account() as (world, server), adapter_app(server) as app:
        yield app, world


@pytest.fixture(scope="module")
def hand() -> Iterator[Pair]:
    """The hand-written application in front of the responder."""
    with account() as (world, server):
        yield by_hand_app(server), world


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.operation}-{case.name}")
def test_case(case: Case, adapter: Pair) -> None:
    """The JSON call becomes exactly the case's envelopes, valid and signed; its replies become exactly its JSON."""
    assert "" == differs(case, *adapter)


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.operation}-{case.name}")
def test_by_hand(case: Case, hand: Pair) -> None:
    """The hand-written application answers the same, so its lines may be counted."""
    app, world = hand
    assert agrees(case, ask(app, case, world))
    assert [] == world.world.rejected


def test_a_wrong_signature_is_noticed(adapter: Pair) -> None:
    """The responder computes the signature itself: it refuses one that was made with another secret."""
    app, world = adapter
    case = next(each for each in cases() if each.name == "whole")
    ask(app, case, world)
    envelope = world.calls[0][0]
    status, reply = world.world(envelope.replace(b"</n1:signature>", b"x</n1:signature>"))
    assert (500, True) == (status, b"invalidCredentialsFault" in reply)
    status, reply = world.world(envelope)
    assert (500, True) == (status, b"invalidCredentialsFault" in reply), "a nonce counts once"


def test_an_invalid_request_is_noticed(adapter: Pair) -> None:
    """The responder takes nothing that the schemas do not allow."""
    app, world = adapter
    case = next(each for each in cases() if each.name == "whole")
    ask(app, case, world)
    envelope = world.calls[0][0]
    assert 400 == world.world(envelope.replace(b"baseRef", b"baseReff"))[0]
    assert world.world.rejected
