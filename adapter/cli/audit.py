"""``adapter audit``: what was done, and whether the log of it is whole."""

from __future__ import annotations

import importlib
import time
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from adapter.cli.command import Command, argument, durable_of, say, table

HEAD = ("ENTRY", "TIME", "ACTOR", "ACTION", "ABOUT", "DETAILS")


def listing(asked: Namespace) -> int:
    """Print the last entries."""
    audit = importlib.import_module("adapter.store.audit")
    entries = durable_of(asked).store.read(lambda connection: audit.latest(connection, asked.last))
    rows = [
        (str(each.sequence), _when(each.time), each.actor, each.action, each.about, each.details) for each in entries
    ]
    print(table([HEAD, *rows]))
    return 0


def checkpoint(asked: Namespace) -> int:
    """Sign where the log has got to, keep that, and print it."""
    durable = durable_of(asked)
    audit, signing = map(importlib.import_module, ("adapter.store.audit", "adapter.vault.checkpoints"))
    ring, now = durable.keyring, time.time()
    head = durable.store.read(audit.head)
    text: str = signing.signed(ring, head, now)
    durable.store.run(lambda connection: audit.keep_checkpoint(connection, head.sequence, text))
    print(text)
    return 0


def verify(asked: Namespace) -> int:
    """Check the log against itself, its checkpoints, and those in files."""
    durable = durable_of(asked)
    audit, chain = map(importlib.import_module, ("adapter.store.audit", "adapter.vault.chain"))
    exported = [line for name in asked.files for line in Path(name).read_text("utf-8").splitlines() if line.strip()]
    ring = durable.keyring
    found = durable.store.read(
        lambda connection: chain.check(
            audit.entries(connection), audit.head(connection), ring, [*audit.checkpoints(connection), *exported]
        )
    )
    for each in found.wrong:
        say(each)
    print(f"{found.count} entries, {found.believed} checkpoints: {'NOT whole' if found.wrong else 'whole'}")
    return 1 if found.wrong else 0


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(" ", "seconds")


COMMAND = Command(
    "audit",
    help="the log of what was done to keys, writes and subjects",
    parts=(
        Command(
            "list",
            help="print the last entries",
            run=listing,
            example="audit list --last 50",
            arguments=(argument("--last", metavar="N", type=int, default=20, help="how many (default: 20)"),),
        ),
        Command(
            "checkpoint",
            help="sign where the log has got to",
            run=checkpoint,
            example="audit checkpoint",
            doc="Prints one line. Keep it where whoever can change the database cannot write: only such a line shows "
            "that the end of the log was cut off, or that all of it was written anew.",
        ),
        Command(
            "verify",
            help="check that no entry was changed, removed, moved or added behind the log's back",
            run=verify,
            example="audit verify /elsewhere/checkpoints",
            arguments=(
                argument("files", metavar="FILE", nargs="*", help="checkpoints that were printed, one on each line"),
            ),
        ),
    ),
)
