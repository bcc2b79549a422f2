"""Long work rests, so that others get their turn; short work does not, and both give the same."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from adapter import collector, pieces
from adapter.errors import BackendTimeout
from adapter.messages import Checked, Request, Response
from adapter.pieces import LARGE, Pace
from adapter.steps.validate import validate
from adapter.translate.text_writer import text_writer
from adapter.translate.written import carried
from tests.unit.mapped import erp

REQUEST = Request("things.read", "1", deadline=float("inf"))


@dataclass
class Clock:
    """A clock that only sleeping and working move; ``others`` runs while one sleeps."""

    now: float = 100.0
    slept: int = 0
    others: Callable[[], None] = field(default=lambda: None)

    def monotonic(self) -> float:
        """The seconds that have passed."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move on."""
        assert seconds > 0, "gevent looks at no socket for a sleep of zero seconds"
        self.slept += 1
        self.now += seconds
        self.others()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that pieces look at."""
    made = Clock()
    monkeypatch.setattr(pieces, "time", made)
    monkeypatch.setattr(collector, "time", made)
    return made


def in_call(act: Callable[[], object]) -> object:
    """Return what ``act`` returns within a call."""
    found: list[object] = []

    def handle(request: Request) -> Response:
        found.append(act())
        return Response(200)

    pieces.call(handle)(REQUEST)
    return found[0]


def test_what_is_not_large_has_no_pace(clock: Clock) -> None:
    """A message of 256 KB is worked on as if there were no pieces: the very same iterable, and no sleep."""
    items = [1, 2, 3]

    def act() -> object:
        pieces.begin(LARGE, float("inf"))
        return pieces.each(items) is items and pieces.current() is None

    assert (True, 0) == (in_call(act), clock.slept)


def test_what_is_large_has_a_pace_until_the_call_ends() -> None:
    """A byte more and there is a pace, which a small message after it keeps; the next call has none."""

    def act() -> object:
        pieces.begin(LARGE + 1, float("inf"))
        pieces.begin(10, float("inf"))
        return pieces.current() is not None

    assert (True, None) == (in_call(act), pieces.current())


def test_a_call_that_fails_ends_too() -> None:
    """Whatever ends a call, its pace is gone, and the collector works as before."""

    def handle(request: Request) -> Response:
        pieces.begin(LARGE + 1, float("inf"))
        raise ZeroDivisionError

    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError):
        pieces.call(handle)(REQUEST)
    assert (None, before) == (pieces.current(), gc.get_threshold())


def test_outside_a_call_nothing_is_paced() -> None:
    """Where no call would end it, no pace begins."""
    pieces.begin(LARGE + 1, float("inf"))
    assert None is pieces.current()


def test_work_rests_once_its_slice_is_over(clock: Clock) -> None:
    """The first turn rests, since nobody knows how long the work has gone on; then one of five milliseconds does."""
    pace, rests = Pace(), []
    for worked in (0.0, 0.004, 0.002, 0.001, 0.1):
        clock.now += worked
        pace.turn()
        rests.append(clock.slept)
    assert [1, 1, 2, 2, 3] == rests


def test_items_come_as_they_are(clock: Clock) -> None:
    """What is paced yields the same items in the same order."""
    assert list(range(1000)) == list(Pace().each(range(1000)))
    assert 1 == clock.slept


def test_a_deadline_holds_while_work_rests(clock: Clock) -> None:
    """Work that is not done at its deadline ends as any answer that did not come in time."""
    pace = Pace(clock.now + 0.02)
    with pytest.raises(BackendTimeout) as caught:
        for _ in range(100):
            clock.now += 0.006
            pace.turn()
    assert (504, "maybe", 3) == (caught.value.status, caught.value.sent, pace.rests)


def test_who_wakes_right_after_another_sleeps_again(clock: Clock) -> None:
    """The end of another's slice in the same moment costs one more sleep, and only one."""
    pace = Pace()

    def another_ends() -> None:
        clock.others = lambda: None
        clock.now += 1
        pieces._queue._ended = clock.now

    clock.others = another_ends
    pace.turn()
    assert (2, 1) == (clock.slept, pace.rests)


def test_full_collections_wait_while_a_large_message_is_there(clock: Clock) -> None:
    """The collector does not walk over a large message; it is as it was once the last of them is gone."""
    before, inside = gc.get_threshold(), []

    def inner() -> None:
        pieces.begin(LARGE + 1, float("inf"))
        inside.append(gc.get_threshold()[2] > 1_000_000)

    def outer() -> None:
        inner()
        pieces._collector.hold()
        pieces._collector.release()
        inside.append(gc.get_threshold()[2] > 1_000_000)

    in_call(outer)
    assert ([True, True], before) == (inside, gc.get_threshold())


