"""The example project with other plans for its feature."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tests.resilience.project import project
from tests.stack import ROOT

READS: Final = "rollout: {stays: [create, update, patch], steps: [shadow, canary 10, live, rampdown, complete]}\n"
_MAPPING: Final = "mappings/customers.yaml"
_PLAN: Final = re.compile(r"^rollout: .*\n(?: .*\n)*", re.MULTILINE)


def moving_reads(folder: Path, rollout: str = READS) -> Path:
    """Return the example project, with reads of customers that move; or with another text in the plan's place."""
    found = _PLAN.search((ROOT / _MAPPING).read_text("utf-8"))
    assert found is not None
    return project(folder, {_MAPPING: ((found[0], rollout),)})
