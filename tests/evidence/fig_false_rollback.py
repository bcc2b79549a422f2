"""fig.false_rollback: a new service that fails exactly as often as the ERP, and in how many hours it is sent back.

The product's own judge, over 10,000 seeded hours of each setting; beside it an absolute threshold and a z-test that is
repeated each minute, over fewer hours, since they differ by far.
"""

from __future__ import annotations

from collections import Counter

from tests.evidence import Result
from tests.strangler.hours import RUNS, Setting, absolute, hours, spread, z_test

GOAL = 0.01
OTHERS = 60
SETTINGS = [Setting(rate, p, p, failing) for p in (0.005, 0.02) for rate in (60, 600) for failing in (0, 100)]


def measure() -> Result:
    """Play all settings, and take the worst."""
    causes = spread(back, SETTINGS)
    backs = [sum(each.values()) / RUNS for each in causes]
    worst = max(range(len(SETTINGS)), key=backs.__getitem__)
    both = spread(others, [each for each in SETTINGS if not each.failing])
    thresholds, tests = (max(each[place] for each in both) for place in (0, 1))
    why = ", ".join(f"{cause} {many / RUNS:.2%}" for cause, many in sorted(causes[worst].items()))
    value = (
        f"{backs[worst]:.2%} ({SETTINGS[worst]}: {why}; others {min(backs):.2%} to {sorted(backs)[-2]:.2%}); "
        f"absolute 99 % threshold {thresholds:.0%}, z-test each minute {tests:.0%}"
    )
    return Result(value, max(backs) <= GOAL)


def back(setting: Setting) -> Counter[str]:
    """Return in how many hours it was sent back, by the cause."""
    return Counter(each.cause for each in hours(setting) if each.cause is not None)


def others(setting: Setting) -> tuple[float, float]:
    """Return the share of hours in which the other two send it back."""
    found = [(absolute(setting, seed), z_test(setting, seed)) for seed in range(OTHERS)]
    return sum(each[0] for each in found) / OTHERS, sum(each[1] for each in found) / OTHERS
