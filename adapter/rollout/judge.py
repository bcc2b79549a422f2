"""What the evidence says about a feature: back, forward, or hold, with the numbers that it came from. Pure.

Rule 1: back where the new service answers and its breaker is open, or so many different entities failed in a row that
        it is no chance (``streak``), or it surely fails more often than the ERP (``evalue``).
Rule 2: forward where all that the plan asks for was seen, and nothing speaks against it.
Rule 3: hold else. What was not seen is neither good nor bad; ``needs`` says what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from adapter.rollout import bounds, noise, streak
from adapter.rollout.evalue import LIMIT, SUSPECT, ErrorShare, error_share
from adapter.rollout.evidence import Calls, Evidence
from adapter.rollout.moves import Plan, following, pin_of
from adapter.rollout.rules import GateRule, Side
from adapter.rollout.stages import Standing, copied

Kind = Literal["back", "forward", "hold"]
Cause = Literal[
    "breaker-open", "failures-in-a-row", "more-failures",
    "enough",
    "at-legacy", "no-step", "mismatches", "failures", "conflicts", "lag", "minutes", "keys", "calls", "comparisons",
    "closed", "rolled-back", "pinned", "paused",
]  # fmt: skip
"""Why: three lead back, one forward, and of the others each is something that is needed."""
FOR_PERSONS: Final = frozenset(("closed", "rolled-back", "pinned", "paused"))
"""Needs that say nothing about evidence."""
ANSWERING: Final = ("canary", "live", "rampdown")
"""Stages from which the judge goes back: the new service answers, and the ERP gets every write."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan asks for. ``closed``: why nothing may go forward now, by the calendar; "" where it may."""

    plan: Plan
    gate: GateRule
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that keeps a feature where it is, in words for whoever waits for it."""

    kind: Cause
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, why, the numbers, and what is missing. ``back`` with needs is for a person to do."""

    kind: Kind
    cause: Cause
    numbers: Mapping[str, float] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()


def judge(asked: Asked, standing: Standing, evidence: Evidence, now: float) -> Verdict:
    """Return the verdict. ``now`` is in seconds since 1970."""
    share = error_share(evidence.failed)
    legacy = streak.careful(_calls(evidence.calls, "soap"), _calls(evidence.lately, "soap"))
    numbers = _numbers(asked, standing, evidence, now, share, legacy)
    if standing.stage in ANSWERING:
        calls = _calls(evidence.calls, "http").calls
        found = failing(share, calls, legacy, len(evidence.streak), evidence.opened)
        if found is not None:
            return Verdict("back", found, numbers, tuple(_missing_at_legacy(asked, standing, evidence)))
    needs = tuple(_needs(asked, standing, evidence, numbers))
    return Verdict("hold", needs[0].kind, numbers, needs) if needs else Verdict("forward", "enough", numbers)


def failing(share: ErrorShare, calls: int, legacy: float, in_a_row: int, opened: bool) -> Cause | None:
    """Return why the new service must not go on answering; None where nothing says so.

    ``calls`` of it; ``legacy``: how often the ERP fails, carefully; ``in_a_row``: different units that failed last.
    """
    if opened:
        return "breaker-open"
    if in_a_row >= streak.LEAST:
        enough = streak.enough(calls, legacy)
        if enough is not None and in_a_row >= enough:
            return "failures-in-a-row"
    return "more-failures" if share.worse() else None


def enough(verdict: Verdict) -> bool:
    """Whether the evidence is enough for the next step, whatever the calendar and people say."""
    return verdict.kind != "back" and all(each.kind in FOR_PERSONS for each in verdict.needs)


def _missing_at_legacy(asked: Asked, standing: Standing, evidence: Evidence) -> Iterator[Need]:
    """In ``rampdown`` nobody falls back, so the ERP answers what it has, which must not be old."""
    if standing.stage == "rampdown":
        yield from _copies(asked.gate, evidence)


def _needs(asked: Asked, standing: Standing, evidence: Evidence, numbers: Mapping[str, float]) -> Iterator[Need]:
    step = following(standing, asked.plan)
    if standing.stage == "legacy":
        yield Need("at-legacy", "a person begins")
        return
    if step is None:
        yield Need("no-step", "it is at the end of its plan")
        return
    yield from _differing(asked.gate, evidence, numbers)
    if numbers["log_e"] >= SUSPECT and standing.stage in ANSWERING:
        yield Need("failures", "it seems to fail more often than the ERP; that is not sure, but too much to go on")
    if copied(standing):
        yield from _copies(asked.gate, evidence)
    yield from _much(asked.gate, standing, numbers)
    if asked.closed:
        yield Need("closed", asked.closed)
    if standing.rolled_back:
        yield Need("rolled-back", f"it was rolled back ({standing.rolled_back}), so a person has to send it on")
    if numbers["pinned"]:
        yield Need("pinned", "it is pinned")
    if standing.paused:
        yield Need("paused", "it is on hold")


