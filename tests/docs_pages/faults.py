"""The page of the fault matrix: what is expected in each cell, as ``calm.matrix`` holds it against what is seen."""

from __future__ import annotations

from itertools import groupby

from tests.docs_pages.rst import GENERATED, heading, paragraph, table
from tests.resilience.cells import ACTS, LEFT_OUT, Cell, cells

_HEAD = ("Fault", "Read", "Cached read", "Write", "Queued write", "Delivery", "Good key; unknown key")
_INTRODUCTION = (
    "What happens to each activity while one dependency has one fault. A cell says what a caller is answered; of a "
    "write also the state of its row and how many effects it has at that moment. Afterwards, once the fault is over "
    "and the caller has repeated what failed with the same key, each write has exactly one effect. ``make evidence`` "
    "(``calm.matrix``) breaks a real installation in each of these ways and compares."
)
_CLOCK = (
    "Clock jump: the ERP's and the service's clocks are years ahead; for PostgreSQL the adapter's clock goes an hour "
    "forward, for Valkey and the disk an hour back. A disk is down where its file is gone, reset where it came back "
    "empty."
)


def page() -> str:
    """The page as reStructuredText."""
    parts = [GENERATED, heading("Fault matrix"), paragraph(_INTRODUCTION), paragraph(_CLOCK)]
    for dependency, found in groupby(cells(), lambda cell: cell.dependency):
        rows = [[fault, *map(_cell, line)] for fault, line in groupby(found, lambda cell: cell.fault)]
        parts += [heading(dependency, "-"), table(_HEAD, (12, 12, 12, 20, 18, 16, 10), rows)]
    left = sorted(
        {
            f"{cell.dependency}, {cell.fault}: {cell.expected.removeprefix(LEFT_OUT)}."
            for cell in cells()
            if not cell.counts
        }
    )
    parts += [heading("Left out", "-"), *map(paragraph, left)]
    assert len(_HEAD) == len(ACTS) + 1
    return "".join(parts).rstrip() + "\n"


def _cell(cell: Cell) -> str:
    return cell.expected.replace("|", " or ") if cell.counts else "left out"


def _left_out(cell: Cell) -> str:
    return f"{cell.dependency}, {cell.fault}: {cell.expected.removeprefix(LEFT_OUT)}."
