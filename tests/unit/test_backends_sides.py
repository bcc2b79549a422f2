"""Who answers where a feature moves: the side of the request, and the ERP where the new service fails a read."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapter.backends.sides import Part, sides
from adapter.errors import (
    BackendError,
    BackendFault,
    BackendLost,
    BackendReplyInvalid,
    BackendTimeout,
    BackendUnreachable,
    InvalidRequest,
    RequestError,
)
from adapter.guard.gates import refused
from adapter.messages import Placed, Request, Response
from adapter.moving.follow import Snapshot
from adapter.moving.needed import Told
from adapter.moving.placing import unit
from adapter.rollout.rules import Side
from adapter.rollout.stages import Standing
from tests.strangler.moving import Notebook, moving
from tests.unit.mapped import erp

KEY = b"of these tests"
UNIT = unit(KEY, "customers", "42")
CANARY = Placed("customers", "canary", 5, 1000, "42", 17)
FAILURES = [
    BackendUnreachable("backend-unreachable", 503, sent="no"),
    BackendLost("backend-lost", 502),
    BackendReplyInvalid("backend-reply-invalid", 502, sent="yes"),
    BackendFault("backend-busy", 503, sent="maybe"),
    BackendFault("backend-refused-us", 502, sent="yes"),
    BackendTimeout("backend-timeout", 504),
    refused("queue-full", 1.0),
    refused("breaker", 1.0),
]
NO = BackendFault("customer-not-found", 404, sent="yes", code="customer-not-found")
Said = Response | Exception
_ERP, _NEW = Response(200, b"erp"), Response(200, b"new")


class Two:
    """Both sides of one operation, and what became of its requests."""

    def __init__(self, soap: Said = _ERP, http: Said = _NEW, operation: str = "customers.read") -> None:
        self.asked: list[tuple[Side, float]] = []
        self.notes = Notebook()
        self.fell_back: list[tuple[str, str]] = []
        self.bugs: list[str] = []
        self.beside: list[tuple[Side, Any]] = []
        told = Told(
            fell_back=lambda operation, problem: self.fell_back.append((operation, problem)),
            bug=lambda error, request_id, operation: self.bugs.append(type(error).__name__),
        )
        standing = Standing("customers", 3, "dualwrite", run=2)
        snapshot = Snapshot({"customers": standing}, True)
        known = moving(self.notes, snapshot, key=KEY, told=told, beside=lambda endpoint, soap, http: self._beside)
        self._handle = sides(erp()[operation], self._side("soap", soap), self._side("http", http), known)

    def _side(self, side: Side, said: Said) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            self.asked.append((side, request.deadline - time.monotonic()))
            if isinstance(said, Exception):
                raise said
            return said

        return answer

    def _beside(self, request: Request, side: Side, what: Response | RequestError) -> None:
        self.beside.append((side, what))

    def __call__(self, side: Side = "http", placed: Placed | None = CANARY, seconds: float = 9.0, **more: Any) -> Any:
        """Ask, and return the body or the problem, and the notes."""
        request = Request("o", "1", time.monotonic() + seconds, side=side, epoch=7, placed=placed, **more)
        try:
            response = self._handle(request)
        except RequestError as error:
            return error.problem
        return response.body.decode() if isinstance(response.body, bytes) else ""

    @property
    def who(self) -> list[Side]:
        """Who was asked."""
        return [side for side, _ in self.asked]


@pytest.mark.parametrize("side", ["soap", "http"])
@pytest.mark.parametrize("operation", ["customers.read", "customers.update"])
def test_the_side_of_the_request_answers(side: Side, operation: str) -> None:
    """Nobody else is asked; it is noted for that side, with the entity's pseudonym, run and share."""
    two = Two(operation=operation)
    assert {"soap": "erp", "http": "new"}[side] == two(side)
    assert [side] == two.who
    assert [(operation, side, UNIT, True)] == two.notes.calls
    assert [("customers", 5, 1000)] == two.notes.runs


