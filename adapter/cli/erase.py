"""``adapter erase``: one subject's data, everywhere, for good."""

from __future__ import annotations

import importlib
import time
from argparse import Namespace
from typing import Any

from adapter import settings
from adapter.cli.command import Command, actor, argument, durable_of, project_of, say
from adapter.durable import Durable
from adapter.errors import VaultError
from adapter.shared import open_shared
from adapter.shared.entries import EVERYTHING


def run(asked: Namespace) -> int:
    """Erase a subject, or hold it."""
    durable = durable_of(asked)
    if asked.hold or asked.release:
        return _hold(durable, asked.subject, asked.hold)
    subject = durable.vault.subject(asked.subject)
    try:
        erased = durable.vault.erase(subject)
    except VaultError as error:
        if error.kind != "held":
            raise
        say(f"adapter: not erased, since it is held: {error.cause}")
        say(f"`adapter erase {asked.subject} --release` lets it be erased again.")
        return 1
    writes = importlib.import_module("adapter.store.writes")
    rows: dict[str, int] = durable.store.read(lambda connection: writes.of_subject(connection, subject))
    examples = importlib.import_module("adapter.store.examples")
    shown: int = durable.store.run(lambda connection: examples.erase(connection, subject))
    said: dict[str, Any] = {
        "key": erased.had_key,
        "files": erased.clean,
        "rows": rows,
        **({"examples": shown} if shown else {}),
    }
    number = _certified(durable, "subject.erased", subject, **said)
    print(f"erased: {subject} (a pseudonym), entry {number} of the audit")
    _forgotten(asked)
    if shown:
        print(f"Examples of differences between both sides (rollout) that were deleted: {shown}.")
    if not erased.had_key:
        print("Nothing was sealed for it, or it was erased before.")
    if waiting := {state: count for state, count in rows.items() if state in writes.BEFORE}:
        told = ", ".join(f"{count} {state}" for state, count in waiting.items())
        print(f"Writes of it that were not done yet, and that cannot be sent any more: {told}.")
    if not erased.clean:
        print("The deleted key is in files of the database until the server or a reader lets go of them.")
    return 0


def _forgotten(asked: Namespace) -> None:
    """Have all workers drop the answers that they keep: nobody knows in which of them the subject stands."""
    shared = open_shared(settings.read(project_of(asked), settings.environment()).shared)
    if shared is not None and shared.entries.drop((EVERYTHING,)):
        print("Answers of reads that workers keep (cache:) are not given any more.")
        return
    why = "ADAPTER_SHARED is not set" if shared is None else "Valkey does not answer"
    print(f"{why}: answers of reads (cache:) stay in the memory of workers until their time is over. `adapter reload`")
    print("ends them now, if a mapping has any.")


def _hold(durable: Durable, text: str, why: str) -> int:
    subject = durable.vault.subject(text)
    if not durable.vault.hold(subject, why):
        say("adapter: nothing is sealed for this subject, so there is nothing to hold")
        return 1
    number = _certified(durable, "subject.held" if why else "subject.released", subject)
    print(f"{'held' if why else 'released'}: {subject} (a pseudonym), entry {number} of the audit")
    return 0


def _certified(durable: Durable, action: str, subject: str, **details: Any) -> int:
    """Write what was done into the audit, and return the number of the entry."""
    audit = importlib.import_module("adapter.store.audit")
    by, now = actor(), time.time()
    entry = durable.store.run(lambda connection: audit.append(connection, now, by, action, subject, **details))
    number: int = entry.sequence
    return number


COMMAND = Command(
    "erase",
    help="make all that is kept of a data subject unreadable, for good",
    run=run,
    example="erase C-1004711",
    doc="Deletes the key that everything of the subject is sealed with: bodies, answers and dead letters, in the store "
    "and in every copy of it. The audit keeps a certificate.",
    arguments=(
        argument("subject", metavar="SUBJECT", help="as mappings name it with subject: (a customer's number)"),
        argument("--hold", metavar="WHY", default="", help="do not erase, but keep it from being erased (legal hold)"),
        argument("--release", action="store_true", help="let it be erased again"),
    ),
)