def _differing(gate: GateRule, evidence: Evidence, numbers: Mapping[str, float]) -> Iterator[Need]:
    counted, compared = int(numbers["mismatched"]), evidence.compared
    more = bounds.more(counted, compared, gate.mismatches, gate.sure)
    if more == 0:
        return
    if compared and counted and counted >= compared * gate.mismatches:
        text = (
            f"{counted} of {compared} answers differ ({_percent(counted / compared)}), at most "
            f"{_percent(gate.mismatches)} may: "
            "mend them, then `adapter rollout restart`"
        )
        yield Need("mismatches", text)
    elif more is None:
        yield Need("comparisons", "no number of comparisons is enough for what the plan asks for")
    else:
        yield Need("comparisons", f"{more} more comparisons without a mismatch, {_about(more, evidence.rate)}")


def _copies(gate: GateRule, evidence: Evidence) -> Iterator[Need]:
    if evidence.conflicts:
        many = "a copy waits" if evidence.conflicts == 1 else f"{evidence.conflicts} copies wait"
        yield Need("conflicts", f"{many} for a person, since the other side refused: `adapter deliveries list`")
    if evidence.lag > gate.lag:
        yield Need("lag", f"the oldest copy waits for {evidence.lag:.0f} s, {gate.lag:g} s are allowed")


def _much(gate: GateRule, standing: Standing, numbers: Mapping[str, float]) -> Iterator[Need]:
    """Yield what is too little to say anything: time, entities, and calls since the present step."""
    missing = gate.seconds - numbers["seconds"]
    if missing > 0:
        yield Need("minutes", f"{_time(missing)} more at this step")
    side = _deciding(standing)
    units, calls = int(numbers[f"units_{side}"]), int(numbers[f"stepped_{side}"])
    name = "the new service" if side == "http" else "the ERP"
    if units < gate.keys:
        yield Need("keys", f"{gate.keys - units} more different entities that {name} is asked for")
    elif calls < gate.keys:
        yield Need("calls", f"{gate.keys - calls} more calls of {name} since it came to this step")


def _numbers(
    asked: Asked, standing: Standing, evidence: Evidence, now: float, share: ErrorShare, legacy: float
) -> Mapping[str, float]:
    gate, counted = asked.gate, noise.mismatched(evidence)
    soap, http = _calls(evidence.calls, "soap"), _calls(evidence.calls, "http")
    enough = streak.enough(http.calls, legacy) or 0
    return {
        "log_e": share.log_e(), "limit": LIMIT,
        "legacy_fails": legacy, "in_a_row": len(evidence.streak), "in_a_row_enough": enough,
        "opened": int(evidence.opened),
        "calls_soap": soap.calls, "failures_soap": soap.failures,
        "calls_http": http.calls, "failures_http": http.failures,
        "units_soap": evidence.units.get("soap", 0), "units_http": evidence.units.get("http", 0),
        "stepped_soap": _calls(evidence.stepped, "soap").calls, "stepped_http": _calls(evidence.stepped, "http").calls,
        "compared": evidence.compared, "differing": evidence.mismatched, "mismatched": counted,
        "noisy": len(noise.noisy(evidence)),
        "upper": bounds.upper(counted, evidence.compared, gate.sure), "allowed": gate.mismatches, "sure": gate.sure,
        "more": _more(counted, evidence.compared, gate), "rate": evidence.rate,
        "seconds": max(0.0, now - standing.since), "seconds_needed": gate.seconds, "keys_needed": gate.keys,
        "lag": evidence.lag, "lag_allowed": gate.lag, "conflicts": evidence.conflicts,
        "pinned": int(pin_of(standing, now) is not None),
    }  # fmt: skip


def _more(counted: int, compared: int, gate: GateRule) -> int:
    """Return how many comparisons are missing; -1 where none are enough."""
    found = bounds.more(counted, compared, gate.mismatches, gate.sure)
    return -1 if found is None else found


def _deciding(standing: Standing) -> Side:
    return "http" if standing.stage in ANSWERING else "soap"


def _calls(calls: Mapping[Side, Calls], side: Side) -> Calls:
    return calls.get(side, Calls())


def _about(comparisons: int, rate: float) -> str:
    if rate <= 0:
        return "and none are made now"
    return f"about {_time(comparisons / rate)} at the present rate"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"
