"""A test that fails while the machine stands still is run once more, and said to have been.

Deadlines of the product are kept in real seconds. A virtual machine that is paused, or whose disk answers nothing for
seconds (code that is not in memory is read from it), breaks them, and the test that was running tells nothing about the
code. What the machine did is read from the kernel's pressure figures (``/proc/pressure``, Linux 4.20 and later) and
from a thread that only sleeps; a failure beside less than a second of it stays a failure.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

LEAST = 1.0
"""Seconds of standing still in one test from which its failure says nothing."""
_PRESSURE = Path("/proc/pressure/io")
_TICK = 0.25


def waited(pressure: str) -> float:
    """Return the seconds in which something waited for a disk, of what ``/proc/pressure/io`` says."""
    found = re.search(r"^some .*\btotal=(\d+)$", pressure, re.MULTILINE)
    return int(found[1]) / 1e6 if found else 0.0


class Stalls:
    """How long the machine has stood still, as far as it can be seen from here."""

    def __init__(self, pressure: Path = _PRESSURE) -> None:
        self.pressure = pressure
        self.late = 0.0
        threading.Thread(target=self._watch, name="stalls", daemon=True).start()

    def seconds(self) -> float:
        """Return seconds since some moment before the first test."""
        try:
            return self.late + waited(self.pressure.read_text("ascii"))
        except OSError:  # no such kernel; the thread sees a part of it
            return self.late

    def _watch(self) -> None:
        while True:
            before = time.monotonic()
            time.sleep(_TICK)
            late = time.monotonic() - before - _TICK
            if late > LEAST:
                self.late += late


class Again:
    """The plugin: runs tests, those once more that failed while the machine stood still."""

    def __init__(self, stood: Callable[[], float]) -> None:
        self.stood = stood
        self.told: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run one test."""
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        before = self.stood()
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        stood = self.stood() - before
        if stood > LEAST and any(report.failed for report in reports):
            why = "\n".join(report.longreprtext for report in reports if report.failed)
            self.told.append(f"{item.nodeid} failed while the machine stood still for {stood:.1f} s: run again\n{why}")
            reports = _again(item, nextitem, reports)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which tests were run twice, and how they failed."""
        for line in self.told:
            terminalreporter.write_line(line)


def _again(
    item: pytest.Item, nextitem: pytest.Item | None, reports: Sequence[pytest.TestReport]
) -> Sequence[pytest.TestReport]:
    """Run a test once more, with fixtures of its own anew, and those of others that could not be made."""
    if isinstance(item, pytest.Function):
        item._initrequest()  # as pytest-rerunfailures does, which cannot be told when to; there is no other way
        for fixture in (each for every in item._fixtureinfo.name2fixturedefs.values() for each in every):
            if fixture.cached_result is not None and fixture.cached_result[2] is not None:
                fixture.finish(item._request)
        return runtestprotocol(item, log=False, nextitem=nextitem)
    return reports
