"""What one row may be, however many there are."""

from __future__ import annotations

from dataclasses import dataclass

from adapter import problems
from adapter.errors import RequestError


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds on one row: its bytes, and its JSON as ``strict_json.decode`` has them."""

    row_bytes: int
    max_depth: int
    max_digits: int


def too_large(bounds: Bounds) -> RequestError:
    """Return the error for a row that is larger than one may be."""
    return problems.house("request-too-large", f"One row has at most {bounds.row_bytes} bytes.")
