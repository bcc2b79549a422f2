"""job.test: whether all tests pass in a fresh clone with a new environment."""

from __future__ import annotations

from tests.evidence import Result
from tests.evidence.clone import fresh_clone, last_words, make


def measure() -> Result:
    """Clone, make an environment, run ``make test``; the value is pytest's closing line."""
    with fresh_clone() as clone:
        done = make(clone, "test", seconds=1140)
    closing = last_words(done.stdout).strip("= ")
    return Result(closing if "passed" in closing else f"failed: {last_words(done.stderr)}", done.returncode == 0)
