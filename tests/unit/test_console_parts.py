"""What the operators' page is made of: sessions, attempts to log in, plots, words, and how things went."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.console import plots, words
from adapter.console.attempts import ALL, FAILURES, SECONDS, Attempts
from adapter.console.course import SPANS, Frame, burns, course, frame
from adapter.console.session import LIFE, Session, Sessions
from adapter.errors import RequestError
from adapter.store.minutes import Tally


class Clock:
    """A clock that stands still."""

    def __init__(self, time: float) -> None:
        self.time = time

    def __call__(self) -> float:
        """Return the time."""
        return self.time


def test_a_session_is_read_as_it_was_written() -> None:
    """By every process that has the secret; a text that was changed is none."""
    clock = Clock(1000.0)
    sessions = Sessions(lambda: [b"secret"], clock)
    session = sessions.begin("key-1")
    text = sessions.written(session)
    assert session == Sessions(lambda: [b"secret"], clock).read(text)
    assert sessions.read(text[:-2] + ("AA" if not text.endswith("AA") else "BB")) is None
    assert sessions.read("") is None
    assert Sessions(lambda: [b"another"], clock).read(text) is None


def test_a_session_outlives_a_change_of_the_secret() -> None:
    """As long as the old one stands beside the new one."""
    clock = Clock(1000.0)
    session = Session("key-1", begun=1000.0)
    text = Sessions(lambda: [b"old"], clock).written(session)
    assert session == Sessions(lambda: [b"old", b"new"], clock).read(text)


def test_a_session_ends() -> None:
    """Eight hours after its login, whatever is done meanwhile."""
    clock = Clock(1000.0)
    sessions = Sessions(lambda: [b"secret"], clock)
    text = sessions.written(sessions.begin("key-1"))
    clock.time += LIFE
    assert sessions.read(text) is not None
    clock.time += 1
    assert sessions.read(text) is None


def test_a_form_of_another_session_is_not_taken() -> None:
    """Each session has a token of its own."""
    ours, theirs = Session(), Session()
    assert ours.takes(ours.token)
    assert not ours.takes(theirs.token)
    assert not ours.takes("")
    assert ours.token not in repr(ours)


def test_failures_to_log_in_are_bounded() -> None:
    """From one address, for a minute; another one may still try."""
    clock = Clock(0.0)
    attempts = Attempts(clock)
    for _ in range(FAILURES):
        attempts.must_be_few("192.0.2.1")
        attempts.failed("192.0.2.1")
    with pytest.raises(RequestError) as raised:
        attempts.must_be_few("192.0.2.1")
    assert (429, "60") == (raised.value.status, raised.value.headers["Retry-After"])
    attempts.must_be_few("192.0.2.2")
    clock.time += SECONDS
    attempts.must_be_few("192.0.2.1")


def test_failures_from_many_addresses_are_bounded_too() -> None:
    """All together."""
    attempts = Attempts(Clock(0.0))
    for each in range(ALL):
        attempts.failed(f"address {each}")
    with pytest.raises(RequestError):
        attempts.must_be_few("another")


@given(st.floats(1e-6, 1e9))
def test_a_scale_holds_what_is_drawn_and_is_not_much_longer(top: float) -> None:
    """It ends at 1, 2, 2.5, 5 or 10 of a unit."""
    found = plots.round_up(top)
    assert top * 0.999 <= found <= top * 2.51


@given(st.lists(st.none() | st.floats(0, 1e9), max_size=60))
def test_every_line_can_be_drawn(values: list[float | None]) -> None:
    """With gaps, alone, or with nothing in it; each stretch begins by a move."""
    drawn = plots.lines("a", "b", [plots.Line("x", "soap", tuple(values))], 1e9)
    stretches = sum(
        value is not None and (at == 0 or values[at - 1] is None) for at, value in enumerate(values)
    )  # fmt: skip
    assert stretches + 3 == drawn.count("M")


def test_names_in_plots_are_escaped() -> None:
    """A title is text, whatever it holds."""
    drawn = plots.area("<script>", '"><b>', [1.0, 2.0], "soap")
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn
    assert "<b>" not in drawn


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (words.percent(0.0), "0\u00a0%"),
        (words.percent(0.0004), "0.04\u00a0%"),
        (words.percent(0.0123), "1.2\u00a0%"),
        (words.percent(0.5), "50\u00a0%"),
        (words.span(0.2), "1 second"),
        (words.span(360), "6 minutes"),
        (words.span(3 * 86400), "3 days"),
        (words.count(12345.4), "12,345"),
        (words.moment(0), "never"),
        (words.milliseconds(250.0), "250 ms"),
        (words.milliseconds(2500.0), "2.5 s"),
    ],
)
def test_numbers_are_said_as_people_read_them(said: str, text: str) -> None:
    """In the largest unit that says enough."""
    assert text == said


@given(st.floats(0, 4e9), st.floats(0, 4e9))
def test_a_frame_ends_now(begun: float, now: float) -> None:
    """It has no more spans than can be drawn, its last one is that of now, and it holds an hour at least."""
    found = frame(begun, now)
    assert 1 <= found.many <= SPANS + 12
    last = found.first + found.many - 1
    assert found.begins(found.many - 1) <= now < (last + 1) * found.minutes * 60
    assert found.minutes * found.many >= 60


def test_calls_of_the_erp_burn_down() -> None:
    """By operation, as so many in an hour; who was not called is there too, and the new service does not count."""
    of = Frame(30, 100, 4)
    tallies = [
        Tally("customers", "customers.read", "soap", 100, failed=False, calls=50),
        Tally("customers", "customers.read", "soap", 102, failed=True, calls=5),
        Tally("customers", "customers.read", "http", 103, failed=False, calls=99),
        Tally("customers", "customers.read", "soap", 99, failed=False, calls=7),
    ]
    read, listed = burns(tallies, of, ["customers.read", "customers.list"])
    assert (100.0, 0.0, 10.0, 0.0) == read.values
    assert (5.0, 100.0, 103 * 1800.0) == (read.lately, read.most, read.last)
    assert (0.0, 0.0, 0.0) == (listed.lately, listed.most, listed.last)


def test_the_course_of_both_sides() -> None:
    """Share of failures, and what 95 of 100 calls stayed below; a span without a call says nothing."""
    of = Frame(1, 10, 2)
    tallies = [
        Tally("f", "f.read", "http", 10, failed=False, calls=95, bound=50),
        Tally("f", "f.read", "http", 10, failed=True, calls=5, bound=500),
        Tally("f", "f.list", "soap", 11, failed=False, calls=10, bound=100),
    ]
    found = course(tallies, of)
    assert ((0.05, None), (None, 0.0)) == (found.failed["http"], found.failed["soap"])
    assert ((50.0, None), (None, 100.0)) == (found.slow["http"], found.slow["soap"])
