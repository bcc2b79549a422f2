"""Checks the audit: each entry is the one that was appended, in its place, and all of them are there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adapter.store.audit import START, Entry, Head
from adapter.vault.checkpoints import Checkpoint, Forged, read
from adapter.vault.keyring import Keyring

_MOST = 20


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. ``wrong`` says each thing that is not as it was written, in the order of the entries."""

    count: int
    believed: int
    wrong: tuple[str, ...]


def check(entries: Iterable[Entry], head: Head, ring: Keyring, checkpoints: Iterable[str]) -> Checked:
    """Follow the chain from its first entry, and hold it against its head and against signed checkpoints.

    Entries behind the last checkpoint that are cut off together with the head leave no trace: that is what copies of
    checkpoints elsewhere are for.
    """
    wrong: list[str] = []
    believed = _believed(ring, checkpoints, wrong)
    asked = {each.count for each in believed}
    hashes = {0: START.hex()}
    last, before = 0, START
    for entry in entries:
        if entry.sequence != last + 1:
            wrong.append(f"entries {last + 1} to {entry.sequence - 1} are missing")
        elif entry.computed(before) != entry.hash:
            wrong.append(f"entry {entry.sequence} is not what was written there: it was changed or moved")
        last, before = entry.sequence, entry.hash
        if last in asked:
            hashes[last] = before.hex()
    if head != Head(last, before):
        wrong.append(f"{head.sequence} entries were written, and the last one that is there is {last}")
    wrong += _against(believed, hashes, last)
    return Checked(last, len(believed), tuple(wrong[:_MOST]))


def _believed(ring: Keyring, checkpoints: Iterable[str], wrong: list[str]) -> list[Checkpoint]:
    believed = []
    for number, text in enumerate(checkpoints, 1):
        try:
            believed.append(read(ring, text))
        except Forged as error:
            wrong.append(f"checkpoint {number} is not believed: {error}")
    return believed


def _against(believed: list[Checkpoint], hashes: dict[int, str], last: int) -> list[str]:
    wrong = []
    for each in believed:
        if each.count > last:
            wrong.append(
                f"there were {each.count} entries at a checkpoint, and now there are {last}: the end is cut off"
            )
        elif hashes.get(each.count) != each.hash:
            wrong.append(f"up to entry {each.count} this is not the chain that was signed: it was written anew")
    return wrong
