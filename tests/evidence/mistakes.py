"""job.mistakes: kinds of mistake in mapping files that one build names, each with file, line and remedy."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.evidence import Result
from tests.mistakes.cases import expected, found

GOAL = 25


def measure() -> Result:
    """Build the files of ``tests/mistakes`` at once and count the mistakes that are named as expected."""
    with tempfile.TemporaryDirectory() as folder:
        said = found(Path(folder))
    wanted = expected()
    missed = [each.id for each in wanted if not any(each.matches(mistake) for mistake in said)]
    extra = [str(mistake) for mistake in said if not any(each.matches(mistake) for each in wanted)]
    named = len(wanted) - len(missed)
    trouble = f"; missed {missed[0]}" if missed else f"; not expected: {extra[0]}" if extra else ""
    return Result(f"{named} of {len(wanted)}{trouble}", named >= GOAL and not missed and not extra)
