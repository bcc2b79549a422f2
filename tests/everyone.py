"""The settings of a project that asks nobody who they are, where a test is about something else."""

from __future__ import annotations

import tempfile
from pathlib import Path

EVERYONE: dict[str, str] = {"ADAPTER_CALLERS": "everyone"}
_PLACE = tempfile.TemporaryDirectory(prefix="adapter-store-")


def elsewhere(folder: Path = Path(_PLACE.name)) -> dict[str, str]:
    """Return the settings of a store that is not in the project: that of the checkout stays as it is."""
    return {"ADAPTER_STORE": str(folder / "adapter.db"), "ADAPTER_SUBJECTS": str(folder / "adapter-subjects.db")}
