"""What is promised with 202: asked for, queued while the ERP is down, and calls that are slow."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapter.deliver.row import Deliveries
from adapter.deliver.shown import cancelling, reading
from adapter.errors import BackendLost, BackendUnreachable, InvalidRequest, RequestError
from adapter.messages import ANYBODY, Caller, Request, Response
from adapter.steps.once import once
from adapter.store import callbacks
from adapter.store.writes import CANCELLED, DONE, OPEN, QUEUED, SENDING, UNKNOWN, Write
from tests.resilience.stores import Place, place
from tests.unit.keeping import Clock, Desk, Erp, asked

PATIENCE = 20.0
DOWN = BackendUnreachable("backend-unreachable", 503, sent="no")
LOST = BackendLost("backend-lost", 502, sent="maybe")
LATER = {"prefer": "respond-async"}


@pytest.fixture
def one(tmp_path: Path) -> Place:
    """An empty place on SQLite."""
    return place("sqlite", tmp_path)


def _ask(desk: Desk, headers: dict[str, str] | None = None, key: str | None = None, **body: Any) -> Response:
    request = asked(key, body={"item": "A-1", **body})
    return desk.handle(replace(request, headers={**request.headers, **(headers or {})}))


def _raising(error: Exception) -> Callable[[Request], None]:
    def act(request: Request) -> None:
        raise error

    return act


def _deliveries(desk: Desk) -> Deliveries:
    return Deliveries(desk.keeping, {"orders.create": desk.way}, {"orders.create": 5.0}, "worker")


def _until(desk: Desk, state: str) -> Write:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        (row,) = desk.rows()
        if row.state == state:
            return row
        threading.Event().wait(0.01)
    raise AssertionError(row.state)


@pytest.mark.parametrize("field", ["respond-async", "Respond-Async; wait=10", "return=minimal, respond-async"])
def test_who_prefers_it_is_answered_at_once(one: Place, field: str) -> None:
    """The ERP is not asked, and the row waits with a request that carries our reference."""
    erp = Erp()
    desk = Desk(one, erp, later=True)
    answer = _ask(desk, {"prefer": field})
    (row,) = desk.rows()
    assert (202, 0, QUEUED, True) == (answer.status, erp.made.total(), row.state, row.promised)
    assert f"/v1/operations/{row.id}" == answer.headers["Location"]
    assert "respond-async" == answer.headers["Preference-Applied"]
    assert _deliveries(desk).deliver(row.id) is not None
    assert {row.reference: 1} == dict(erp.made)


@pytest.mark.parametrize("field", ["", "return=minimal", "respond-asynchronously"])
def test_who_does_not_prefer_it_waits(one: Place, field: str) -> None:
    """And where the mapping does not allow it, the preference is disregarded (RFC 7240, section 2)."""
    assert 201 == _ask(Desk(one, Erp(), later=True), {"prefer": field}, reference="r").status
    answer = _ask(Desk(one, Erp()), LATER, reference="r")
    assert (201, None) == (answer.status, answer.headers.get("Preference-Applied"))


def test_while_the_erp_is_down_writes_queue(one: Place) -> None:
    """With and without a key; later ones of the same entity queue behind, also once the ERP is back."""
    erp = Erp(before=_raising(DOWN))
    desk = Desk(one, erp, when_down="queue")
    assert [202, 202] == [_ask(desk, customer="a").status, _ask(desk, key='"k"', customer="a").status]
    erp.before = lambda request: None
    assert 202 == _ask(desk, customer="a").status
    assert 201 == _ask(desk, customer="b").status
    assert [QUEUED, QUEUED, QUEUED, DONE] == [row.state for row in desk.rows()]
    desk.clock.now += 60
    deliveries = _deliveries(desk)
    while due := deliveries.due(9):
        assert 1 == len(due)
        deliveries.deliver(due[0][0])
    assert [DONE] * 4 == [row.state for row in desk.rows()]
    assert 4 == erp.made.total()


def test_without_that_word_a_write_is_refused_while_the_erp_is_down(one: Place) -> None:
    """Nothing is kept, and the caller may repeat it."""
    desk = Desk(one, Erp(before=_raising(DOWN)), later=True)
    with pytest.raises(BackendUnreachable):
        _ask(desk)
    assert [] == desk.rows()


def test_an_answer_that_was_lost_is_no_promise(one: Place) -> None:
    """Without a key the caller is told that nobody knows, and where to ask; what became of it is found out."""

    def lose(response: Response) -> Response:
        raise LOST

    erp = Erp(then=lose)
    desk = Desk(one, erp, when_down="queue")
    with pytest.raises(RequestError) as caught:
        _ask(desk)
    (row,) = desk.rows()
    assert ("outcome-unknown", UNKNOWN, False) == (caught.value.problem, row.state, row.promised)
    assert f"/v1/operations/{row.id}" == caught.value.members["operation"]
    _deliveries(desk).deliver(row.id)
    assert [DONE] == [row.state for row in desk.rows()]


def test_a_slow_call_becomes_a_promise_and_goes_on(one: Place) -> None:
    """Its answer is kept when it comes, and repeats get 202 until then."""
    let = threading.Event()
    erp = Erp(before=lambda request: let.wait(PATIENCE) and None)
    desk = Desk(one, erp, slow=0.05)
    answer = _ask(desk, key='"k"')
    (row,) = desk.rows()
    assert (202, SENDING, True) == (answer.status, row.state, row.promised)
    assert 202 == _ask(desk, key='"k"').status
    let.set()
    row = _until(desk, DONE)
    assert 1 == erp.made.total()
    assert 201 == _ask(desk, key='"k"').status


def test_a_write_behind_a_slow_one_keeps_its_place(one: Place) -> None:
    """The slow one was promised, so its caller may send the next one: that waits in the queue, or is told to."""
    let = threading.Event()
    erp = Erp(before=lambda request: let.wait(PATIENCE) and None)
    desk = Desk(one, erp, slow=0.05, when_down="queue")
    assert [202, 202] == [_ask(desk, customer="a").status for _ in range(2)]
    assert [SENDING, QUEUED] == [row.state for row in desk.rows()]
    assert [] == _deliveries(desk).due(9)
    refusing = Desk(one, erp, slow=0.05)
    with pytest.raises(RequestError) as caught:
        _ask(refusing, customer="a")
    assert "earlier-write-open" == caught.value.problem
    let.set()
    until = time.monotonic() + PATIENCE
    while not (due := _deliveries(desk).due(9)) and time.monotonic() < until:
        threading.Event().wait(0.01)
    assert [desk.rows()[1].id] == [id for id, _ in due]


def test_a_slow_call_that_was_never_sent_is_queued(one: Place) -> None:
    """It was promised, so it is not given back."""
    let = threading.Event()

    def before(request: Request) -> None:
        let.wait(PATIENCE)
        raise DOWN

    desk = Desk(one, Erp(before=before), slow=0.05)
    assert 202 == _ask(desk).status
    let.set()
    assert _until(desk, QUEUED).promised


def test_a_quick_call_is_answered_as_ever(one: Place) -> None:
    """Errors too."""
    erp = Erp()
    desk = Desk(one, erp, slow=30.0)
    assert 201 == _ask(desk).status
    erp.before = _raising(DOWN)
    with pytest.raises(BackendUnreachable):
        _ask(desk)
    assert [DONE] == [row.state for row in desk.rows()]


def test_nobody_sees_or_cancels_the_operation_of_another(one: Place) -> None:
    """To him it is not there, and stays as it is."""
    desk = Desk(one, Erp(), later=True)
    _ask(desk, LATER)
    (row,) = desk.rows()
    theirs = Request("operations.read", "r", time.monotonic() + 5, path={"id": row.id}, caller=Caller("other"))
    for handle in (reading(desk.keeping), cancelling(desk.keeping)):
        with pytest.raises(RequestError) as caught:
            handle(theirs)
        assert ("no-such-operation", 404) == (caught.value.problem, caught.value.status)
        assert 200 == reading(desk.keeping)(replace(theirs, caller=Caller("shop"))).status
    assert [QUEUED] == [each.state for each in desk.rows()]


def test_what_nobody_in_particular_made_is_there_for_who_has_its_id(one: Place) -> None:
    """Nobody known asked for it: then the id, which is not to be guessed, is what shows and cancels it."""
    desk = Desk(one, Erp(), later=True)
    desk.handle(replace(asked(body={"item": "A-1"}), headers=LATER, caller=ANYBODY))
    (row,) = desk.rows()
    assert 4 == uuid.UUID(row.id).version  # 122 random bits
    asks = Request("operations.read", "r", time.monotonic() + 5, path={"id": row.id})
    for caller in (ANYBODY, Caller("shop")):
        assert 200 == reading(desk.keeping)(replace(asks, caller=caller)).status
    assert 200 == cancelling(desk.keeping)(asks).status
    assert [CANCELLED] == [each.state for each in desk.rows()]


def test_what_was_not_done_says_so(one: Place) -> None:
    """A write without a promise that the ERP does not have."""
    desk = Desk(one, Erp(), later=True)
    _ask(desk, key='"k"')
    desk.set(state=OPEN, answer=b"")
    shown = Request("operations.read", "r", time.monotonic() + 5, path={"id": desk.rows()[0].id}, caller=Caller("shop"))
    answer = reading(desk.keeping)(shown)
    assert isinstance(answer.body, bytes)
    assert b'"status":"not_done"' in answer.body


def test_whom_to_tell_is_kept_sealed_with_the_row(one: Place) -> None:
    """Only of what is promised, and only at an origin of the operator's list."""
    desk = Desk(one, Erp(), Clock(), later=True, callback=True)
    desk.keeping = replace(desk.keeping, callbacks=("https://shop.example",))
    desk = _with(desk)
    headers = {**LATER, "callback-url": "https://shop.example/told?secret=1"}
    assert 202 == _ask(desk, headers).status
    (row,) = desk.rows()
    desk.set(state=DONE)
    (ended,) = desk.store.read(lambda connection: callbacks.due(connection, desk.clock(), 9))
    assert row.id == ended.callback.id
    assert b"shop.example" not in ended.callback.url
    for url, why in (("https://evil.example/", "origin"), ("https://127.0.0.1/", "public"), ("nonsense", "http")):
        with pytest.raises(InvalidRequest) as caught:
            _ask(desk, {**LATER, "callback-url": url})
        assert ("header", "Callback-Url") == (caught.value.fields[0].place, caught.value.fields[0].pointer)
        assert why in caught.value.fields[0].detail
    assert 1 == len(desk.rows())


def _with(desk: Desk) -> Desk:
    desk.handle = once(desk.way, desk.keeping)(desk.erp.create)
    return desk
