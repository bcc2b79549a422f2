"""``adapter rollout list`` and ``show``, and what their siblings share: what moves the features of a project."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import UTC, datetime

from adapter import operating, settings
from adapter.built import Built, build
from adapter.cli.command import UsageError, project_of, say, table
from adapter.cli.rollout_retire import due
from adapter.durable import Durable
from adapter.moving.acting import Acting
from adapter.moving.features import features
from adapter.moving.follow import pulled, stopped
from adapter.moving.looking import Seen
from adapter.rollout.evidence import Calls
from adapter.rollout.rules import Step
from adapter.rollout.stages import Standing, no_dry_runs
from adapter.store.audit import Entry

HEAD = ("FEATURE", "STAGE", "SINCE", "EPOCH", "SOAP", "HTTP", "NEXT", "FLAGS")


def acting_of(asked: Namespace) -> Acting:
    """Return what moves the features of a project. Raise UsageError where it has none."""
    built = _built(asked)
    return operating.acting(built.endpoints, Durable(built.settings, built.project))


def _built(asked: Namespace) -> Built:
    built = build(project_of(asked).resolve(), settings.environment())
    if not features(built.endpoints):
        raise UsageError("no mapping here moves to a new service (`rollout:`)")
    return built


def listing(asked: Namespace) -> int:
    """Print one line for each feature."""
    built = _built(asked)
    acting, brake = operating.acting(built.endpoints, Durable(built.settings, built.project)), _brake_of(built)
    seen = acting.list()
    print(table([HEAD, *(_row(each, brake) for each in seen)]))
    for line in due(built, [each.standing for each in seen]):
        print(line)
    if unknown := (brake or frozenset()) - acting.features.keys():
        say(f"the brake names what is no feature, which stops nothing: {', '.join(sorted(unknown))}")
    return 0


def show(asked: Namespace) -> int:
    """Print one feature, what is next, and what was done with it."""
    seen = acting_of(asked).show(asked.feature)
    standing, rule = seen.standing, seen.feature.rule
    pin, history = standing.pinned, [_entry(each) for each in seen.history]
    until = f" until {when(pin.until)}" if pin is not None and pin.until else ""
    lines: list[tuple[str, ...]] = [
        ("feature", standing.feature),
        ("operations", ", ".join(seen.feature.operations)),
        ("stage", str(Step(standing.stage, standing.share))),
        ("since", when(standing.since)),
        ("epoch", str(standing.epoch)),
        ("evidence", f"since epoch {standing.run}" if standing.run else "-"),
        ("moved by", f"{standing.actor}: {standing.reason}" if standing.actor else "-"),
        ("plan", ", ".join(map(str, rule.steps))),
        ("next", _next(seen)),
        ("judge", f"{rule.judge}{', paused' if standing.paused else ''}"),
        ("pinned", f"by {pin.actor}{until}: {pin.reason}" if pin is not None else "-"),
        ("rolled back", standing.rolled_back or "-"),
        ("writes at shadow", _writes(seen)),
        ("verdict", standing.verdict or "-"),
        ("approved", "; ".join(f"{each.action}, by {each.actor}" for each in seen.approved) or "-"),
        ("calls in an hour", f"soap {_calls(seen, 'soap')}, http {_calls(seen, 'http')}"),
    ]
    print(table(lines))
    if history:
        print(f"\n{table(history)}")
    return 0


def _brake_of(built: Built) -> frozenset[str] | None:
    return pulled(built.project / built.settings.brake)


def _row(seen: Seen, brake: frozenset[str] | None) -> tuple[str, ...]:
    standing = seen.standing
    said = flags(standing) + (["brake"] if stopped(brake, standing.feature) else [])
    return (
        standing.feature, str(Step(standing.stage, standing.share)), when(standing.since), str(standing.epoch),
        _calls(seen, "soap"), _calls(seen, "http"), _next(seen), ", ".join(said) or "-",
    )  # fmt: skip


def flags(standing: Standing) -> list[str]:
    """Return the words for what stands beside the stage of a feature."""
    said = {
        "paused": standing.paused,
        "pinned": standing.pinned is not None,
        "rolled back": standing.rolled_back,
        "dry runs off": no_dry_runs(standing),
    }
    return [word for word, so in said.items() if so]


def _writes(seen: Seen) -> str:
    """Return what is done with writes at shadow, and why it is not."""
    why = seen.standing.dry_runs_off if no_dry_runs(seen.standing) else ""
    return f"{seen.feature.rule.beside.writes}{', off: ' if why else ''}{why}"


def _next(seen: Seen) -> str:
    if seen.next is None:
        return "-"
    notes = [*(["two persons"] if seen.two else []), *([seen.closed.words] if seen.closed is not None else [])]
    return f"{seen.next} ({'; '.join(notes)})" if notes else str(seen.next)


def _calls(seen: Seen, side: str) -> str:
    found = {str(each): calls for each, calls in seen.calls.items()}.get(side, Calls())
    return f"{found.calls}, {found.failures} failed" if found.failures else str(found.calls)


def _entry(entry: Entry) -> tuple[str, ...]:
    told = json.loads(entry.details)
    way = f"{told['from']} -> {told['to']}" if "from" in told else str(told.get("approved", ""))
    return when(entry.time), entry.actor, entry.action.removeprefix("rollout."), way, str(told.get("reason", ""))


def when(seconds: float) -> str:
    """Return a time as people read it, in UTC."""
    if not seconds:
        return "-"
    return datetime.fromtimestamp(seconds, UTC).isoformat(" ", "seconds").removesuffix("+00:00")