@pytest.mark.parametrize("stage", ["canary", "live"])
@pytest.mark.parametrize("error", FAILURES, ids=lambda error: error.cause or error.problem)
def test_a_read_that_the_new_service_fails_is_answered_by_the_erp(error: BackendError, stage: str) -> None:
    """Whatever went wrong there, the caller gets an answer; it counts against the new service, and for the ERP."""
    two = Two(http=error)
    assert "erp" == two(placed=replace(CANARY, stage=stage))
    assert ["http", "soap"] == two.who
    assert [("customers.read", error.problem)] == two.fell_back
    breaker = "breaker" in error.cause
    failed: list[Any] = [] if breaker else [("customers.read", "http", UNIT, False)]
    assert [*failed, ("customers.read", "soap", UNIT, True)] == two.notes.calls
    assert ([("customers", 5)] if breaker else []) == two.notes.opens
    assert [] == two.beside


def test_what_is_closed_is_nobodys_failure() -> None:
    """Neither a service that is closed by its own timetable, nor an ERP whose breaker is open, breaks the other's."""
    closed = Two(http=refused("closed", 60.0, "closed-now"))
    assert "erp" == closed()
    assert ([], [("customers.read", "soap", UNIT, True)]) == (closed.notes.opens, closed.notes.calls)
    broken = Two(soap=refused("breaker", 1.0))
    assert "backend-unavailable" == broken(side="soap")
    assert ([], []) == (broken.notes.opens, broken.notes.calls)


def test_the_answer_says_that_it_came_from_the_other_side() -> None:
    """As a note, for the log and the counter of oddities."""
    two = Two(http=FAILURES[0])
    response = two._handle(Request("o", "1", time.monotonic() + 9, side="http", placed=CANARY))
    assert ("answered-by-the-other-side:backend-unreachable",) == response.notes


@pytest.mark.parametrize("stage", ["rampdown", "complete"])
def test_from_rampdown_on_nobody_falls_back(stage: str) -> None:
    """What the ERP has may be old by then: the caller is told what went wrong."""
    two = Two(http=FAILURES[0])
    assert "backend-unreachable" == two(placed=replace(CANARY, stage=stage))
    assert ["http"] == two.who
    assert [("customers.read", "http", UNIT, False)] == two.notes.calls


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: error.cause or error.problem)
def test_a_write_never_falls_back(error: BackendError) -> None:
    """Each entity has one writer, and a write that may have arrived must not be made by another one too."""
    two = Two(http=error, operation="customers.update")
    assert error.problem == two(placed=replace(CANARY, stage="live"))
    assert (["http"], []) == (two.who, two.fell_back)


def test_a_refusal_that_is_declared_is_an_answer() -> None:
    """No such customer is what the new service says; it is no failure of it, and the ERP is not asked."""
    two = Two(http=NO)
    assert "customer-not-found" == two()
    assert ["http"] == two.who
    assert [("customers.read", "http", UNIT, True)] == two.notes.calls
    assert [("http", NO)] == two.beside


def test_an_erp_that_has_nothing_answers() -> None:
    """An empty reply that the mapping explains is an answer too."""
    endpoint = erp()["invoices.read"]
    nothing = RequestError(endpoint.reply.rule.empty_problem, 404)
    notes = Notebook()
    rollout = erp()["customers.read"].resource
    moved = replace(endpoint, resource=replace(endpoint.resource, rollout=rollout.rollout, http=rollout.http))

    def empty(request: Request) -> Response:
        raise nothing

    handle = sides(moved, empty, empty, moving(notes, Snapshot(known=True)))
    with pytest.raises(RequestError):
        handle(Request("o", "1", time.monotonic() + 9))
    assert [("invoices.read", "soap", "", True)] == notes.calls


def test_what_is_wrong_with_the_request_is_nobodys_failure() -> None:
    """The ERP would be told the same, so it is not asked."""
    two = Two(http=InvalidRequest("invalid-request", 422))
    assert "invalid-request" == two()
    assert (["http"], []) == (two.who, two.notes.calls)


def test_a_defect_on_the_way_there_is_told_and_the_erp_answers() -> None:
    """An answer that nobody expected must not reach callers as our own defect; but it is one, and is seen."""
    two = Two(http=RecursionError())
    assert "erp" == two()
    assert ["RecursionError"] == two.bugs
    assert [("customers.read", "internal-error")] == two.fell_back


