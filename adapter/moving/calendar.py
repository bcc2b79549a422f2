"""When a feature may go forward: in the windows of its plan, not on frozen days. Back is always possible."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from adapter.mapping.model.rollout import RolloutRule
from adapter.mapping.windows import opens
from adapter.rollout.moves import Refusal


def closed(rule: RolloutRule, now: float) -> Refusal | None:
    """Return why nothing goes forward ``now`` (seconds since 1970); None where it may.

    A frozen day is one by the clock of the plan's zone, or in UTC where it has none.
    """
    moment = datetime.fromtimestamp(now, UTC)
    zone = ZoneInfo(rule.windows.zone) if rule.windows is not None else ZoneInfo("UTC")
    today = moment.astimezone(zone).date().isoformat()
    for first, last in rule.freeze:
        if first <= today <= last:
            return Refusal("frozen", f"frozen from {first} to {last}")
    if rule.windows is not None and opens(rule.windows.windows, zone, moment) is None:
        return Refusal("window", f"outside of its windows, by the clock of {rule.windows.zone}")
    return None
