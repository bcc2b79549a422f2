"""``adapter store``: the secret, its rotation, and a backup."""

from __future__ import annotations

import importlib
import time
from argparse import Namespace
from pathlib import Path

from adapter.cli.command import Command, UsageError, actor, argument, durable_of, say

BACKUP_SECONDS = 3600


def key(asked: Namespace) -> int:
    """Print a new secret."""
    print(importlib.import_module("adapter.vault").new_secret())
    return 0


def rotate(asked: Namespace) -> int:
    """Wrap all keys anew with the first secret."""
    durable = durable_of(asked)
    count = durable.vault.rotate()
    current = durable.keyring.current.id
    audit = importlib.import_module("adapter.store.audit")
    by, now = actor(), time.time()
    durable.store.run(lambda connection: audit.append(connection, now, by, "store.rotated", current, keys=count))
    print(f"{count} keys are now under the secret {current}; the others in ADAPTER_STORE_KEY can be taken out.")
    return 0


def backup(asked: Namespace) -> int:
    """Copy the store into a new file."""
    target = Path(asked.file)
    if target.exists():
        raise UsageError(f"{target} is there already; name a new file")
    durable_of(asked).store.copy(target, time.monotonic() + BACKUP_SECONDS)
    say(f"{target} holds the store. The keys of subjects are not in it: without them its bodies cannot be read.")
    return 0


COMMAND = Command(
    "store",
    help="the database of writes, API keys and the audit",
    parts=(
        Command(
            "key",
            help="print a new secret for ADAPTER_STORE_KEY",
            run=key,
            example="store key",
            in_project=False,
        ),
        Command(
            "rotate",
            help="protect all keys with the first secret of ADAPTER_STORE_KEY",
            run=rotate,
            example="store rotate",
            doc="Put a new secret in front of the old one, restart, run this, take the old one out. What is sealed is "
            "not touched, only the keys that it is sealed with.",
        ),
        Command(
            "backup",
            help="copy the database into a new file while it is used",
            run=backup,
            example="store backup /backup/adapter-monday.db",
            doc="For SQLite; PostgreSQL has pg_dump. Never back up the database of subjects together with it.",
            arguments=(argument("file", metavar="FILE", help="the new file"),),
        ),
    ),
)
