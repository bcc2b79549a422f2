"""``adapter rollout simulate``: days that are made up, or were recorded, against the plan of a feature."""

from __future__ import annotations

import json
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from adapter import settings
from adapter.built import build
from adapter.cli.command import UsageError, project_of, table
from adapter.durable import Durable
from adapter.moving.calendar import closed
from adapter.moving.features import Feature, features, named
from adapter.rollout.judge import Asked
from adapter.rollout.simulate import Day, Played, Traffic, play
from adapter.store import recorded

_DAY = 1440
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class _Came:
    """A step: in how many days it came, and after how many seconds, at the median."""

    step: str
    days: int
    seconds: float


def simulate(asked: Namespace) -> int:
    """Play many days, and say when each step came, and how often it went back."""
    built = build(project_of(asked).resolve(), settings.environment())
    feature = named(features(built.endpoints), asked.feature)
    minutes = _recorded(asked, feature, Durable(built.settings, built.project)) if asked.recorded else _made_up(asked)
    day = Day(minutes * asked.days, asked.entities, asked.failing, feature.rule.beside.share)
    begin = time.time()
    played = [play(day, _plan(feature, begin), Random(asked.seed + number)) for number in range(asked.runs)]
    if asked.json:
        print(json.dumps(_document(feature, played)))
    else:
        print("\n".join(_lines(feature, played, asked.days)))
    return 0


def _plan(feature: Feature, begin: float) -> Callable[[float], Asked]:
    gate = feature.rule.gate

    def at(seconds: float) -> Asked:
        shut = closed(feature.rule, begin + seconds)
        return Asked(feature.plan, gate, "" if shut is None else shut.words)

    return at


def _made_up(asked: Namespace) -> list[Traffic]:
    candidate = asked.errors if asked.candidate is None else asked.candidate
    return [Traffic(asked.rate / _MINUTE, asked.errors, candidate, asked.mismatches)] * _DAY


def _recorded(asked: Namespace, feature: Feature, durable: Durable) -> list[Traffic]:
    """Return the last day as it was. What the new service was not asked for fails as the ERP does, or as is said."""
    since = time.time() // _MINUTE * _MINUTE - _DAY * _MINUTE
    found = durable.store.read(lambda connection: recorded.minutes(connection, feature.name, since, _DAY))
    if not any(each.calls for each in found):
        raise UsageError(f"nothing was recorded of {feature.name} in the last day; leave --recorded out")
    made = []
    for each in found:
        candidate = asked.candidate if asked.candidate is not None else each.candidate
        made.append(Traffic(each.calls / _MINUTE, each.legacy, candidate, each.mismatches))
    return made


def _steps(feature: Feature, played: Sequence[Played]) -> list[_Came]:
    found = []
    for step in feature.plan.steps:
        came = [seconds for each in played for seconds, there in each.came if there == step]
        found.append(_Came(str(step), len(came), median(came) if came else 0.0))
    return found


def _document(feature: Feature, played: Sequence[Played]) -> dict[str, object]:
    back = [each for each in played if each.back is not None]
    return {
        "days": len(played),
        "steps": [{"step": each.step, "days": each.days, "seconds": each.seconds} for each in _steps(feature, played)],
        "back": {
            "days": len(back),
            "causes": dict(Counter(each.back[1] for each in back if each.back is not None)),
            "failed": median(each.failed for each in back) if back else 0,
        },
    }


def _lines(feature: Feature, played: Sequence[Played], days: int) -> list[str]:
    many = len(played)
    rows: list[tuple[str, ...]] = [("STEP", "CAME", "AFTER")]
    for each in _steps(feature, played):
        after = f"{each.seconds / 3600:.1f} hours" if each.days else "-"
        rows.append((each.step, f"{each.days} of {many}", after))
    back = [each for each in played if each.back is not None]
    causes = Counter(each.back[1] for each in back if each.back is not None)
    why = ", ".join(f"{cause} {times}" for cause, times in causes.most_common())
    told = f": {why}; {median(each.failed for each in back):g} entities had failed" if back else ""
    return [
        f"{many} times {days * 24} hours, each step taken as soon as the judge lets it:",
        "",
        table(rows),
        "",
        f"rolled back {len(back)} of {many} times{told}",
    ]
