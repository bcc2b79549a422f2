"""What workers that have ended counted, kept in one file, so that a scrape reads the files of the living only.

prometheus_client never removes the files of dead workers: 200 of them cost two seconds a scrape. Here each is added to
a file of no process (0) and removed. Whoever reads the numbers holds the lock shared, so nobody sees a worker twice or
not at all, and no counter goes backwards.

A worker makes its files without that lock, and each is empty for an instant; for good, where it is killed in that. The
library would fail over it, at every scrape: here an empty file has counted nothing.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

_LOCK = "compaction.lock"
_SUMS = ("counter", "histogram", "summary")


class Everyone(MultiProcessCollector):
    """The numbers of all processes that share a folder: raises ValueError where there is none."""

    def collect(self) -> Iterable[Metric]:
        """Return the metrics, added up."""
        files = [str(file) for file in Path(self._path).glob("*.db") if file.stat().st_size]
        found: Iterable[Metric] = self.merge(files, accumulate=True)  # type: ignore[no-untyped-call]
        return found


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Hold the numbers still while they are read. Raise OSError where the folder is not there."""
    with (folder / _LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def compact(folder: Path, pid: int) -> None:
    """Add what a dead process counted to what the dead counted before it; gauges tell of the living, and go."""
    with (folder / _LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for kind in _SUMS:
            own = folder / f"{kind}_{pid}.db"
            if own.is_file():
                if own.stat().st_size:
                    _add(own, folder / f"{kind}_0.db")
                own.unlink()
        for gauge in folder.glob(f"gauge_*_{pid}.db"):
            gauge.unlink()


def _add(own: Path, total: Path) -> None:
    sums = MmapedDict(str(total))  # type: ignore[no-untyped-call]
    try:
        for key, value, stamp, _ in MmapedDict.read_all_values_from_file(str(own)):  # type: ignore[no-untyped-call]
            before, _ = sums.read_value(key)  # type: ignore[no-untyped-call]
            sums.write_value(key, before + value, stamp)  # type: ignore[no-untyped-call]
    finally:
        sums.close()  # type: ignore[no-untyped-call]
