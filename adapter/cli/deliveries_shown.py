"""``adapter deliveries list`` and ``show``, and what their siblings share: the project's rows, and one of them."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from adapter import keeping, settings
from adapter.built import build
from adapter.cli.command import UsageError, actor, project_of, table
from adapter.deliver import kept
from adapter.deliver.desk import Desk, Undecided
from adapter.display import json_text
from adapter.store import due
from adapter.store.writes import DELIVERING, PARKED, QUEUED, SENDING, UNKNOWN, Write
from adapter.telemetry import Telemetry
from adapter.work import Work

WAITING = (PARKED, UNKNOWN, QUEUED, DELIVERING, SENDING)
HEAD = ("ID", "STATE", "OPERATION", "TO", "MADE", "TRIED", "CAUSE")


def working(asked: Namespace) -> Work:
    """Return the background process of a project, not running: its rows, and how they are sent. It logs bugs only."""
    built = build(project_of(asked).resolve(), settings.environment())
    if not keeping.keeps(built.endpoints):
        raise UsageError("no mapping here keeps writes (`write:`)")
    return Work(built, Telemetry("ERROR", sys.stderr))


def desk_of(asked: Namespace) -> Desk:
    """Return where a person decides about the rows of a project."""
    work = working(asked)
    return Desk(work.keeping, work.deliveries.ways, work.draft)


@contextmanager
def decided() -> Iterator[None]:
    """Say to whoever typed it why nothing was decided, or shown."""
    try:
        yield
    except Undecided as error:
        raise UsageError(f"{error}; `adapter deliveries list` shows what waits") from error


def listing(asked: Namespace) -> int:
    """Print the rows that wait for something or somebody."""
    work = working(asked)
    states, before = tuple(asked.state or WAITING), time.time() - asked.older
    found = work.keeping.store.read(
        lambda connection: due.listed(connection, states, asked.operation, before, asked.most)
    )
    rows = [
        (each.id, each.state, each.operation, to(each), when(each.created), str(each.attempts), each.cause)
        for each in found
    ]
    print(table([HEAD, *rows]))
    return 0


def show(asked: Namespace) -> int:
    """Print one row, opened. Who looked is in the audit."""
    desk = desk_of(asked)
    with decided():
        row = desk.row(asked.id)
        request = desk.shown(row, actor())
    lines: list[tuple[str, ...]] = [
        ("state", row.state), ("operation", row.operation), ("to", to(row)), ("caller", row.caller),
        ("made", when(row.created)),
        ("changed", when(row.changed)), ("tried", str(row.attempts)), ("promised", "yes" if row.promised else "no"),
        ("due", when(row.due) if row.due else "-"), ("cause", row.cause or "-"),
    ]  # fmt: skip
    print(table(lines))
    parameters = [*request.path.items(), *request.query]
    print(f"\n{request.method} {' '.join(f'{name}={text}' for name, text in parameters)}".rstrip())
    if request.body:
        print(json_text(request.body))
    if row.answer:
        answer = kept.response(desk.keeping.open(row, "answer"), {})
        print(f"\nanswered {answer.status}")
        assert isinstance(answer.body, bytes)
        print(json_text(answer.body))
    return 0


def to(row: Write) -> str:
    """Return the side that a row goes to, and whether it is a copy, as people read it."""
    return f"{row.target} copy" if row.copy else row.target


def when(seconds: float) -> str:
    """Return a time as people read it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(" ", "seconds").removesuffix("+00:00")
