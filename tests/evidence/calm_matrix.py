"""calm.matrix: what callers, the store and the ERP see in each cell of the fault matrix, beside what is expected.

Each dependency has an installation, on loopback and behind fault proxies, side by side with the others: on PostgreSQL
and Valkey, or on SQLite where it is the disk. It has one fault after the other; all activities go on at once while it
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
from tests.resilience.cells import DEPENDENCIES, Cell, cells
from tests.resilience.stand import stand

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
    with ThreadPoolExecutor(len(DEPENDENCIES)) as pool:
        for found in pool.map(lambda dependency: list(_part(dependency, batches)), DEPENDENCIES):
            yield from found


def _part(broken: str, batches: Batches) -> Iterator[tuple[Cell, str]]:
    """Yield the cells of one dependency, on an installation of its own."""
    own = {fault: wanted for (dependency, fault), wanted in batches.items() if dependency == broken}
    if not own:
        return
    engine = "sqlite" if broken == "disk" else "postgres"
    with tempfile.TemporaryDirectory(prefix="matrix-") as folder, stand(Path(folder), engine) as running:
        running.journal.settle_people(3 * len(own))
        for number, (fault, wanted) in enumerate(own.items()):
            try:
                found = Batch(running, broken, fault, number).seen()
            except NotWell as error:  # what was broken before has not recovered
                found = {cell.act: str(error) for cell in wanted}
            wrong = {cell.act: found[cell.act] for cell in wanted if not cell.fits(found[cell.act])}
            print(broken, fault, wrong, flush=True)
            yield from ((cell, found[cell.act]) for cell in wanted)


def main(*only: str) -> None:
    """Tell of each cell of a dependency and a fault, or of all."""
    for cell, found in seen([cell for cell in cells() if (cell.dependency, cell.fault)[: len(only)] == only]):
        print("ok   " if cell.fits(found) else "WRONG", cell.name, "|", found, "| expected", cell.expected)


if __name__ == "__main__":
    main(*sys.argv[1:])
