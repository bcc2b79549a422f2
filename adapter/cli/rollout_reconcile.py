"""``adapter rollout reconcile``: where both sides of a feature differ though nothing is on its way, and mending it."""

from __future__ import annotations

import time
from argparse import Namespace
from collections import Counter

from adapter.cli.command import UsageError, actor, say, table
from adapter.cli.deliveries_shown import working
from adapter.moving.reconcile import Reconciler, looked
from adapter.store import audit
from adapter.work import Work

HEAD = ("ENTITY", "WHAT", "WHERE", "OUTCOME")
MOST = 100_000
_WORDS = {
    "value": "differs",
    "missing": "not at the other side",
    "extra": "at the other side alone",
}


def reconcile(asked: Namespace) -> int:
    """Print what differs; with ``--repair`` let `adapter work` mend it. Status 1 where something is left so."""
    work = working(asked)
    reconciler = _of(work, asked.feature)
    try:
        ids = reconciler.everything() if asked.all else iter(reconciler.recent(time.time() - asked.since, MOST))
        found = [each for each in looked(reconciler, ids, mend=asked.repair) if each.outcome != "same"]
    except LookupError as error:
        raise UsageError(f"{error}; without --all it looks at what was written lately") from error
    finally:
        work.keeping.store.close()
    told = [
        (each.id, _WORDS[each.drift.kind], " ".join(each.drift.pointers) or "-", each.outcome)
        for each in found
        if each.drift is not None
    ]
    many = Counter(each.outcome for each in found)
    if told:
        print(table([HEAD, *told]))
    if many["repaired"]:
        now, by = time.time(), actor()
        work.keeping.store.run(
            lambda connection: audit.append(
                connection, now, by, "rollout.repaired", asked.feature, entities=many["repaired"]
            )
        )
    say(f"{len(told)} differ, {many['repaired']} of them are mended by `adapter work`; {many['busy']} are busy")
    return 1 if many["drift"] or many["unrepaired"] else 0


def _of(work: Work, feature: str) -> Reconciler:
    found = work.reconcilers.get(feature)
    if found is None:
        there = ", ".join(sorted(work.reconcilers)) or "none"
        raise UsageError(f"{feature} cannot be reconciled: it is no feature, or has no 'read' that moves ({there} can)")
    return found
