"""The settings of a project that asks nobody who they are, where a test is about something else."""

from __future__ import annotations

EVERYONE: dict[str, str] = {"ADAPTER_CALLERS": "everyone"}
