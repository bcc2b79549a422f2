"""fig.dhl: a real migration. A carrier's SOAP replies and its REST successor's answers, mapped and compared."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from tests.evidence import Result
from tests.strangler.carrier import ABSENT, FOLDER, compared
from tests.strangler.test_dhl import REPLIES, explanations, unexplained


def measure() -> Result:
    """Compare all pairs, and count the differences that the table explains, by their reason."""
    if not FOLDER.is_dir():
        return Result(ABSENT, ok=False)
    with tempfile.TemporaryDirectory() as folder:
        differences = compared(Path(folder) / "project")
    found = [explanations(pair, each) for pair, several in differences.items() for each in several]
    why = Counter(lines[0].why for lines in found if len(lines) == 1)
    reasons = ", ".join(f"{many} {reason}" for reason, many in sorted(why.items()))
    lost = unexplained(differences)
    value = f"{why.total()}/{len(found)} differences of {len(differences)} replies ({reasons})"
    return Result(value + "".join(f"; {each}" for each in lost), ok=not lost and REPLIES == len(differences))
