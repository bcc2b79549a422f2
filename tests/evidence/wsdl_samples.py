"""wsdl.samples: what two other clients' test suites send and get, read to our JSON, written again, and compared.

A message that is wrong by its own schema is told apart: for it the reader has to name what is unexpected, or refuse it.
"""

from __future__ import annotations

from tests.evidence import Result
from tests.samples.folders import ABSENT, SAMPLES, samples
from tests.samples.rows import rows

MOST_UNUSABLE = 3


def measure() -> Result:
    """Read, write and compare every message of every folder."""
    if not SAMPLES.is_dir():
        return Result(ABSENT, ok=False)
    found = [row for sample in samples() for row in rows(sample)]
    usable = [row for row in found if not row.unusable]
    bad = [row for row in usable if not row.ok]
    wrong = [row for row in usable if row.wrong]
    unusable = [f"{row.name}: {row.unusable}" for row in found if row.unusable]
    value = f"{len(usable) - len(bad)} of {len(usable)} messages in {len(samples())} folders"
    value += f"; {len(wrong)} of them wrong by their own schema"
    value += f"; unusable {len(unusable)}: {'; '.join(unusable)}" if unusable else ""
    value += "".join(f"; {row.name}: {row.said}" for row in bad)
    return Result(value, bool(usable) and not bad and len(unusable) <= MOST_UNUSABLE)
