"""When calls leave: a rate over all workers, pauses that the other side asks for, and times at which it is closed."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from adapter.errors import BackendUnavailable
from adapter.guard.closed import closed
from adapter.guard.gates import NOT_ASKED, Outcome
from adapter.guard.pace import Pace, asked_to_wait
from adapter.mapping.model.guard import ClosedRule
from adapter.mapping.windows import always, opens, window
from adapter.messages import Request
from adapter.shared import Shared
from adapter.shared.pace import turn_shared

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


class Clock:
    """A clock that goes on when somebody waits; ``waits`` are the waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        """Wait, at once."""
        self.waits.append(round(seconds, 6))

    def pace(self, step: float = 0.0, workers: int = 1) -> Pace:
        """Return a gate on this clock."""
        return Pace("erp", step, workers=workers, clock=lambda: self.now, wait=self.wait, now=lambda: NOON)

    def request(self, seconds: float = 1.0) -> Request:
        """Return a request with so much time left."""
        return Request("orders.read", "1", self.now + seconds)


def test_calls_leave_one_behind_the_other() -> None:
    """The first at once, each further one a step later; what would be too late is refused and takes no turn."""
    clock = Clock()
    pace = clock.pace(0.4)
    for _ in range(3):
        pace.enter(clock.request(), "read")
    assert [0.4, 0.8] == clock.waits
    with pytest.raises(BackendUnavailable, match="rate") as refused:
        pace.enter(clock.request(), "read")
    assert ("no", "2") == (refused.value.sent, refused.value.headers["Retry-After"])
    clock.now += 0.3
    pace.enter(clock.request(), "read")
    assert 0.9 == clock.waits[-1]


def test_a_worker_alone_keeps_to_its_share_of_the_rate() -> None:
    """Four workers without a store leave four times as much between their calls."""
    clock = Clock()
    pace = clock.pace(0.1, workers=4)
    pace.enter(clock.request(), "read")
    pace.enter(clock.request(), "read")
    assert [0.4] == clock.waits


def test_all_workers_have_one_rate(shared: Shared) -> None:
    """Turns are taken one after another whoever asks, and none that is further away than somebody waits."""
    taken = [turn_shared(shared, "erp", step=10.0, most=25.0) for _ in range(4)]
    assert [True, True, True, False] == [each[0] for each in taken if each is not None]
    assert [0, 10, 20, 30] == [round(each[1]) for each in taken if each is not None]


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (503, {"retry-after": "7"}, 7.0),
        (429, {"retry-after": "Thu, 15 Jan 2026 12:01:00 GMT"}, 60.0),
        (429, {"retry-after": "Thu, 15 Jan 2026 11:00:00 GMT"}, 0.0),
        (503, {"retry-after": "soon"}, 0.0),
        (500, {"retry-after": "7"}, 0.0),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, 30.0),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1768478410"}, 10.0),
        (200, {"x-ratelimit-remaining": "1", "x-ratelimit-reset": "30"}, 0.0),
        (200, {"x-ratelimit-remaining": "0"}, 0.0),
    ],
)
def test_how_long_the_other_side_wants_to_be_left_alone(status: int, headers: dict[str, str], seconds: float) -> None:
    """Retry-After counts with 429 and 503, in seconds or as a date; X-RateLimit-Remaining: 0 with any status."""
    assert seconds == asked_to_wait(status, headers, NOON)


def test_nobody_asks_before_the_other_side_wants_it() -> None:
    """After a Retry-After calls wait for its end, or are refused where they have no time for that."""
    clock = Clock()
    pace = clock.pace()
    pace.enter(clock.request(), "read")(Outcome("failed", status=503, headers={"retry-after": "5"}))
    with pytest.raises(BackendUnavailable, match="paused") as refused:
        pace.enter(clock.request(1), "read")
    assert "5" == refused.value.headers["Retry-After"]
    pace.enter(clock.request(9), "read")(NOT_ASKED)
    assert [5.0] == clock.waits


def at(text: str) -> datetime:
    """Return a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("windows", "now", "until"),
    [
        ("22:00-04:00", "2026-01-15T20:59:59", None),
        ("22:00-04:00", "2026-01-15T21:00:00", "2026-01-16T03:00:00"),
        ("22:00-04:00", "2026-01-16T02:00:00", "2026-01-16T03:00:00"),
        ("22:00-04:00", "2026-01-16T03:00:00", None),
        ("22:00-04:00", "2026-07-15T20:00:00", "2026-07-16T02:00:00"),
        ("sat, sun 00:00-12:00", "2026-01-17T10:00:00", "2026-01-18T11:00:00"),
        ("fri 22:00-06:00", "2026-01-17T04:00:00", "2026-01-17T05:00:00"),
        ("fri 22:00-06:00", "2026-01-16T04:00:00", None),
        # Clocks go from 2:00 to 3:00 on 29 March, and from 3:00 back to 2:00 on 25 October.
        ("01:00-04:00", "2026-03-29T00:00:00", "2026-03-29T02:00:00"),
        ("01:00-04:00", "2026-10-24T23:00:00", "2026-10-25T03:00:00"),
        ("01:00-02:30", "2026-10-25T01:15:00", "2026-10-25T01:30:00"),
    ],
)
def test_when_it_opens(windows: str, now: str, until: str | None) -> None:
    """Windows go over midnight, join each other, and follow the clock on the wall when clocks are set."""
    found = tuple(window(each.strip()) for each in windows.split(","))
    assert (at(until) if until else None) == opens(found, BERLIN, at(now))


@pytest.mark.parametrize(
    "text", ["", "22:00", "22:00-22:00", "24:00-01:00", "someday", "sat-", "sat22:00-23:00", "1:00-2:00"]
)
def test_what_is_no_window(text: str) -> None:
    """A time without a beginning, an end or a length is none, nor is an unknown day."""
    with pytest.raises(ValueError, match="no "):
        window(text)


def test_a_week_without_an_open_minute() -> None:
    """Days that follow each other leave nothing; one minute less does."""
    assert always((window("sat-fri"),))
    assert not always((window("mon-sat"), window("sun 00:00-23:59")))


def test_a_closed_system_is_not_asked() -> None:
    """The refusal says when it opens, and is a problem of its own."""
    rule = ClosedRule((window("22:00-04:00"),), "Europe/Berlin")
    with pytest.raises(BackendUnavailable) as refused:
        closed(rule, lambda: at("2026-01-15T23:00:00"))(Request("orders.read", "1", time.monotonic()), "read")
    assert ("closed-now", 503, "14400") == (
        refused.value.problem, refused.value.status, refused.value.headers["Retry-After"],
    )  # fmt: skip
    closed(rule, lambda: NOON)(Request("orders.read", "1", time.monotonic()), "read")(NOT_ASKED)
