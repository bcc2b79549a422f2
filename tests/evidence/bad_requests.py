"""job.bad_requests: wrong requests sent to the adapter under gunicorn, each answered as its case says."""

from __future__ import annotations

from tests.bad_requests.run import CASES, adapter, objections
from tests.evidence import Result

GOAL = 60


def measure() -> Result:
    """Send every case, and name the first that was not answered as it should be."""
    with adapter() as running:
        wrong = {case.name: found for case in CASES if (found := objections(case, running))}
    told = "".join(f"; {name}: {', '.join(found)}" for name, found in list(wrong.items())[:2])
    names = len({case.name for case in CASES})
    return Result(f"{len(CASES) - len(wrong)} of {len(CASES)}{told}", not wrong and names == len(CASES) >= GOAL)
