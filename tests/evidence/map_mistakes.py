"""map.mistakes: grammar mistakes that one build names with file, line, column and remedy."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.evidence import Result
from tests.mistakes.cases import expected, found

GOAL = 60


def measure() -> Result:
    """Build the files of ``tests/mistakes`` at once; count those that are named as expected, to the column."""
    with tempfile.TemporaryDirectory() as folder:
        said = found(Path(folder))
    wanted = expected()
    named = {each.id: mistake for each in wanted for mistake in said if each.matches(mistake)}
    whole = [name for name, mistake in named.items() if mistake.column > 0 and mistake.remedy]
    missed = [each.id for each in wanted if each.id not in named]
    told = f"; missed {missed[0]}" if missed else ""
    return Result(f"{len(whole)} with column and remedy, of {len(wanted)}{told}", len(whole) >= GOAL and not missed)
