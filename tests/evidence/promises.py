"""The page ``docs/promises.rst``, made from the table."""

from __future__ import annotations

from tests.evidence.table import PROMISES


def page() -> str:
    """The page as reStructuredText."""
    rows = [
        (f"``{promise.id}``", promise.what, promise.goal, "``LONG=1``" if promise.long else "")
        for promises in PROMISES.values()
        for promise in promises
    ]
    header = ("Id", "What is measured", "Goal", "Only with")
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    rule = " ".join("=" * width for width in widths)
    table = [rule, _row(header, widths), rule, *(_row(row, widths) for row in rows), rule]
    return "\n".join([*_INTRODUCTION, *table, ""])


_INTRODUCTION = (
    "Promises",
    "========",
    "",
    "What this project promises, each line measured by ``make evidence`` (``WHAT=main-job`` for one piece of work,",
    "``LONG=1`` for the long ones too). What is not shown yet prints ``short``, and ``missing`` where nothing measures",
    "it. This page is written by ``make docs`` from ``tests/evidence/table.py``.",
    "",
)


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
