"""What is tried out of a write at ``shadow``: both requests are held against each other, beside the caller's way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapter.errors import BackendFault, BuildError
from adapter.mapping.bound import Endpoint
from adapter.mapping.model.service import SaidRule
from adapter.messages import Request
from adapter.moving.beside import LARGEST
from adapter.moving.follow import Snapshot
from adapter.moving.needed import CannotSay, Trial
from adapter.moving.trying import Trying
from adapter.rollout.stages import Standing
from adapter.translate.writer import unset
from adapter.trials import trial
from tests.unit.mapped import erp
from tests.unit.trying import BODY, MADE, Desk, asks, said, writing
from tests.unit.watching import PATIENCE


def tried(endpoint: Endpoint, body: dict[str, Any]) -> list[tuple[str, str]]:
    """Return in what both requests of one write differ."""
    desk = Desk(endpoint)
    desk.tell(asks(endpoint, body), "soap", MADE)
    desk.wait(desk.notes)
    assert [] == desk.bugs
    return desk.notes[0][0]


@pytest.mark.parametrize(
    ("expected", "rules"),
    [
        ([], ()),
        ([], (said("name", theirs="fullName"), said("status", codes={"active": "A", "dormant": "D", "deleted": "L"}))),
        ([], (said("credit_limit", json="number"),)),
        ([("/status", "request-value")], (said("status", codes={"active": "A", "dormant": "A", "deleted": "L"}),)),
        ([("", "request-unbuildable")], (said("status", codes={"dormant": "D"}),)),
        ([("", "request-unbuildable")], (said("first_name", json="number"),)),
    ],
    ids=["the contract itself", "other names", "a number", "two words for one", "a word nobody knows", "no number"],
)
def test_both_sides_are_told_the_same(expected: list[tuple[str, str]], rules: tuple[SaidRule, ...]) -> None:
    """What the new service would be told is read back and held against what the ERP was told."""
    assert expected == tried(writing(said=rules), BODY)


def test_a_number_is_the_same_however_a_caller_writes_it() -> None:
    """The ERP is told 0000150000, the new service 1500; both are 1500.00 in the contract."""
    assert [] == tried(writing(), {**BODY, "credit_limit": "1500"})


@pytest.mark.parametrize("name", ["customers.update", "customers.patch"])
def test_changes_are_compared_too(name: str) -> None:
    """A change with null and with arrays is the same at both sides; what is not sent is made up by neither."""
    body = {**BODY, "version": 3, "phones": [{"kind": "mobile", "number": "1"}], "tags": [], "email": None}
    endpoint = writing(name)
    sent = {key: each for key, each in body.items() if name != "customers.update" or each is not None}
    assert [] == tried(endpoint, sent)


def test_to_a_partial_change_null_is_a_value() -> None:
    """A service that loses a null would keep what the ERP forgets."""
    endpoint = writing("customers.patch")
    lost = Trial(lambda request: {"email": None}, lambda request: {})
    desk = Desk(endpoint, lost)
    desk.tell(asks(endpoint, {"kind": "person", "version": 3}), "soap", MADE)
    desk.wait(desk.notes)
    assert ([("/email", "request-missing")], False) == desk.notes[0]


def test_an_example_has_both_requests() -> None:
    """Of a difference what each side was told is kept; of what cannot be said why, without a value."""
    desk = Desk(writing(said=(said("status", codes={"active": "A", "dormant": "A", "deleted": "L"}),)))
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    desk.wait(desk.examples)
    example = desk.examples[0]
    assert ("active", "dormant") == (example.legacy.document["status"], example.candidate.document["status"])
    assert 0 == example.legacy.status == example.candidate.status
    desk = Desk(writing(said=(said("status", codes={"dormant": "D"}),)))
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    desk.wait(desk.examples)
    assert "cannot be said: /status is a word that is not known" == desk.examples[0].candidate.problem


def test_a_write_that_the_erp_refused_is_compared_all_the_same() -> None:
    """What both were told does not depend on what became of it."""
    desk = Desk()
    desk.tell(asks(desk.endpoint, BODY), "soap", BackendFault("locked", 409, sent="yes", code="locked"))
    desk.wait(desk.notes)
    assert ([], False) == desk.notes[0]
    assert ["same"] == desk.outcomes


@pytest.mark.parametrize(
    "trial",
    [Trial(None, lambda request: {}), Trial(lambda request: _cannot(), lambda request: {})],
    ids=["never", "not this one"],
)
def test_what_cannot_be_read_back_of_the_erp_is_skipped(trial: Trial) -> None:
    """It says nothing of the new service, and counts as no comparison."""
    desk = Desk(trial=trial)
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    desk.wait(desk.outcomes)
    assert (["skipped"], []) == (desk.outcomes, desk.notes)


def _cannot() -> Any:
    raise CannotSay("it is too deep")


def test_what_is_large_is_skipped() -> None:
    """A large body would keep a worker from its callers; it may be freed as its call ends, too."""
    desk = Desk()
    desk.tell(replace(asks(desk.endpoint, BODY), body=b" " * (LARGEST + 1)), "soap", MADE)
    assert (["skipped"], []) == (desk.outcomes, desk.notes)


def test_a_share_is_tried_out() -> None:
    """The same share as of reads, by the id of the request."""
    desk = Desk(writing(share=0.0))
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    assert ([], []) == (desk.outcomes, desk.notes)


@pytest.mark.parametrize(
    "more",
    [
        {"standing": Standing("customers", 4, "dualwrite", run=4)},
        {"standing": Standing("customers", 4, "dualwrite", run=2)},
        {"standing": Standing("customers", 4, "shadow", run=4)},
        {"brake": frozenset[str]()},
    ],
    ids=["moved on", "another stage", "anew", "the brake"],
)
def test_what_waited_while_the_feature_moved_is_not_tried_out(more: dict[str, Any]) -> None:
    """Where it stands counts when its turn comes."""
    desk = Desk(**more)
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    desk.wait(desk.outcomes)
    assert (["dropped"], []) == (desk.outcomes, desk.notes)


def test_the_caller_does_not_wait() -> None:
    """More than there is room for is dropped and counted while the first one is still under way."""
    go = threading.Event()

    def slow(request: Request) -> Any:
        assert go.wait(PATIENCE)
        return {}

    desk = Desk(writing(queue=1), Trial(slow, lambda request: {}))
    for number in range(20):
        desk.tell(asks(desk.endpoint, BODY, str(number)), "soap", MADE)
    assert desk.outcomes.count("dropped") >= 15
    go.set()
    desk.wait(desk.notes, 20)


def test_a_defect_of_ours_is_told_and_the_next_one_is_tried() -> None:
    """The thread goes on."""
    desk = Desk(trial=Trial(lambda request: {}, _broken()))
    for number in range(2):
        desk.tell(asks(desk.endpoint, BODY, str(number)), "soap", MADE)
    desk.wait(desk.notes)
    assert (["ZeroDivisionError"], 1) == (desk.bugs, len(desk.notes))


def _broken() -> Callable[[Request], Any]:
    seen: list[str] = []

    def broken(request: Request) -> Any:
        seen.append(request.id)
        return 1 // (len(seen) - 1) and {}

    return broken


def test_a_read_is_not_tried_out_as_a_write() -> None:
    """It is asked beside."""
    endpoint = writing("customers.read")
    with pytest.raises(BuildError, match="would be tried out as one"):
        Trying(lambda: Snapshot({}, True), Desk(), b"").of(endpoint, Trial(None, lambda request: {}))
    assert trial(endpoint, unset) is None


def test_nothing_is_made_where_nothing_is_tried() -> None:
    """``off``, and a file that does not move."""
    assert trial(writing(writes="off"), unset) is None
    still = erp()["orders.create"]
    assert trial(still, unset) is None


def test_without_checked_values_nobody_can_say() -> None:
    """A request that never was checked was never sent either."""
    made = trial(writing(), unset)
    assert made is not None
    assert made.legacy is not None
    with pytest.raises(CannotSay, match="not checked"):
        made.legacy(Request("customers.create", "1", 0.0))
