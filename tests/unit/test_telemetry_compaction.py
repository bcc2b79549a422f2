"""Numbers of workers that have ended stay counted, once."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from adapter.telemetry.compaction import compact

WORKER = """
import sys
from adapter.telemetry.metrics import Metrics
from adapter.telemetry.outcome import Outcome
metrics = Metrics()
for number in range(int(sys.argv[1])):
    metrics.started()
    metrics.count(Outcome("orders.read", "GET", 200, "id", seconds=0.02))
"""
SCRAPE = "import sys; from adapter.telemetry.metrics import Metrics; sys.stdout.buffer.write(Metrics().render())"


def _run(folder: Path, program: str, *arguments: str) -> str:
    environ = {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    done = subprocess.run([sys.executable, "-c", program, *arguments], env=environ, capture_output=True, check=True)
    return done.stdout.decode()


def _sample(text: str, start: str) -> float:
    (line,) = [each for each in text.splitlines() if each.startswith(start)]
    return float(line.rpartition(" ")[2])


@pytest.fixture
def dead(tmp_path: Path) -> list[int]:
    """Two workers that counted 3 and 4 requests, left some of them in flight, and ended."""
    for count in (3, 4):
        _run(tmp_path, WORKER, str(count))
    return sorted(int(each.stem.rpartition("_")[2]) for each in tmp_path.glob("counter_*.db"))


def test_what_the_dead_counted_is_added_up_in_one_file(tmp_path: Path, dead: list[int]) -> None:
    """Counters and histograms read the same before and after; only the gauges of the dead are gone."""
    before = _run(tmp_path, SCRAPE)
    for pid in dead:
        compact(tmp_path, pid)
    after = _run(tmp_path, SCRAPE)

    assert 7.0 == _sample(after, "adapter_requests_total{")
    assert 7.0 == _sample(after, "adapter_request_duration_seconds_count{")
    bucket = 'adapter_request_duration_seconds_bucket{answered_by="",le="0.025"'
    assert _sample(before, bucket) == _sample(after, bucket)
    assert 7.0 == _sample(before, "adapter_requests_in_flight ")
    assert 0.0 == _sample(after, "adapter_requests_in_flight ")
    assert ["counter_0.db", "histogram_0.db"] == sorted(
        each.name for each in tmp_path.glob("*_*.db") if each.stem.endswith(("_0", *map(str, dead)))
    )


def test_a_worker_that_is_compacted_again_counts_once(tmp_path: Path, dead: list[int]) -> None:
    """Nothing is left of it to be added a second time."""
    for pid in (*dead, *dead):
        compact(tmp_path, pid)

    assert 7.0 == _sample(_run(tmp_path, SCRAPE), "adapter_requests_total{")


def test_whoever_reads_holds_the_numbers_still(tmp_path: Path, dead: list[int]) -> None:
    """While a scrape holds the lock nothing is added or removed."""
    with (tmp_path / "compaction.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        program = "import sys, pathlib; from adapter.telemetry.compaction import compact\n"
        program += "compact(pathlib.Path(sys.argv[1]), int(sys.argv[2]))"
        compacting = subprocess.Popen([sys.executable, "-c", program, str(tmp_path), str(dead[0])])
        assert 7.0 == _sample(_run(tmp_path, SCRAPE), "adapter_requests_total{")
        assert compacting.poll() is None
        assert (tmp_path / f"counter_{dead[0]}.db").is_file()
    assert 0 == compacting.wait(30)
    assert not (tmp_path / f"counter_{dead[0]}.db").exists()


def test_a_file_that_is_still_empty_has_counted_nothing(tmp_path: Path, dead: list[int]) -> None:
    """A worker that was killed while it made its files spoils neither a scrape nor what is kept of it."""
    for name in ("counter_7.db", "histogram_7.db", "gauge_livesum_7.db"):
        (tmp_path / name).touch()
    assert 7.0 == _sample(_run(tmp_path, SCRAPE), "adapter_requests_total{")
    for pid in (*dead, 7):
        compact(tmp_path, pid)
    assert 7.0 == _sample(_run(tmp_path, SCRAPE), "adapter_requests_total{")
    assert [] == list(tmp_path.glob("*_7.db"))