def test_full_collections_do_not_wait_for_ever(clock: Clock) -> None:
    """Where large messages never end, the collector works again after half a minute."""
    before = gc.get_threshold()

    def act() -> None:
        pieces.begin(LARGE + 1, float("inf"))
        clock.now += 31
        pieces._collector.hold()
        pieces._collector.release()
        assert before == gc.get_threshold()

    in_call(act)
    assert before == gc.get_threshold()


GEVENT = """
import gevent.monkey
gevent.monkey.patch_all()
import gevent, sys
from adapter import pieces
from adapter.backends.soap.answer import open_answer
from adapter.exchange import Reply
from adapter.messages import Request, Response
from adapter.wsdl.types import Message

pieces._SLICE = 0.0
row = b"<row><a>1</a><b>two</b></row>"
soap = b"http://schemas.xmlsoap.org/soap/envelope/"
body = b'<S:Envelope xmlns:S="' + soap + b'"><S:Body><r>' + row * 30_000 + b"</r></S:Body></S:Envelope>"
reply = Reply(200, {"content-type": "text/xml"}, body)
turns = 0

def count():
    global turns
    while True:
        gevent.sleep(0)
        turns += 1

def handle(request):
    global before
    pieces.begin(len(reply.body) if sys.argv[1] == "paced" else 0, float("inf"))
    before = turns
    answer = open_answer(reply, "1.1", Message(None))
    pieces._SLICE = 1.0
    print(turns - before >= len(body) // pieces.PIECE, len(answer.child[0]))
    return Response(200)

counter = gevent.spawn(count)
gevent.sleep(0.01)
pieces.call(handle)(Request("a.b", "1", float("inf")))
"""


@pytest.mark.parametrize(("pace", "expected"), [("paced", "True 30000\n"), ("at once", "False 30000\n")])
def test_others_run_while_a_large_answer_is_parsed(pace: str, expected: str) -> None:
    """Under gevent another greenlet gets a turn for every 64 KB of an answer; without a pace it gets none."""
    run = subprocess.run(
        [sys.executable, "-c", GEVENT, pace],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (expected, 0) == (run.stdout, run.returncode), run.stderr


def test_what_is_large_is_cut() -> None:
    """A large body comes in pieces of 64 KB that make the whole again; one that is not large comes as it is."""
    small, large = b"x" * LARGE, bytes(range(256)) * 2048
    assert small is next(iter(pieces.cut(small)))
    cut = list(pieces.cut(large))
    assert (large, 8, {pieces.PIECE}) == (b"".join(cut), len(cut), {len(piece) for piece in cut})


@pytest.mark.parametrize(
    ("chunks", "rests"),
    [([b"x" * 1000] * 4, 0), ([b"x" * 65536] * 4, 1), ([b"x" * 65536] * 3, 0), ([b"x"] * 500, 0), ([b"x"] * 600, 1)],
)
def test_what_flows_rests_once_it_is_large(clock: Clock, chunks: list[bytes], rests: int) -> None:
    """A message on its way rests from 256 KB on; many tiny chunks are as much work as a few long ones."""
    assert (chunks, rests) == (list(pieces.flow(chunks)), clock.slept)


def test_a_large_request_is_checked_and_written_as_ever(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body of more than 256 KB is decoded, checked and written with turns between, to the same text as at once."""
    endpoint = erp()["orders.create"]
    lines = [{"item_id": f"A-{number:05}", "quantity": "12.5", "unit": "piece"} for number in range(6_000)]
    body = json.dumps({"customer_id": "42", "payment": {"invoice": {"days": 30}}, "lines": lines}).encode()
    written: list[bytes] = []
    kept: list[Checked] = []

    def write(request: Request) -> Response:
        assert request.checked is not None
        kept.append(request.checked)
        written.append(carried(text_writer(endpoint)(request.checked).whole()))
        return Response(200)

    handle = validate(endpoint, max_depth=20, max_digits=100)(write)
    request = replace(REQUEST, method="POST", body=body)
    handle(request)
    rested = clock.slept
    monkeypatch.setattr(pieces, "_SLICE", 0.0)
    pieces.call(handle)(request)
    assert (0, True) == (rested, clock.slept > len(lines))
    assert written[0] == written[1]
    assert [6_000, None] == [len(kept[0].body["lines"]), kept[1].body["lines"][0]]


def test_a_request_that_takes_too_long_was_not_sent(clock: Clock) -> None:
    """A deadline that passes while a large request is read says that nothing was sent."""

    def act() -> None:
        pieces.begin(LARGE + 1, clock.now, sent="no")
        pieces.turn()

    with pytest.raises(BackendTimeout) as caught:
        in_call(act)
    assert ("no", "The request could not be read in time. Nothing was sent.") == (
        caught.value.sent,
        caught.value.detail,
    )