def test_where_both_fail_the_caller_is_told_what_the_erp_said() -> None:
    """Both failures are noted."""
    two = Two(soap=FAILURES[1], http=FAILURES[0])
    assert "backend-lost" == two()
    assert [("customers.read", "http", UNIT, False), ("customers.read", "soap", UNIT, False)] == two.notes.calls


def test_the_new_service_has_a_part_of_the_time() -> None:
    """A third, and no more than what counts as slow; the ERP has what is left. Where nobody falls back it has all."""
    two = Two(http=FAILURES[0])
    two(seconds=9.0)
    (_, first), (_, second) = two.asked
    assert 0.9 < first <= 1.0
    assert 8.5 < second <= 9.0
    two = Two(http=FAILURES[0])
    two(seconds=0.9)
    assert 0.2 < two.asked[0][1] <= 0.3
    two = Two()
    two(placed=replace(CANARY, stage="complete"), seconds=9.0)
    assert 8.5 < two.asked[0][1] <= 9.0


@pytest.mark.parametrize(
    ("own", "left", "expected"), [(2.0, 9.0, 2.0), (8.0, 9.0, 6.0), (None, 9.0, 1.0), (None, 0.9, 0.3)]
)
def test_parts(own: float | None, left: float, expected: float) -> None:
    """What the mapping says counts, as long as a third is left for the ERP."""
    assert expected == pytest.approx(Part(own, 1.0).of(left))


def test_who_came_late_says_nothing_about_the_new_service() -> None:
    """A request that has waited elsewhere gives it no fair chance: its timeout is not counted, any other failure is."""
    late = Two(http=FAILURES[5])
    assert "erp" == late(seconds=0.3)
    assert [("customers.read", "soap", UNIT, True)] == late.notes.calls
    broken = Two(http=FAILURES[0])
    broken(seconds=0.3)
    assert [False, True] == [ok for *_, ok in broken.notes.calls]


def test_slow_is_failed_at_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that neither is judged by another measure."""
    for side in ("soap", "http"):
        now = iter([100.0, 100.0, 100.0, 101.5] if side == "http" else [100.0, 101.5])
        two = Two()
        request = Request("o", "1", 109.0, side=side, placed=CANARY)
        with monkeypatch.context() as patch:
            patch.setattr("adapter.backends.sides.time.monotonic", lambda now=now: next(now, 101.5))
            two._handle(request)
        assert [("customers.read", side, UNIT, False)] == two.notes.calls


def test_what_is_asked_beside_is_told_of_answers() -> None:
    """Of reads that a side answered, while others are asked beside: not at rampdown, not under the brake."""
    two = Two()
    for stage in ("legacy", "shadow", "dualwrite", "canary", "live", "rampdown", "complete"):
        two(side="soap", placed=replace(CANARY, stage=stage))
    assert 4 == len(two.beside)
    two = Two()
    two(placed=replace(CANARY, braked=True))
    two(placed=replace(CANARY, asked_for=True))
    two(placed=CANARY, kind="shadow")
    two(placed=None)
    assert [] == two.beside
    write = Two(operation="customers.update")
    write()
    assert [] == write.beside


def test_a_testers_wish_is_not_evidence() -> None:
    """Who asks for the new service gets what it says, and nobody counts it."""
    two = Two(http=FAILURES[0])
    assert "backend-unreachable" == two(placed=replace(CANARY, asked_for=True))
    assert (["http"], []) == (two.who, two.notes.calls)
    two(trace=lambda kind, message: None)
    assert [] == two.notes.calls


def test_a_request_that_was_kept_goes_to_its_side() -> None:
    """Its row has the side alone; it is noted for the run of now, for no entity, and nobody falls back."""
    two = Two(http=FAILURES[0])
    assert "backend-unreachable" == two(placed=None)
    assert [("customers.read", "http", "", False)] == two.notes.calls
    assert [("customers", 2, 0)] == two.notes.runs
