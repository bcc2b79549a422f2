"""A write with an Idempotency-Key is done once, and its first answer is given again."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from adapter.errors import BackendFault
from adapter.messages import Response
from adapter.store.writes import REFUSED
from tests.resilience.stores import ENGINES, Place, place
from tests.unit.keeping import DOWN, LOST, NO, Desk, Erp, problem, raising


@pytest.fixture(params=ENGINES)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place on each engine."""
    return place(request.param, tmp_path)


@pytest.fixture
def one(tmp_path: Path) -> Place:
    """An empty place on SQLite."""
    return place("sqlite", tmp_path)


def test_the_first_answer_is_given_again(here: Place) -> None:
    """The second request with a key gets status, body and Location of the first, and a mark; the ERP is asked once."""
    erp = Erp()
    first = Desk(here, erp).ask()
    again = Desk(here, erp).ask(id="r-2")

    assert 1 == erp.made.total()
    assert (first.status, first.body, first.content_type) == (again.status, again.body, again.content_type)
    assert {"Location": "/v1/orders/500001", "Idempotent-Replayed": "true"} == again.headers
    assert {"Location": "/v1/orders/500001"} == first.headers


def test_a_refusal_is_given_again_as_it_was(one: Place) -> None:
    """What the ERP refused is refused again in the same bytes, those of the first request; it is not asked again."""
    erp = Erp(then=raising(NO))
    desk = Desk(one, erp)
    assert "order-closed" == problem(desk.ask).problem
    again, third = desk.ask(id="r-2"), desk.ask(id="r-3")

    assert 1 == erp.made.total()
    assert (409, "application/problem+json") == (again.status, again.content_type)
    assert (
        b'{"type":"/problems/order-closed","title":"Closed","status":409,"detail":"Too late","instance":"#r-1"}'
        == again.body
        == third.body
    )
    assert [REFUSED] == [row.state for row in desk.rows()]


def test_without_a_key_there_is_no_row(one: Place) -> None:
    """A request without a key goes on as it is, each time, and the store is never opened."""
    desk = Desk(one, Erp())
    with_reference = {"item": "A-1", "reference": "mine"}
    assert [201, 201] == [desk.ask(None, body=with_reference).status for _ in range(2)]
    assert not Path(one.store_url).exists()


def test_a_key_that_is_required_is_missed(one: Place) -> None:
    """Where the mapping requires a key, a request without one is 400, and nothing is sent."""
    erp = Erp()
    assert "idempotency-key-missing" == problem(lambda: Desk(one, erp, key="required").ask(None)).problem
    assert 0 == erp.made.total()


@pytest.mark.parametrize("key", ["", "bare", '""', '"open', '"ä"', '"a","b"', '"a";p=1', f'"{"k" * 256}"', ":YQ==:"])
def test_a_key_that_is_none_is_refused(one: Place, key: str) -> None:
    """A key that is no String of 1 to 255 characters is 400, and nothing is sent."""
    erp = Erp()
    assert "idempotency-key-invalid" == problem(lambda: Desk(one, erp).ask(key)).problem
    assert 0 == erp.made.total()


@pytest.mark.parametrize("key", [f'"{"k" * 255}"', r'"a \"b\" \\ c"', ' "spaces around" '])
def test_a_key_may_hold_what_strings_hold(one: Place, key: str) -> None:
    """Any String of up to 255 characters is a key."""
    assert 201 == Desk(one, Erp()).ask(key).status


def test_a_key_stands_for_one_request(here: Place) -> None:
    """The same key with another body is 422, and the ERP does not hear of it."""
    erp = Erp()
    Desk(here, erp).ask()
    error = problem(lambda: Desk(here, erp).ask(body={"item": "A-2"}))
    assert ("idempotency-key-reused", 422) == (error.problem, error.status)
    assert 1 == erp.made.total()


def test_order_of_members_makes_no_other_request(one: Place) -> None:
    """The same values in another order are the same request."""
    erp = Erp()
    desk = Desk(one, erp)
    desk.ask(body={"item": "A-1", "unit": "piece"})
    assert "true" == desk.ask(body={"unit": "piece", "item": "A-1"}).headers["Idempotent-Replayed"]


def test_callers_do_not_share_keys(here: Place) -> None:
    """The same key of another caller is another key."""
    erp = Erp()
    desk = Desk(here, erp)
    first, other = desk.ask(), desk.ask(caller="phone")
    assert 2 == erp.made.total()
    assert "Idempotent-Replayed" not in other.headers
    assert first.body != other.body


