"""job.bad_answers: wrong answers of the ERP, played to the adapter under gunicorn, each as its case says."""

from __future__ import annotations

from tests.bad_answers.large import large_list
from tests.bad_answers.run import CASES, all_objections, peak_bytes, stage
from tests.evidence import Result

GOAL = 40
MEBI = 2**20
MOST_BYTES = 32 * MEBI


def measure() -> Result:
    """Play every case, and name the first that did not come out as it should; then a large right answer, apart."""
    with stage() as on:
        before = peak_bytes(on)
        wrong = {case.name: found for case, found in all_objections(on) if found}
        extra = peak_bytes(on) - before
    if found := large_list():
        wrong["large list"] = found
    count = len(CASES) + 1
    told = "".join(f"; {name}: {', '.join(found)}" for name, found in list(wrong.items())[:2])
    good = not wrong and len({case.name for case in CASES}) >= GOAL and extra <= MOST_BYTES
    return Result(f"{count - len(wrong)} of {count}, {extra / MEBI:.0f} MiB{told}", good)
