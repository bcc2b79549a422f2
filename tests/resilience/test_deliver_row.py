"""One row, looked at once: what is sent, what is asked, and where the row is then. On both engines."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapter import problems
from adapter.deliver import kept
from adapter.deliver.row import MOST_ATTEMPTS, Deliveries
from adapter.deliver.settle import Keeping
from adapter.deliver.steady import Steady
from adapter.deliver.way import Unsettled, Way
from adapter.errors import (
    BackendFault,
    BackendLost,
    BackendReplyInvalid,
    BackendTimeout,
    BackendUnreachable,
    InvalidRequest,
    RequestError,
    StoreUnavailable,
)
from adapter.mapping.model import Place as At
from adapter.mapping.model.write import ResolveRule, WriteRule
from adapter.messages import Caller, Request, Response
from adapter.store import writes
from adapter.store.writes import DELIVERING, DONE, PARKED, QUEUED, REFUSED, UNKNOWN, Write
from tests.resilience.stores import ENGINES, place

AT = At("orders.yaml", 1, 1)
AFTER = 10.0
MADE = Response(201, b'{"id":"1","total":"10.10"}', headers={"Location": "/v1/orders/1"}, answered_by="soap")


@dataclass
class World:
    """Rows in a store, and an ERP that is a function: what it says, and what it was asked."""

    keeping: Keeping
    says: Callable[[Request], Response] = lambda request: MADE
    knows: Callable[[Request], Response | None] = lambda request: None
    sent: list[Request] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    now: float = 1_000_000.0
    resolves: bool = True
    repeatable: bool = False

    def deliveries(self, **more: Any) -> Deliveries:
        """What delivers, as another process would."""

        def send(request: Request) -> Response:
            self.sent.append(request)
            return self.says(request)

        def ask(request: Request) -> Response | None:
            self.asked.append(request)
            return self.knows(request)

        resolve = ResolveRule(AT, "list", after=AFTER) if self.resolves else None
        rule = WriteRule(AT, later=True, reference="reference", resolve=resolve)
        way = Way("orders.create", rule, self.repeatable, send, ask if self.resolves else None, str, str, _same)
        return Deliveries(self.keeping, {"orders.create": way}, {"orders.create": 5.0}, "me", **more)

    def queued(self, state: str = QUEUED, **more: Any) -> Write:
        """A row that was promised."""
        subject = self.keeping.vault.subject("customer 42")
        row = Write("shop", "orders.create", state, self.now, entity="e", subject=subject, promised=True)
        request = Request(
            "orders.create", "r-1", 0.0, "POST", {"shop": "7"}, (("a", "1"), ("a", "2")), b'{"note":"\xc3\xa4"}',
            "application/json", {"accept-language": "de"}, caller=Caller("shop", frozenset(("orders.write",))),
        )  # fmt: skip
        over: dict[str, Any] = self.keeping.steady.rest(0.0).columns()
        row = dataclasses.replace(row, request=self.keeping.seal(row, "request", kept.packed(request)), **over, **more)
        made = self.keeping.store.run(lambda connection: writes.insert(connection, row))
        assert made is not None
        return made

    def row(self, row: Write) -> Write:
        """A row as it is now."""
        found = self.keeping.store.read(lambda connection: writes.by_id(connection, row.id))
        assert found is not None
        return found

    def deliver(self, row: Write, **more: Any) -> Write:
        """A row as it is after one look."""
        self.deliveries(**more).deliver(row.id)
        return self.row(row)

    def answer(self, row: Write) -> Response:
        """The answer that is kept."""
        return kept.response(self.keeping.open(row, "answer"), {})


def _same(request: Request, row: str) -> tuple[Request, str]:
    return request, ""


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A new world on each engine."""
    where = place(request.param, tmp_path)
    steady = Steady(lambda: made.now, "here")
    made = World(Keeping(where.store(patience=60.0), where.vault(), now=lambda: made.now, steady=steady))
    yield made
    made.keeping.store.close()


def _raise(error: BaseException) -> Callable[[Request], Response]:
    def say(request: Request) -> Response:
        raise error

    return say


