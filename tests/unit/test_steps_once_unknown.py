"""A write whose answer was lost: found out, sent again only with the ERP's word, or left to a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.errors import BackendTimeout
from adapter.messages import Response
from adapter.store.writes import DONE, OPEN, PARKED, SENDING, UNKNOWN
from tests.resilience.stores import ENGINES, Place, place
from tests.unit.keeping import AFTER, DOWN, LOST, NO, Clock, Desk, Erp, problem, raising


@pytest.fixture(params=ENGINES)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place on each engine."""
    return place(request.param, tmp_path)


@pytest.fixture
def one(tmp_path: Path) -> Place:
    """An empty place on SQLite."""
    return place("sqlite", tmp_path)


def test_an_answer_that_was_lost_is_found(here: Place) -> None:
    """Where the line broke after the order was made, the caller gets it as if nothing had happened, once made."""
    erp = Erp(then=raising(LOST))
    desk = Desk(here, erp)
    answer = desk.ask()
    assert (201, {"Location": "/v1/orders/500001"}) == (answer.status, answer.headers)
    assert (1, 1) == (erp.made.total(), erp.asked)
    assert [DONE] == [row.state for row in desk.rows()]
    assert answer.body == desk.ask().body


def test_not_found_is_not_believed_at_once(here: Place) -> None:
    """An order that is not there yet may still be on its way: until ``after`` is over the outcome is unknown."""
    erp = Erp(before=lambda request: (_ for _ in ()).throw(LOST))
    desk = Desk(here, erp)
    error = problem(lambda: desk.ask(seconds=1.0))
    assert ("outcome-unknown", 504, "maybe") == (error.problem, error.status, error.sent)
    assert {"outcome", "state", "operation", "repeat_with_same_key"} == set(error.members)
    assert [UNKNOWN] == [row.state for row in desk.rows()]
    assert "backend-lost" in error.cause


def test_not_found_is_believed_later_and_sent_again(here: Place) -> None:
    """Once ``after`` is over and the ERP has nothing, the next request with the key sends: one order, one reference."""
    erp = Erp(before=lambda request: (_ for _ in ()).throw(LOST))
    desk = Desk(here, erp)
    problem(lambda: desk.ask(seconds=1.0))
    (row,) = desk.rows()
    desk.clock.now += AFTER
    erp.before = lambda request: None
    assert 201 == desk.ask().status
    assert {row.reference: 1} == dict(erp.made)
    assert [(DONE, 1)] == [(each.state, each.attempts) for each in desk.rows()]


def test_what_is_found_later_is_never_sent_again(here: Place) -> None:
    """An order that was on its way and has come is the answer to the next request with the key."""
    erp = Erp(before=lambda request: (_ for _ in ()).throw(LOST))
    desk = Desk(here, erp)
    problem(lambda: desk.ask(seconds=1.0))
    (row,) = desk.rows()
    erp.before, erp.made[row.reference] = lambda request: None, 1
    assert 201 == desk.ask().status
    assert {row.reference: 1} == dict(erp.made)


def test_nobody_knows_and_nobody_can_ask(here: Place) -> None:
    """Without ``resolve`` a lost answer is left to a person; the same key never sends again."""
    erp = Erp(then=raising(LOST))
    desk = Desk(here, erp, resolves=False)
    assert "outcome-unknown" == problem(desk.ask).problem
    assert "parked" == problem(desk.ask).members["state"]
    assert 1 == erp.made.total()
    assert [PARKED] == [row.state for row in desk.rows()]


def test_what_can_be_repeated_is_repeated(one: Place) -> None:
    """Where calling twice is the same as once, a lost answer is asked for again, in the same request."""
    losses = iter([LOST])

    def lose_once(response: Response) -> Response:
        for error in losses:
            raise error
        return response

    erp = Erp(then=lose_once)
    assert 201 == Desk(one, erp, resolves=False, repeatable=True).ask().status
    assert [2] == list(erp.made.values())


def test_an_erp_that_cannot_be_asked_leaves_it_open(one: Place) -> None:
    """Where the ERP is down nobody asks, nobody guesses, and the row stays unknown."""
    erp = Erp(then=raising(LOST), refuses=DOWN)
    desk = Desk(one, erp)
    assert "outcome-unknown" == problem(lambda: desk.ask(seconds=1.0)).problem
    assert [UNKNOWN] == [row.state for row in desk.rows()]


def test_an_erp_that_refuses_to_say_parks_it(one: Place) -> None:
    """An ERP that answers and will not say for ten minutes what became of it leaves it to a person."""
    erp = Erp(then=raising(LOST), refuses=NO)
    desk = Desk(one, erp)
    problem(lambda: desk.ask(seconds=1.0))
    desk.clock.now += 601
    problem(lambda: desk.ask(seconds=1.0))
    assert [PARKED] == [row.state for row in desk.rows()]


