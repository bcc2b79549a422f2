"""Evidence: what this project promises, measured.

``python -m tests.evidence --what main-job`` prints one line per promise. The promises stand in ``table``; each is
measured by a function without arguments that returns a ``Result``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured: ``value`` on one line, for a person, and whether it reaches the goal."""

    value: str
    ok: bool
