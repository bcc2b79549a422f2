"""Writes at ``shadow`` of a feature that makes dry runs: what both are told, and what both answer, counts once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapter.errors import NotHonoured
from adapter.messages import Request, Response
from adapter.moving.needed import Trial
from tests.unit.trying import BODY, MADE, Desk, asks, writing
from tests.unit.watching import PATIENCE


def rehearsed(send: Callable[[Request], Response], **more: Any) -> Desk:
    """Return a desk whose feature makes dry runs at a service that has some; both sides are told the same."""
    says: dict[str, Any] = {"legacy": lambda request: {}, "candidate": lambda request: {}, **more}
    return Desk(writing(writes="dry_run"), Trial(probe=lambda request: None, send=send, **says))


def test_a_write_counts_once_whatever_was_found() -> None:
    """What both are told, and what both answer, is one comparison; each difference says which of the two it is."""
    desk = rehearsed(
        lambda request: Response(201, b'{"id": "7", "name": "B"}'), candidate=lambda request: {"name": "B"}
    )
    desk.tell(asks(desk.endpoint, BODY), "soap", Response(201, b'{"id": "42", "name": "A"}'))
    desk.wait(desk.examples, 2)
    assert [([("/name", "request-extra"), ("/name", "value")], False)] == desk.notes
    assert (["differs"], ["differs"]) == (desk.outcomes, desk.dry)
    assert [0, 201] == [each.candidate.status for each in desk.examples]


def test_a_write_that_cannot_be_read_back_is_answered_all_the_same() -> None:
    """The dry run alone is a comparison."""
    desk = rehearsed(lambda request: MADE, legacy=None)
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    desk.wait(desk.notes)
    assert ([([], False)], ["same"]) == (desk.notes, desk.outcomes)


def test_one_dry_run_is_under_way_at_a_time() -> None:
    """Others wait for it, and what both are told is compared meanwhile; of two that break a promise one is sent."""
    sent: list[str] = []
    go = threading.Event()

    def breaks(request: Request) -> Response:
        sent.append(request.id)
        assert go.wait(PATIENCE)
        raise NotHonoured("backend-reply-invalid", 502, cause="status 201", sent="yes")

    desk = rehearsed(breaks)
    for number in range(10):
        desk.tell(asks(desk.endpoint, BODY, str(number)), "soap", MADE)
    go.set()
    desk.wait(desk.notes, 10)
    assert (1, ["same"] * 10) == (len(sent), desk.outcomes)
    assert ["off"] * 9 + ["unmarked"] == sorted(desk.dry)


def test_a_dry_run_without_room_is_dropped_and_the_rest_counts() -> None:
    """What both are told was compared before."""
    go = threading.Event()

    def slow(request: Request) -> Response:
        assert go.wait(PATIENCE)
        return MADE

    desk = rehearsed(slow)
    for number in range(80):
        desk.tell(asks(desk.endpoint, BODY, str(number)), "soap", MADE)
    desk.wait(desk.dry)
    assert "dropped" == desk.dry[0]
    assert "same" in desk.outcomes
    go.set()
    desk.wait(desk.notes, 80)


def test_a_feature_that_moved_on_while_a_dry_run_waited_makes_none() -> None:
    """From dualwrite on the service gets the writes themselves."""
    begun, go = threading.Event(), threading.Event()
    sent: list[str] = []

    def slow(request: Request) -> Response:
        sent.append(request.id)
        begun.set()
        assert go.wait(PATIENCE)
        return MADE

    desk = rehearsed(slow)
    for number in range(3):
        desk.tell(asks(desk.endpoint, BODY, str(number)), "soap", MADE)
    assert begun.wait(PATIENCE)
    desk.standing = replace(desk.standing, epoch=4, stage="dualwrite")
    go.set()
    desk.wait(desk.outcomes, 3)
    assert (1, ["dropped", "dropped", "same"]) == (len(sent), sorted(desk.outcomes))


def test_a_defect_in_a_dry_run_is_told() -> None:
    """The thread goes on."""
    desk = rehearsed(lambda request: Response(1 // 0))
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    desk.wait(desk.bugs)
    assert ["ZeroDivisionError"] == desk.bugs


def test_a_dry_run_is_no_deadline_of_the_callers() -> None:
    """The caller has gone by then."""
    left: list[float] = []

    def send(request: Request) -> Response:
        left.append(request.deadline - time.monotonic())
        assert ("shadow", "http", None) == (request.kind, request.side, request.trace)
        return MADE

    desk = rehearsed(send)
    desk.tell(asks(desk.endpoint, BODY, deadline=0.0), "soap", MADE)
    desk.wait(desk.notes)
    assert left[0] > 1
