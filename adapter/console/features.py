"""A feature as its pages show it: the way it goes, what hangs over it, and what may be done with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from adapter.console import plots, words
from adapter.console.looking import Card
from adapter.moving.follow import Snapshot
from adapter.moving.looking import Seen
from adapter.rollout.evidence import Calls
from adapter.rollout.rules import WHOLE, Step
from adapter.rollout.stages import Standing, no_dry_runs

_NEW = ("live", "rampdown", "complete")


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the way: ``at`` is done, here or ahead."""

    name: str
    at: str


@dataclass(frozen=True, slots=True)
class Banner:
    """What hangs over a feature: ``tone`` is bad, warn or calm."""

    tone: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the reads the new service answers."""

    bar: Markup
    short: str


@dataclass(frozen=True, slots=True)
class Health:
    """How a side did in the last hour, in words; ``bad`` where it fails clearly more often than the other."""

    side: str
    calls: str
    failed: str
    bad: bool


def step_of(standing: Standing) -> Step:
    """Return the step that a feature stands at."""
    return Step(standing.stage, standing.share)


def way(seen: Seen) -> tuple[Stop, ...]:
    """Return the stops of a plan, from legacy on; among them where it stands, though the plan has that no more."""
    here = step_of(seen.standing)
    steps = [Step("legacy"), *seen.feature.plan.steps]
    if here not in steps:
        steps.insert(seen.standing.step + 1, here)
    at = steps.index(here)
    return tuple(
        Stop(_named(step), "done" if place < at else "here" if place == at else "ahead")
        for place, step in enumerate(steps)
    )


def _named(step: Step) -> str:
    return f"canary {step.share / 100:g}\u00a0%" if step.stage == "canary" else str(step)


def stage(standing: Standing) -> str:
    """Return the name of the stage that a feature stands at."""
    return _named(step_of(standing))


def step(found: Step | None) -> str:
    """Return the name of a step, "" for none."""
    return _named(found) if found is not None else ""


def share(standing: Standing) -> Share:
    """Return how much the new service answers."""
    part = standing.share / WHOLE if standing.stage == "canary" else float(standing.stage in _NEW)
    return Share(plots.meter(part, "http"), f"{100 * part:g}\u00a0%")


def banners(card: Card, snapshot: Snapshot, now: float) -> Iterator[Banner]:
    """Yield what an operator has to know before he does anything."""
    seen = card.seen
    standing, pin = seen.standing, seen.standing.pinned
    if snapshot.braked(standing.feature) and standing.stage not in ("rampdown", "complete"):
        yield Banner("bad", "The brake is pulled", "Reads go to the ERP, whatever stands here, until the file is gone.")
    if standing.rolled_back:
        yield Banner("bad", "Rolled back", f"{standing.rolled_back} A person has to send it on.")
    if no_dry_runs(standing):
        text = f"{standing.dry_runs_off}. Let the service honour them, then restart the evidence."
        yield Banner("warn", "Dry runs are off", text)
    yield from _copies(card)
    if pin is not None:
        until = f" until {words.moment(pin.until)} UTC" if pin.until else ""
        yield Banner("warn", f"Pinned{until}", f"{pin.actor}: {pin.reason}")
    if standing.paused:
        yield Banner("warn", "On hold", "The judge changes nothing until it is resumed.")
    if seen.closed is not None and seen.next is not None:
        yield Banner("calm", "Not at this time", f"Nothing goes forward now: {seen.closed.words}.")
    quiet = _quiet(seen, now)
    if quiet:
        yield Banner("calm", "Lines can go", quiet)


def _copies(card: Card) -> Iterator[Banner]:
    """Yield how far the other side is behind, where that is too far."""
    behind, most = card.behind, card.seen.feature.rule.gate.lag
    if behind.conflicts:
        many = "One copy waits" if behind.conflicts == 1 else f"{words.count(behind.conflicts)} copies wait"
        yield Banner("bad", "Conflicts", f"{many} for a person, since the other side refused: see the deliveries.")
    if behind.lag > most:
        said = f"The oldest copy waits for {words.span(behind.lag)}; {words.span(most)} are allowed."
        yield Banner("bad", "Copies are late", said)


def _quiet(seen: Seen, now: float) -> str:
    """Return that the ERP is not needed any more, once it was not for as long as the plan says."""
    days = seen.feature.rule.retire
    if seen.standing.stage != "complete" or now - seen.standing.since < days * words.DAY:
        return ""
    since = words.span(now - seen.standing.since)
    return f"Complete for {since}; `adapter rollout list` names the lines of the mapping."


def health(seen: Seen) -> tuple[Health, ...]:
    """Return how both sides did in the last hour."""
    soap, http = seen.calls.get("soap", Calls()), seen.calls.get("http", Calls())
    bad = http.failures > 0 and _share(http) > 2 * _share(soap) + 0.005
    return _health("ERP", soap, bad=False), _health("new service", http, bad=bad)


def _share(calls: Calls) -> float:
    return calls.failures / calls.calls if calls.calls else 0.0


def _health(side: str, calls: Calls, *, bad: bool) -> Health:
    failed = f"{words.percent(_share(calls))} failed" if calls.calls else "not called"
    return Health(side, words.count(calls.calls), failed, bad)


def announced(cards: tuple[Card, ...]) -> str:
    """Return where all features stand in a few words, for who hears and does not see what changes."""
    return "; ".join(f"{each.seen.standing.feature}: {_said(each.seen.standing)}" for each in cards)


def _said(standing: Standing) -> str:
    flags = {"rolled back": standing.rolled_back, "pinned": standing.pinned, "on hold": standing.paused}
    return ", ".join([stage(standing), *(word for word, so in flags.items() if so)])
