"""The fault matrix: its table is whole, and some of its cells, seen on an installation on SQLite."""

from __future__ import annotations

import pytest

from tests.resilience.acts import Batch
from tests.resilience.cells import ACTS, DEPENDENCIES, FAULTS, Cell, cells
from tests.resilience.stand import stand

SOME = (("ERP", "down"), ("ERP", "reset"), ("disk", "slow"))


def test_the_table_is_whole() -> None:
    """Each dependency has each fault with each activity; at least 200 of the cells count."""
    found = list(cells())
    assert len(DEPENDENCIES) * len(FAULTS) * len(ACTS) == len(found)
    assert sum(cell.counts for cell in found) >= 200


def test_a_cell_fits_what_it_allows() -> None:
    """Each part has to be one of those allowed, and there may be no more of them."""
    cell = Cell("ERP", "down", "write", "503; open|none; 0")
    assert cell.fits("503; none; 0")
    assert not cell.fits("503; none; 1")
    assert not cell.fits("503; none; 0; afterwards open with 0")
    assert not cell.fits("503 backend-unreachable; none; 0")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, str], str]:
    """What is seen in some cells."""
    with stand(tmp_path_factory.mktemp("stand"), "sqlite") as running:
        running.journal.settle_people(3 * len(SOME))
        return {
            (dependency, fault, act): told
            for number, (dependency, fault) in enumerate(SOME)
            for act, told in Batch(running, dependency, fault, number).seen().items()
        }


@pytest.mark.parametrize(
    "cell", [cell for cell in cells() if (cell.dependency, cell.fault) in SOME], ids=lambda cell: cell.name
)
def test_some_cells(cell: Cell, seen: dict[tuple[str, str, str], str]) -> None:
    """What is seen is what is expected."""
    assert cell.fits(seen[cell.dependency, cell.fault, cell.act]), seen[cell.dependency, cell.fault, cell.act]
