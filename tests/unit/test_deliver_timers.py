"""Timers: each in its rhythm on a clock that the test turns, none stopped by another's error."""

from __future__ import annotations

from adapter.deliver.timers import Timer, run


class _Clock:
    """A clock that only goes on while somebody waits. It says that it is time to stop once ``end`` has come."""

    def __init__(self, end: float) -> None:
        self.now, self.end = 0.0, end

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return self.now > self.end


def test_each_is_done_at_once_and_then_in_its_rhythm() -> None:
    """Two rhythms do not disturb each other."""
    clock, done = _Clock(10), []
    timers = [Timer("four", 4, lambda: done.append(("four", clock.now))), Timer("six", 6, lambda: done.append("six"))]
    run(timers, clock.wait, lambda name, error: None, clock)
    assert [("four", 0.0), "six", ("four", 4.0), "six", ("four", 8.0)] == done


def test_an_error_is_told_and_stops_nothing() -> None:
    """Neither the others nor the one that failed."""
    clock, done, told = _Clock(5), [], []

    def fail() -> None:
        done.append("bad")
        raise OSError("away")

    timers = [Timer("bad", 2, fail), Timer("good", 2, lambda: done.append("good"))]
    run(timers, clock.wait, lambda name, error: told.append((name, type(error))), clock)
    assert ["bad", "good"] * 3 == done
    assert [("bad", OSError)] * 3 == told


def test_one_that_takes_long_is_not_done_twice_to_catch_up() -> None:
    """Its rhythm begins again when it ends."""
    clock, done = _Clock(20), []

    def slow() -> None:
        done.append(clock.now)
        clock.now += 7

    run([Timer("slow", 3, slow)], clock.wait, lambda name, error: None, clock)
    assert [0.0, 10.0, 20.0] == done


def test_without_timers_there_is_nothing_to_wait_for() -> None:
    """It ends at once."""
    run([], lambda seconds: False, lambda name, error: None)
