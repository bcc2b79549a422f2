"""What is done again and again beside the deliveries: each in its own rhythm, none stopped by another's error."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Wait = Callable[[float], bool]
"""Waits so many seconds, or until it is time to stop; says whether it is."""


@dataclass(frozen=True, slots=True)
class Timer:
    """One thing to do every so many seconds. ``act`` may raise: it is told, and done again when its time comes."""

    name: str
    every: float
    act: Callable[[], object]


def run(
    timers: Sequence[Timer],
    wait: Wait,
    failed: Callable[[str, Exception], None],
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Do each thing at once, and then in its rhythm, until ``wait`` says that it is time to stop.

    One that took longer than its rhythm is not done twice to catch up.
    """
    due = dict.fromkeys(timers, clock())
    while due:
        timer = min(due, key=due.__getitem__)
        if wait(max(0.0, due[timer] - clock())):
            return
        try:
            timer.act()
        except Exception as error:  # whatever it is: the others go on, and so does this one when its time comes
            failed(timer.name, error)
        due[timer] = clock() + timer.every
