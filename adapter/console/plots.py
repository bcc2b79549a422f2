"""Plots as SVG, made here: with a title and a description for who does not see them, and no style of their own.

A plot is stretched to its place, so its lines keep their width (``vector-effect``), and its words stand beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

WIDTH, HEIGHT = 600.0, 160.0
_SVG = Markup(
    '<svg class="{css}" viewBox="0 0 {width:g} {height:g}" preserveAspectRatio="none" role="img" '
    'aria-label="{title}. {told}" focusable="false"><title>{title}</title><desc>{told}</desc>{inside}</svg>'
)
_METER = Markup(
    '<svg class="meter" viewBox="0 0 {width:g} 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
    "{inside}</svg>"
)
_PATH = Markup('<path class="{css}" d="{d}" vector-effect="non-scaling-stroke"/>')
_RECT = Markup('<rect class="{css}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>')


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plot: its name, its class, and its values; None where nothing is known."""

    name: str
    css: str
    values: tuple[float | None, ...]


def lines(title: str, told: str, drawn: Sequence[Line], top: float) -> Markup:
    """Return a plot of several lines between 0 and ``top``, with a rule at each half."""
    rules = Markup("").join(
        _PATH.format(css="rule", d=f"M0 {HEIGHT * part:g}H{WIDTH:g}") for part in (0.0, 0.5, 1.0)
    )  # fmt: skip
    paths = Markup("").join(_PATH.format(css=f"line {each.css}", d=_line(each.values, top)) for each in drawn)
    return _svg("plot", title, told, rules + paths)


def area(title: str, told: str, values: Sequence[float], css: str) -> Markup:
    """Return a small plot of one line that stands on an area."""
    top = max(values, default=0.0) or 1.0
    line = _line(tuple(values), top, height=40.0, edge=3.0)
    under = f"{line}L{WIDTH:g} 40L0 40Z" if line else ""
    inside = _PATH.format(css=f"under {css}", d=under) + _PATH.format(css=f"line {css}", d=line)
    return _svg("spark", title, told, inside, height=40.0)


def meter(share: float, css: str = "", mark: float | None = None) -> Markup:
    """Return a bar that is filled to a share of 1. It is decoration: the words beside it say the same."""
    share = min(1.0, max(0.0, share))
    full = _RECT.format(css="all", x=0, y=0, width=WIDTH, height=8)
    part = _RECT.format(css=f"part {css}", x=0, y=0, width=WIDTH * share, height=8) if share else Markup("")
    line = _PATH.format(css="mark", d=f"M{WIDTH * mark:g} 0V8") if mark is not None else Markup("")
    return _METER.format(width=WIDTH, inside=full + part + line)


def round_up(top: float) -> float:
    """Return a number that is easy to read, and not below another."""
    if top <= 0:
        return 1.0
    unit = 1.0
    while unit * 10 <= top:
        unit *= 10
    while unit > top:
        unit /= 10
    return next((unit * each for each in (1, 2, 2.5, 5) if unit * each >= top * 0.999999), unit * 10)


def _svg(css: str, title: str, told: str, inside: Markup, height: float = HEIGHT) -> Markup:
    return _SVG.format(css=css, width=WIDTH, height=height, title=title, told=told, inside=inside)


def _line(values: Sequence[float | None], top: float, height: float = HEIGHT, edge: float = 4.0) -> str:
    """Return the path through values; it breaks where one is not known, and one that stands alone is a short dash."""
    if not values:
        return ""
    step, room = WIDTH / max(1, len(values) - 1), height - 2 * edge
    points = [
        None if value is None else (step * at, edge + room * (1 - min(1.0, value / (top or 1.0))))
        for at, value in enumerate(values)
    ]
    found, before = [], None
    for here, after in pairwise([*points, None]):
        if here is not None:
            found.append(f"{'M' if before is None else 'L'}{here[0]:.1f} {here[1]:.1f}")
            if before is None and after is None:
                found.append("h4")
        before = here
    return "".join(found)