def test_a_row_is_sent_as_it_was_asked_for_and_its_answer_is_kept(world: World) -> None:
    """Each part of the request is there again, with a deadline of its own, and the answer byte for byte."""
    row = world.deliver(world.queued())
    assert (DONE, 1) == (row.state, row.attempts)
    (sent,) = world.sent
    assert ("POST", {"shop": "7"}, (("a", "1"), ("a", "2"))) == (sent.method, sent.path, sent.query)
    assert (b'{"note":"\xc3\xa4"}', "application/json") == (sent.body, sent.content_type)
    assert ("shop", {"accept-language": "de"}) == (sent.caller.id, sent.headers)
    assert MADE == world.answer(row)
    assert world.deliver(row) == row
    assert 1 == len(world.sent)


@pytest.mark.parametrize(
    ("error", "state", "attempts"),
    [
        (BackendUnreachable("backend-unreachable", 503, sent="no"), QUEUED, 0),
        (RequestError("backend-closed", 503, sent="no", headers={"Retry-After": "30"}), QUEUED, 0),
        (StoreUnavailable("store-unavailable", 503, sent="no"), QUEUED, 0),
        (BackendFault("backend-busy", 503, sent="yes", headers={"Retry-After": "30"}), QUEUED, 1),
        (BackendFault("customer-blocked", 409, sent="yes", code="K-1"), REFUSED, 1),
        (BackendFault("backend-fault", 502, sent="yes", code="Server"), UNKNOWN, 1),
        (BackendTimeout("backend-timeout", 504, sent="maybe"), UNKNOWN, 1),
        (BackendLost("backend-lost", 502, sent="maybe"), UNKNOWN, 1),
        (BackendReplyInvalid("backend-reply-invalid", 502, sent="yes"), UNKNOWN, 1),
        (InvalidRequest("invalid-request", 422), PARKED, 1),
        (ZeroDivisionError("a defect of ours"), UNKNOWN, 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_what_becomes_of_a_row_by_what_comes_of_sending_it(
    world: World, error: Exception, state: str, attempts: int
) -> None:
    """Sent again only where nothing can have been done. Where it may have been, it is asked about first."""
    world.says = _raise(error)
    row = world.deliver(world.queued())
    assert (state, attempts) == (row.state, row.attempts)
    assert (state in (QUEUED, UNKNOWN)) == (row.due > world.now)
    world.says = lambda request: MADE
    assert world.deliver(row).state == state
    assert 1 == len(world.sent)


def test_a_refusal_is_kept_as_its_problem(world: World) -> None:
    """The caller gets the document that he would have got at once."""
    world.says = _raise(BackendFault("customer-blocked", 409, "Blocked.", sent="yes"))
    answer = world.answer(world.deliver(world.queued()))
    assert (409, problems.MEDIA_TYPE) == (answer.status, answer.content_type)
    assert isinstance(answer.body, bytes)
    assert b"/problems/customer-blocked" in answer.body


def test_what_asks_for_patience_gets_it(world: World) -> None:
    """Retry-After of a guard, a window or the ERP says when it is due again, and a little chance comes on top."""
    world.says = _raise(RequestError("backend-closed", 503, sent="no", headers={"Retry-After": "3000"}))
    row = world.deliver(world.queued())
    assert world.now + 3000 <= row.due <= world.now + 3001


def test_unknown_is_asked_about_and_what_is_found_is_the_answer(world: World) -> None:
    """The order is there: nothing is sent again."""
    world.says, world.knows = _raise(BackendTimeout("backend-timeout", 504, sent="maybe")), lambda request: MADE
    row = world.deliver(world.queued())
    world.now = row.due
    row = world.deliver(row)
    assert (DONE, 1, 1) == (row.state, len(world.sent), len(world.asked))
    assert MADE.body == world.answer(row).body


def test_unknown_that_is_not_there_is_sent_again(world: World) -> None:
    """Only once "not there" is believed; the request is the same."""
    world.says = _raise(BackendTimeout("backend-timeout", 504, sent="maybe"))
    row = world.deliver(world.queued())
    assert world.now + AFTER == row.due
    world.now, world.says = row.due, lambda request: MADE
    assert QUEUED == world.deliver(row).state
    assert DONE == world.deliver(row).state
    assert world.sent[0].body == world.sent[1].body
    assert 2 == len(world.sent)


def test_unknown_that_cannot_be_asked_about_stays_so(world: World) -> None:
    """An ERP that is away says nothing about what it did."""
    row = world.queued(UNKNOWN)
    world.knows = _raise(BackendUnreachable("backend-unreachable", 503, sent="no"))
    row = world.deliver(row)
    assert UNKNOWN == row.state
    assert row.due > world.now
    assert [] == world.sent


def test_what_nobody_can_say_is_parked(world: World) -> None:
    """Where what is found proves nothing, and where the mapping does not say how to ask."""
    world.knows = _raise(Unsettled("two of them"))
    assert (PARKED, "two of them") == (lambda row: (row.state, row.cause))(world.deliver(world.queued(UNKNOWN)))
    world.resolves = False
    assert PARKED == world.deliver(world.queued(UNKNOWN, entity="f")).state
    world.repeatable = True
    assert QUEUED == world.deliver(world.queued(UNKNOWN, entity="g")).state


def test_what_may_be_sent_twice_is_sent_again_later_each_time(world: World) -> None:
    """A broken line is no reason to storm the ERP. What has passed until "not there" is believed counts as waiting."""
    asked = world.deliver(world.queued(UNKNOWN, attempts=8, entity="f"))
    assert 128 - AFTER <= asked.due - world.now <= 256 - AFTER
    world.resolves, world.repeatable = False, True
    world.says = _raise(BackendLost("backend-lost", 502, sent="maybe"))
    row = world.queued()
    for attempt in (1, 2, 3, 4):
        assert UNKNOWN == world.deliver(row).state
        row = world.deliver(row)
        assert (QUEUED, attempt) == (row.state, row.attempts)
        assert 2.0 ** (attempt - 1) <= row.due - world.now <= 2.0**attempt
        assert row == world.deliver(row)
        assert attempt == len(world.sent)
        world.now = row.due


def test_what_was_tried_too_often_is_parked_and_says_why(world: World) -> None:
    """It is not tried once more."""
    row = world.deliver(world.queued(attempts=MOST_ATTEMPTS, cause="504 backend-timeout"))
    assert (PARKED, f"{MOST_ATTEMPTS} attempts; 504 backend-timeout") == (row.state, row.cause)
    assert [] == world.sent


def test_what_cannot_be_read_is_parked(world: World) -> None:
    """A damaged row, a request of no release, an erased subject, an operation that no mapping has."""
    damaged = world.queued()
    world.keeping.store.run(lambda connection: writes.change(connection, damaged.id, (QUEUED,), 0, request=b"\x01x"))
    assert PARKED == world.deliver(damaged).state
    strange = world.queued(entity="f")
    sealed = world.keeping.seal(strange, "request", b"nonsense")
    world.keeping.store.run(lambda connection: writes.change(connection, strange.id, (QUEUED,), 0, request=sealed))
    assert PARKED == world.deliver(strange).state
    nowhere = world.queued(entity="g", operation="orders.gone")
    assert (PARKED, "no mapping has this operation any more") == (
        lambda row: (row.state, row.cause)
    )(world.deliver(nowhere))  # fmt: skip
    erased = world.queued(entity="h")
    world.keeping.vault.erase(world.keeping.vault.subject("customer 42"))
    assert PARKED == world.deliver(erased).state
    assert [] == world.sent


def test_a_parked_row_holds_the_ones_behind_it(world: World) -> None:
    """Until a person has decided about it."""
    first, second = world.queued(PARKED), world.queued()
    assert QUEUED == world.deliver(second).state
    world.keeping.store.run(lambda connection: writes.change(connection, first.id, (PARKED,), 0, state="discarded"))
    assert DONE == world.deliver(second).state


def test_a_row_in_other_hands_is_left_alone(world: World) -> None:
    """Two that look at one row at once: one has it, the other does nothing, and says nothing."""
    row = world.queued()
    inner: list[Write | None] = []

    def say(request: Request) -> Response:
        inner.append(world.deliveries().deliver(row.id))
        return MADE

    world.says = say
    assert DONE == world.deliver(row).state
    assert [None] == inner
    assert 1 == len(world.sent)


def test_a_lease_is_longer_than_the_call_may_take(world: World) -> None:
    """So what ran out is not under way any more."""
    seen: list[Write] = []

    def say(request: Request) -> Response:
        seen.append(world.row(row))
        return MADE

    row, world.says = world.queued(), say
    world.deliver(row)
    assert DELIVERING == seen[0].state
    assert seen[0].lease > world.now + 5.0
