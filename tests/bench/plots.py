"""Bars as SVG, readable on a light and on a dark page: one bar for each server, a dot for each round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final
from xml.sax.saxutils import escape

_WIDTH: Final = 720
_LEFT: Final = 150
_RIGHT: Final = 110
_ROW: Final = 34
_TOP: Final = 34
_STYLE: Final = (
    "text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}.bar{fill:#8c959f}.ours{fill:#0969da}"
    ".dot{fill:#1f2328;fill-opacity:.55}"
    "@media(prefers-color-scheme:dark){text,.dot{fill:#e6edf3}.bar{fill:#6e7681}.ours{fill:#4493f8}}"
)


def bars(title: str, unit: str, rounds: Mapping[str, Sequence[float]], ours: str) -> str:
    """Return a picture: for each name its median as a bar, its rounds as dots. ``ours`` has a colour of its own."""
    longest = max(max(each) for each in rounds.values())
    scale = (_WIDTH - _LEFT - _RIGHT) / longest
    said = "; ".join(f"{name} {_number(median(each))} {unit}" for name, each in rounds.items())
    height = _TOP + _ROW * len(rounds) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'role="img">',
        f"<title>{escape(title)}: {escape(said)}</title>",
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="8" y="20">{escape(title)}</text>',
    ]
    for row, (name, each) in enumerate(rounds.items()):
        y, middle = _TOP + row * _ROW, median(each)
        kind = "bar ours" if name == ours else "bar"
        furthest = max(*each, middle) * scale
        parts += [
            f'<text x="{_LEFT - 8}" y="{y + 17}" text-anchor="end">{escape(name)}</text>',
            f'<rect class="{kind}" x="{_LEFT}" y="{y}" width="{middle * scale:.1f}" height="24" rx="2"/>',
            *(f'<circle class="dot" cx="{_LEFT + one * scale:.1f}" cy="{y + 12}" r="2.5"/>' for one in each),
            f'<text x="{_LEFT + furthest + 8:.1f}" y="{y + 17}">{_number(middle)} {escape(unit)}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}" if value >= 10 else f"{value:.2f}"
