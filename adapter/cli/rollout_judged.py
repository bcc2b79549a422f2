"""``adapter rollout explain``: what the judge says of a feature, and from what numbers; judged again to the bit."""

from __future__ import annotations

import json
import time
from argparse import Namespace
from dataclasses import asdict
from typing import Final

from adapter import settings
from adapter.built import build
from adapter.cli.command import UsageError, project_of, table
from adapter.cli.rollout_shown import when
from adapter.durable import Durable
from adapter.moving.features import Feature, features
from adapter.moving.judged import judged
from adapter.rollout.rules import Step
from adapter.rollout.stages import no_dry_runs
from adapter.rollout.verdict import Record, Replay, replay, written
from adapter.store import Connection, rollouts, verdicts
from adapter.store.verdicts import Kept

_ROWS: Final = (
    ("E, that it fails more often", "{e} (back at {limit}, no further from 10)"),
    ("failures of entities", "{failed}"),
    ("different entities in a row", "{in_a_row:g} (back at {in_a_row_enough:g}; 0: at none)"),
    ("breaker open", "{opened:g}"),
    ("the ERP fails, at most", "{legacy_fails:.3%}"),
    ("calls of the ERP", "{calls_soap:g}, {failures_soap:g} failed, {units_soap:g} entities"),
    ("calls of the new service", "{calls_http:g}, {failures_http:g} failed, {units_http:g} entities"),
    ("compared", "{compared:g}, {differing:g} differ, {mismatched:g} count ({noisy:g} places are noise)"),
    ("mismatches, at most", "{upper:.3%} ({allowed:.3%} are allowed, {sure:.0%} sure)"),
    ("comparisons missing", "{more:g} at {rate:.2f} in a second"),
    ("seconds at this step", "{seconds:.0f} of {seconds_needed:g}"),
    ("oldest copy, seconds", "{lag:.0f} ({lag_allowed:g} are allowed), {conflicts:g} refused"),
)


def explain(asked: Namespace) -> int:
    """Print a stored verdict, judged again; or what the judge says of a feature now."""
    built = build(project_of(asked).resolve(), settings.environment())
    found, store = features(built.endpoints), Durable(built.settings, built.project).store
    kept = store.read(lambda connection: _kept(connection, asked.what))
    if kept is None:
        feature = found.get(asked.what)
        if feature is None:
            there = ", ".join(sorted(found)) or "none"
            raise UsageError(f"there is no feature and no verdict {asked.what}; features are: {there}")
        text = written(store.read(lambda connection: _now(connection, feature)))
        return _shown(asked, "as of now, not kept", replay(text))
    try:
        return _shown(asked, kept.id, replay(kept.numbers))
    except ValueError as error:
        raise UsageError(f"{kept.id} cannot be judged again: {error}") from error


def _kept(connection: Connection, what: str) -> Kept | None:
    """Return a verdict by its id, or the last one of a feature as it stands."""
    found = verdicts.by_id(connection, what)
    if found is None:
        found = verdicts.latest(connection, what)
        if found is not None and found.epoch != rollouts.of(connection, what).epoch:
            return None
    return found


def _now(connection: Connection, feature: Feature) -> Record:
    return judged(connection, feature, rollouts.of(connection, feature.name), time.time())


def _shown(asked: Namespace, id: str, again: Replay) -> int:
    record = again.record
    if asked.json:
        print(json.dumps({"id": id, "same": again.same, "again": asdict(again.again), **json.loads(written(record))}))
    else:
        print("\n".join(_lines(id, again)))
    return 0 if again.same else 1


def _lines(id: str, again: Replay) -> list[str]:
    record, standing = again.record, again.record.standing
    verdict = record.verdict
    head = [
        ("verdict", id),
        ("feature", f"{standing.feature}, {Step(standing.stage, standing.share)} at epoch {standing.epoch}"),
        ("made", when(record.now)),
        ("says", f"{verdict.kind}: {verdict.cause}"),
        *(("needs", need.words) for need in verdict.needs),
        *([("dry runs", f"off: {standing.dry_runs_off}")] if no_dry_runs(standing) else []),
    ]
    numbers = {**verdict.numbers, **_told(record)}
    rows = [(name, text.format(**numbers)) for name, text in _ROWS]
    same = "the same, to the bit" if again.same else f"NOT THE SAME: {again.again.kind}, {again.again.cause}"
    return [table([*head, *rows, ("judged again", same)])]


def _told(record: Record) -> dict[str, str]:
    """Return what reads better than a number."""
    numbers = record.verdict.numbers
    failed = [
        f"{each.units} at {'the new service' if each.side == 'http' else 'the ERP'} while it had {each.share / 100:g} %"
        + (f" (known: not in {each.known / 100:g} %)" if each.known else "")
        for each in record.evidence.failed
    ]
    return {
        "e": _e(numbers["log_e"]), "limit": _e(numbers["limit"]), "failed": "; ".join(failed) or "none",
    }  # fmt: skip


def _e(log: float) -> str:
    """Return a number by its natural logarithm, which may be far too large for a float."""
    tens = log / 2.302585092994046
    return f"{10**tens:.3g}" if -5 < tens < 15 else f"10^{tens:.0f}"
