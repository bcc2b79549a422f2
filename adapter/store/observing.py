"""The tables of what is seen while features move (``store.observed`` writes and reads them).

``run`` is the epoch at which a feature's evidence began. Counts are added to; a batch of a worker is one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BigInteger, Column, Double, Index, Integer, LargeBinary, MetaData, Table, Text


def _of_run() -> tuple[Column[str], Column[int]]:
    return Column("feature", Text, primary_key=True), Column("run", BigInteger, primary_key=True, autoincrement=False)


def tables(store: MetaData) -> dict[str, Table]:
    """Add the tables to those of the store, and return them by their names."""
    return {each.name: each for made in (_calls, _comparisons, _noise, _decisions) for each in made(store)}


def _calls(store: MetaData) -> Iterator[Table]:
    """Yield what calls became."""
    # Calls that counted: by minute, side, how they ended (ok, failed) and the bound in ms that they stayed below.
    yield Table(
        "rollout_calls",
        store,
        *_of_run(),
        Column("operation", Text, primary_key=True),
        Column("side", Text, primary_key=True),
        Column("minute", BigInteger, primary_key=True, autoincrement=False),
        Column("outcome", Text, primary_key=True),
        Column("bound", Integer, primary_key=True, autoincrement=False),
        Column("calls", BigInteger, nullable=False),
    )
    yield Table(
        "rollout_units",
        store,
        *_of_run(),
        Column("unit", Text, primary_key=True),
        Column("side", Text, primary_key=True),
    )
    yield Table(
        "rollout_firsts",
        store,
        *_of_run(),
        Column("unit", Text, primary_key=True),
        Column("share", Integer, primary_key=True, autoincrement=False),
        Column("side", Text, nullable=False),
        Column("time", Double, nullable=False),
    )
    # Of each process: when the new service last answered well, and the failures since, as [[time, unit], …].
    yield Table(
        "rollout_streaks",
        store,
        *_of_run(),
        Column("process", Text, primary_key=True),
        Column("succeeded", Double, nullable=False),
        Column("failed", Text, nullable=False),
        Column("opened", Double, nullable=False),
    )


def _comparisons(store: MetaData) -> Iterator[Table]:
    """Yield what comparisons found."""
    yield Table(
        "rollout_compared",
        store,
        *_of_run(),
        Column("operation", Text, primary_key=True),
        Column("minute", BigInteger, primary_key=True, autoincrement=False),
        Column("compared", BigInteger, nullable=False),
        Column("mismatched", BigInteger, nullable=False),
        Column("dropped", BigInteger, nullable=False),
    )
    # Groups of differences. ``pointer`` has * for items of arrays.
    yield Table(
        "rollout_mismatches",
        store,
        *_of_run(),
        Column("fingerprint", Text, primary_key=True),
        Column("operation", Text, nullable=False),
        Column("pointer", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("count", BigInteger, nullable=False),
        Column("first", Double, nullable=False),
        Column("last", Double, nullable=False),
    )
    # At most 20 of each group, sealed with the key of whose data it is.
    yield Table(
        "rollout_examples",
        store,
        *_of_run(),
        Column("fingerprint", Text, primary_key=True),
        Column("slot", Integer, primary_key=True, autoincrement=False),
        Column("time", Double, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )


def _noise(store: MetaData) -> Iterator[Table]:
    """Yield what differs by itself."""
    yield Table(
        "rollout_noise",
        store,
        *_of_run(),
        Column("operation", Text, primary_key=True),
        Column("pointer", Text, primary_key=True),
        Column("pairs", BigInteger, nullable=False),
        Column("candidate", BigInteger, nullable=False),
        Column("legacy", BigInteger, nullable=False),
    )


def _decisions(store: MetaData) -> Iterator[Table]:
    """Yield what was decided, and who agreed."""
    yield Table(
        "rollout_verdicts",
        store,
        Column("id", Text, primary_key=True),
        Column("feature", Text, nullable=False),
        Column("epoch", BigInteger, nullable=False),
        Column("time", Double, nullable=False),
        Column("kind", Text, nullable=False),
        Column("cause", Text, nullable=False),
        Column("numbers", Text, nullable=False),  # all that it came from, as JSON
        Index("rollout_verdicts_feature", "feature", "time"),
    )
    # Who agrees to a step that needs two.
    yield Table(
        "rollout_approvals",
        store,
        Column("feature", Text, primary_key=True),
        Column("epoch", BigInteger, primary_key=True, autoincrement=False),
        Column("action", Text, primary_key=True),
        Column("actor", Text, primary_key=True),
        Column("reason", Text, nullable=False),
        Column("time", Double, nullable=False),
    )
