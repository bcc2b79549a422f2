"""``adapter rollout mismatches``: what both sides differ in, by group, and examples."""

from __future__ import annotations

import json
from argparse import Namespace

from adapter import settings
from adapter.built import build
from adapter.cli.command import UsageError, project_of, table
from adapter.cli.rollout_shown import when
from adapter.durable import Durable
from adapter.moving import examples
from adapter.moving.examples import Shown
from adapter.moving.features import features, named
from adapter.store import rollouts

HEAD = ("GROUP", "OPERATION", "POINTER", "KIND", "COUNT", "LAST", "EXAMPLES")


def mismatches(asked: Namespace) -> int:
    """Print the groups of a feature's run, or the examples of one group."""
    built = build(project_of(asked).resolve(), settings.environment())
    known = features(built.endpoints)
    if not known:
        raise UsageError("no mapping here moves to a new service (`rollout:`)")
    feature = named(known, asked.feature).name
    durable = Durable(built.settings, built.project)
    standing = durable.store.read(lambda connection: rollouts.of(connection, feature))
    run = standing.run if asked.since is None else asked.since
    if asked.examples:
        return _examples(durable, feature, run, asked.examples)
    found = durable.store.read(lambda connection: examples.groups(connection, feature, run))
    if not found:
        print(f"Nothing was seen to differ since epoch {run}.")
        return 0
    rows = [
        (g.fingerprint, g.operation, g.pointer or "-", g.kind, str(g.count), when(g.last), str(g.examples))
        for g in found
    ]
    print(table([HEAD, *rows]))
    return 0


def _examples(durable: Durable, feature: str, run: int, group: str) -> int:
    found = examples.shown(durable.store, durable.vault, feature, run, group)
    for each in found:
        print(_text(each))
    if not found:
        print(f"There are no examples of {group} since epoch {run}.")
    return 0


def _text(shown: Shown) -> str:
    if shown.why:
        return f"{when(shown.time)}: cannot be shown: {shown.why}"
    return f"{when(shown.time)}:\n{json.dumps(shown.document, indent=2, ensure_ascii=False)}"
