"""fig.detect: how many entities have to fail until a bad new service is out, in 10,000 seeded hours of each kind."""

from __future__ import annotations

from statistics import median

from tests.evidence import Result
from tests.strangler.hours import RUNS, Setting, hours, spread

BROKEN = (Setting(600, 0.005, 1.0), Setting(600, 0.02, 1.0))
WORSE = Setting(600, 0.005, 0.03)
MOST_BROKEN, MOST_WORSE, CAUGHT = (4, 5), 10, 0.99


def measure() -> Result:
    """Play a broken one at two rates of the ERP's errors, and one that fails six times as often."""
    (first, _), (second, _), (worse, caught) = spread(found, (*BROKEN, WORSE))
    good = first <= MOST_BROKEN[0] and second <= MOST_BROKEN[1] and worse <= MOST_WORSE and caught >= CAUGHT
    value = f"broken: {first:g} / {second:g} failed keys; 0.5 -> 3 %: {worse:g}; {caught:.1%} caught"
    return Result(value, good)


def found(setting: Setting) -> tuple[float, float]:
    """Return the median of failed entities until it was out, and the share of hours in which it was."""
    played = hours(setting)
    out = [each.failed for each in played if each.cause is not None]
    return median(out), len(out) / RUNS