def test_a_reference_that_others_have_proves_nothing(one: Place) -> None:
    """Two writes with one reference of the caller's: what is found may be the other one, so a person looks."""
    erp = Erp()
    desk = Desk(one, erp)
    mine = {"item": "A-1", "reference": "PO-7"}
    desk.ask('"a"', body=mine)
    erp.before = lambda request: (_ for _ in ()).throw(LOST)
    problem(lambda: desk.ask('"b"', body=mine, seconds=1.0))
    assert [DONE, PARKED] == [row.state for row in desk.rows()]


def test_a_killed_process_leaves_an_unknown_row(here: Place) -> None:
    """A row whose holder is gone is unknown once its lease ran out; then what the ERP has is the answer."""
    erp = Erp(then=raising(KeyboardInterrupt()))
    desk = Desk(here, erp)
    with pytest.raises(KeyboardInterrupt):
        desk.ask()
    desk.set(state=SENDING, lease=desk.clock.now + 13)  # as if nobody had been left to say that it is unknown
    assert "idempotency-key-in-use" == problem(lambda: desk.ask(seconds=0.5)).problem
    desk.clock.now += 14
    assert 201 == desk.ask().status
    assert 1 == erp.made.total()


def test_a_clock_that_is_set_back_holds_nothing_for_ever(one: Place) -> None:
    """A lease that no clock of today could have given begins anew, and runs out."""
    erp = Erp(then=raising(KeyboardInterrupt()))
    desk = Desk(one, erp)
    with pytest.raises(KeyboardInterrupt):
        desk.ask()
    desk.set(state=SENDING, lease=desk.clock.now + 13)
    desk.clock.now -= 86400
    assert "idempotency-key-in-use" == problem(lambda: desk.ask(seconds=0.5)).problem
    desk.clock.now += 701
    assert 201 == desk.ask().status
    assert 1 == erp.made.total()


def test_a_request_that_is_damaged_is_left_to_a_person(one: Place) -> None:
    """An unknown row whose request cannot be read cannot be looked for."""
    erp = Erp(then=raising(LOST), refuses=DOWN)
    desk = Desk(one, erp)
    problem(lambda: desk.ask(seconds=1.0))
    desk.set(request=b"\x01 damaged, for many more bytes than a key and a nonce have")
    assert "parked" == problem(lambda: desk.ask(seconds=1.0)).members["state"]


def test_a_parked_row_is_not_forgotten(one: Place) -> None:
    """What nobody settled stays, however old it is."""
    erp = Erp(then=raising(LOST))
    desk = Desk(one, erp, resolves=False)
    problem(desk.ask)
    desk.clock.now += 10 * 86400
    assert "outcome-unknown" == problem(desk.ask).problem
    assert 1 == erp.made.total()


def test_an_answer_counts_even_where_it_cannot_be_kept(one: Place) -> None:
    """Where the store is lost after sending, the caller gets the ERP's answer; what became of it is found out later."""
    erp = Erp()
    desk = Desk(one, erp)

    def lose_store(response: Response) -> Response:
        desk.store.close()
        Path(one.store_url).rename(f"{one.store_url}.away")
        return response

    erp.then = lose_store
    assert 201 == desk.ask().status
    Path(f"{one.store_url}.away").rename(one.store_url)
    again = Desk(one, erp, Clock(desk.clock.now + 14))
    erp.then = lambda response: response
    assert 201 == again.ask().status
    assert 1 == erp.made.total()


def test_a_slow_first_try_tells_the_truth_late(one: Place) -> None:
    """An answer that comes after the lease ran out is still the answer, where nobody has sent again."""
    erp = Erp()
    desk = Desk(one, erp)

    def late(response: Response) -> Response:
        desk.clock.now += 1000
        return response

    erp.then = late
    assert 201 == desk.ask().status
    assert [DONE] == [row.state for row in desk.rows()]


def test_time_out_before_sending_gives_the_row_back(one: Place) -> None:
    """A second try that was not sent leaves the row open, with its reference, and not removed."""
    erp = Erp(before=lambda request: (_ for _ in ()).throw(LOST))
    desk = Desk(one, erp)
    problem(lambda: desk.ask(seconds=1.0))
    desk.clock.now += AFTER
    unsent = BackendTimeout("backend-timeout", 504, sent="no")
    erp.before = lambda request: (_ for _ in ()).throw(unsent)
    assert "backend-timeout" == problem(desk.ask).problem
    assert [OPEN] == [row.state for row in desk.rows()]
    erp.before = lambda request: None
    assert 201 == desk.ask().status
