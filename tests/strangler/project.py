"""The example project with a feature that moves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.resilience.project import project

HTTP: Final = "http: {service: customers, path: /customers}\n"
READS: Final = "rollout: {stays: [create, update, patch], steps: [shadow, canary 10, live, rampdown, complete]}\n"


def moving_reads(folder: Path, rollout: str = READS) -> Path:
    """Return the example project, with reads of customers that move."""
    return project(folder, {"mappings/customers.yaml": ((HTTP, HTTP + rollout),)})
