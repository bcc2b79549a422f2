"""Reading what a mapping says about how calls of an operation are treated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.mapping.model.policy import Policy


def policy(found: Mapping[str, Any], method: str) -> Policy:
    """Return the policy of an operation. A GET reads, anything else writes, where its section does not say so."""
    return Policy(effect=found.get("effect", "read" if method == "GET" else "write"))
