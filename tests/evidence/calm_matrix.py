"""calm.matrix: what callers, the store and the ERP see in each cell of the fault matrix, beside what is expected.

Three installations run side by side, each on loopback and behind fault proxies: two on PostgreSQL and Valkey, one on
SQLite. In each, one dependency after the other has one fault after the other; all activities go on at once while it
lasts. What is expected stands in ``tests/resilience/cells.yaml``.

``python -m tests.evidence.calm_matrix [DEPENDENCY [FAULT]]`` tells of each cell.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.evidence import Result
from tests.resilience.acts import Batch, NotWell
from tests.resilience.cells import Cell, cells
from tests.resilience.stand import stand

STANDS: Final[Sequence[tuple[str, tuple[str, ...]]]] = (
    ("postgres", ("ERP", "HTTP service")),
    ("postgres", ("PostgreSQL", "Valkey")),
    ("sqlite", ("disk",)),
)
ENOUGH: Final = 200
Batches = Mapping[tuple[str, str], Sequence[Cell]]


def measure() -> Result:
    """Compare all cells that count."""
    compared = list(seen(list(cells())))
    wrong = [f"{cell.name}: {found}" for cell, found in compared if not cell.fits(found)]
    text = f"{len(compared) - len(wrong)} of {len(compared)}" + (f"; first: {wrong[0]}" if wrong else "")
    print("\n".join(wrong))
    return Result(text, not wrong and len(compared) >= ENOUGH)


def seen(wanted: Sequence[Cell]) -> Iterator[tuple[Cell, str]]:
    """Yield the cells that count, with what was seen of each. Each fault is made once for all of its activities."""
    batches: dict[tuple[str, str], list[Cell]] = {}
    for cell in wanted:
        if cell.counts:
            batches.setdefault((cell.dependency, cell.fault), []).append(cell)
    parts = [
        (engine, {pair: found for pair, found in batches.items() if pair[0] in dependencies})
        for engine, dependencies in STANDS
    ]
    with ThreadPoolExecutor(len(parts)) as pool:
        for found in pool.map(lambda part: list(_part(*part)), parts):
            yield from found


def _part(engine: str, batches: Batches) -> Iterator[tuple[Cell, str]]:
    if not batches:
        return
    with tempfile.TemporaryDirectory(prefix="matrix-") as folder, stand(Path(folder), engine) as running:
        running.journal.settle_people(3 * len(batches))
        for number, ((dependency, fault), wanted) in enumerate(batches.items()):
            try:
                found = Batch(running, dependency, fault, number).seen()
            except NotWell as error:  # what was broken before has not recovered
                found = {cell.act: str(error) for cell in wanted}
            print(
                dependency,
                fault,
                {cell.act: found[cell.act] for cell in wanted if not cell.fits(found[cell.act])},
                flush=True,
            )
            yield from ((cell, found[cell.act]) for cell in wanted)


def main(*only: str) -> None:
    """Tell of each cell of a dependency and a fault, or of all."""
    for cell, found in seen([cell for cell in cells() if (cell.dependency, cell.fault)[: len(only)] == only]):
        print("ok   " if cell.fits(found) else "WRONG", cell.name, "|", found, "| expected", cell.expected)


if __name__ == "__main__":
    main(*sys.argv[1:])
