"""Figures of the pages: a plot, what it says in words, and the same as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from adapter.console import plots, words
from adapter.console.course import NAMES, SIDES, Burn, Course, Frame
from adapter.console.looking import Evidence
from adapter.rollout.rules import Side


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot with its scale (``top``), the ends of its time, and its values as a table: when, and one per column."""

    id: str
    title: str
    told: str
    plot: Markup
    top: str
    half: str
    begins: str
    ends: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Burned:
    """How calls of the ERP by one operation went, by its verb: a small plot, and its numbers in words."""

    operation: str
    plot: Markup
    lately: str
    most: str
    gone: str
    seen: bool


@dataclass(frozen=True, slots=True)
class Meter:
    """A bar and its words. ``short`` is the number that stands large."""

    bar: Markup
    short: str
    words: str


def errors(course: Course) -> Figure:
    """Return how often each side failed."""
    return _figure("errors", "Share of calls that failed", course, course.failed, words.percent, least=0.01)


def latency(course: Course) -> Figure:
    """Return how long each side took."""
    title = "Time that 95 of 100 calls stayed below"
    return _figure("latency", title, course, course.slow, words.milliseconds, least=10.0)


def _figure(
    id: str,
    title: str,
    course: Course,
    values: Mapping[Side, tuple[float | None, ...]],
    said: Callable[[float], str],
    least: float,
) -> Figure:
    known = [value for side in SIDES for value in values[side] if value is not None]
    top = plots.round_up(max([*known, least]))
    told = "; ".join(_told(NAMES[side], values[side], said) for side in SIDES)
    drawn = [plots.Line(NAMES[side], side, values[side]) for side in SIDES]
    rows = tuple(
        (_when(course.frame, at), *(_value(values[side][at], said) for side in SIDES))
        for at in range(course.frame.many)
        if any(values[side][at] is not None for side in SIDES)
    )
    return Figure(
        id, title, told, plots.lines(title, told, drawn, top), said(top), said(top / 2),
        _when(course.frame, 0), "now", ("from", *(NAMES[side] for side in SIDES)), rows,
    )  # fmt: skip


def _told(name: str, values: Sequence[float | None], said: Callable[[float], str]) -> str:
    known = [value for value in values if value is not None]
    return f"{name}: {said(known[-1])} last, {said(max(known))} at most" if known else f"{name}: not called"


def _value(value: float | None, said: Callable[[float], str]) -> str:
    return said(value) if value is not None else "–"


def _when(frame: Frame, at: int) -> str:
    begins = frame.begins(at)
    return words.clock(begins) if frame.minutes * frame.many <= 24 * 60 else words.moment(begins)


def burned(found: Sequence[Burn], frame: Frame, now: float) -> tuple[Burned, ...]:
    """Return how the calls of the ERP burned down, operation by operation."""
    return tuple(_burned(each, frame, now) for each in found)


def _burned(burn: Burn, frame: Frame, now: float) -> Burned:
    lately, most = words.count(burn.lately), words.count(burn.most)
    begins = words.span(max(0.0, now - frame.since))
    told = f"{lately} an hour now, {most} an hour at most in the last {begins}"
    title = f"Calls of the ERP by {burn.operation}"
    gone = ""
    if not burn.lately:
        gone = f"none for {words.span(max(0.0, now - burn.last))}" if burn.last else "none seen"
    plot = plots.area(title, told, burn.values, "soap")
    return Burned(burn.operation.rpartition(".")[2], plot, lately, most, gone, seen=bool(burn.last))


def evidence(found: Evidence) -> Meter:
    """Return how much was compared of what the next step asks for."""
    have = words.count(found.compared)
    if found.more is None or found.more < 0:
        wanted = "comparisons; the judge has not said yet how many are enough"
        if found.more is not None:
            wanted = "comparisons; no number of them is enough for what the plan asks for"
        return Meter(plots.meter(0.0), have, wanted)
    total = found.compared + found.more
    if not found.more:
        return Meter(plots.meter(1.0, "http"), have, "comparisons, which is enough")
    left = f"about {words.span(found.more / found.rate)}" if found.rate > 0 else "none are made now"
    return Meter(plots.meter(found.compared / total, "http"), f"{have} of {words.count(total)}", f"comparisons, {left}")