def test_what_was_not_sent_leaves_the_key_usable(here: Place) -> None:
    """Where nothing was sent there is no row, and the next request with the key, even another one, is done."""
    erp = Erp(before=lambda request: (_ for _ in ()).throw(DOWN))
    desk = Desk(here, erp)
    assert "backend-unreachable" == problem(desk.ask).problem
    assert [] == desk.rows()
    erp.before = lambda request: None
    assert 201 == desk.ask(body={"item": "A-2"}).status


def test_what_may_succeed_later_is_no_answer_to_keep(one: Place) -> None:
    """A fault that the fault table calls retryable is told, and the same key may be tried again."""
    locked = BackendFault("record-locked", 423, headers={"Retry-After": "1"}, sent="yes", code="L")
    erp = Erp(before=lambda request: (_ for _ in ()).throw(locked))
    desk = Desk(one, erp)
    assert "record-locked" == problem(desk.ask).problem
    erp.before = lambda request: None
    assert 201 == desk.ask().status


def test_a_row_that_is_damaged_says_so(one: Place) -> None:
    """A first answer that cannot be read is 410, with what became of it; nothing is sent again."""
    erp = Erp()
    desk = Desk(one, erp)
    desk.ask()
    desk.set(answer=b"\x01 damaged, for many more bytes than a key and a nonce have")
    error = problem(desk.ask)
    assert ("first-answer-gone", 410, "done") == (error.problem, error.status, error.members["outcome"])
    assert 1 == erp.made.total()


def test_keys_are_forgotten_after_their_life(one: Place) -> None:
    """A day after the answer, the key stands for nothing any more."""
    erp = Erp()
    desk = Desk(one, erp)
    desk.ask()
    desk.clock.now += 86400
    assert "Idempotent-Replayed" not in desk.ask(body={"item": "A-2"}).headers
    assert 2 == erp.made.total()


def test_a_later_write_of_an_entity_waits_for_the_earlier(here: Place) -> None:
    """While one write of an entity is not settled, the next is 409, and nothing of it is sent."""
    erp = Erp(then=raising(LOST))
    desk = Desk(here, erp, resolves=False)
    problem(lambda: desk.ask('"a"', body={"customer": "42"}))
    error = problem(lambda: desk.ask('"b"', body={"customer": "42"}))
    assert ("earlier-write-open", "1") == (error.problem, error.headers["Retry-After"])
    erp.then = lambda response: response
    assert 201 == desk.ask('"c"', body={"customer": "43"}).status
    assert 2 == erp.made.total()


def test_duplicates_wait_for_the_first_answer(here: Place) -> None:
    """Requests that come while the first is under way, in this process and in another, get its answer."""
    arrived, go_on = threading.Event(), threading.Event()

    def slow(response: Response) -> Response:
        arrived.set()
        assert go_on.wait(20)
        return response

    erp = Erp(then=slow)
    desks = [Desk(here, erp), Desk(here, erp)]
    answers: list[Response] = []
    threads = [threading.Thread(target=lambda: answers.append(desks[0].ask(seconds=30)))]
    threads[0].start()
    assert arrived.wait(20)
    threads += [
        threading.Thread(target=lambda n=n: answers.append(desks[n % 2].ask(seconds=30, id=f"r-{n}")))
        for n in range(20)
    ]
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert 1 == erp.made.total()
    assert 21 == len(answers)
    assert 1 == len({(each.status, bytes(each.body), each.headers["Location"]) for each in answers})  # type: ignore[arg-type]


def test_a_duplicate_whose_time_runs_out_is_told_so(one: Place) -> None:
    """A duplicate that cannot wait any longer gets 409 with Retry-After; the first goes on."""
    arrived, go_on = threading.Event(), threading.Event()

    def slow(response: Response) -> Response:
        arrived.set()
        assert go_on.wait(20)
        return response

    desk = Desk(one, Erp(then=slow))
    answers: list[Response] = []
    first = threading.Thread(target=lambda: answers.append(desk.ask(seconds=30)))
    first.start()
    assert arrived.wait(20)
    error = problem(lambda: desk.ask(seconds=0.2))
    go_on.set()
    first.join()
    assert ("idempotency-key-in-use", 409, "1") == (error.problem, error.status, error.headers["Retry-After"])
    assert [201] == [each.status for each in answers]


def test_a_store_that_cannot_be_asked_refuses_keys(tmp_path: Path) -> None:
    """Without its store a write with a key is 503 and not sent; one without a key is done."""
    folder = tmp_path / "gone"
    desk = Desk(place("sqlite", folder), Erp())
    assert ("store-unavailable", "no") == ((error := problem(desk.ask)).problem, error.sent)
    assert 201 == desk.ask(None, body={"reference": "x"}).status
