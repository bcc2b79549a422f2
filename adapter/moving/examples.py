"""Examples of differences: at most 20 of each group, all values hidden but those that the mapping shows, and sealed.

Rule 1: what is kept of an answer is sealed for whose data it is, so that erasing him erases it (``adapter erase``).
Rule 2: where nobody can say whose it is (a list), nothing is shown, whatever the mapping shows.
Rule 3: of all that a process sees each has the same chance to be kept (reservoir, Vitter 1985); workers share places.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapter.deliver.made import whose
from adapter.errors import StoreUnavailable, VaultError
from adapter.mapping.agreement.compared import known
from adapter.mapping.agreement.rollouts import key_of
from adapter.mapping.bound import Endpoint
from adapter.moving.beside import Example
from adapter.rollout.compare import Answered
from adapter.rollout.differences import Difference
from adapter.rollout.hiding import Hiding
from adapter.store import Connection, Store, examples
from adapter.store.examples import Group, Kept
from adapter.strict_json import encode
from adapter.vault import Subject, Vault

FEW: Final = 20
"""Examples of one group."""
GROUPS: Final = 1000
"""Groups of one run that a process keeps examples of."""
KEEP: Final = 30 * 86400.0
"""Seconds after which an example is deleted."""
LONGEST: Final = 64 * 1024
"""Bytes of an example; of a longer one the answers are left out."""


class Examples:
    """Keeps the examples of one process. ``failed`` is told what store and vault did not take."""

    def __init__(
        self,
        store: Callable[[], Store],
        vault: Callable[[], Vault],
        failed: Callable[[Exception], None],
        now: Callable[[], float] = time.time,
        chance: Callable[[int], int] = random.randrange,
    ) -> None:
        self._store, self._vault, self._failed, self._now, self._chance = store, vault, failed, now, chance
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, int], dict[str, int]] = {}

    def of(self, endpoint: Endpoint) -> Callable[[Example], None]:
        """Return what keeps the examples of an operation."""
        rule = endpoint.rollout
        assert rule is not None
        names = known(endpoint)
        showing, nothing = Hiding(rule.compare.show, names), Hiding((), names)
        subject = _subject(endpoint)

        def keep(example: Example) -> None:
            who = subject(example)
            hiding = showing if who else nothing
            try:
                self._keep(endpoint, example, hiding, who or f"rollout {endpoint.resource.name}")
            except (StoreUnavailable, VaultError) as error:
                self._failed(error)

        return keep

    def _keep(self, endpoint: Endpoint, example: Example, hiding: Hiding, who: str) -> None:
        placed = example.request.placed
        assert placed is not None
        feature, run = placed.feature, placed.run
        for fingerprint, difference in example.groups.items():
            slot, first = self._slot(feature, run, fingerprint)
            if slot is None:
                continue
            now, vault = self._now(), self._vault()
            subject = vault.subject(who)
            told = _told(endpoint.name, example, difference, hiding, now)
            sealed = vault.seal(subject, told, _place(feature, run, fingerprint, slot))
            kept = Kept(feature, run, fingerprint, slot, now, subject, sealed)
            self._store().run(lambda connection, kept=kept, first=first: _put(connection, kept, first))  # type: ignore[misc]

    def _slot(self, feature: str, run: int, fingerprint: str) -> tuple[int | None, bool]:
        """Return where an example is to be kept, None for nowhere, and whether it is the first of its run here."""
        with self._lock:
            seen = self._seen.get((feature, run))
            first = seen is None
            if seen is None:
                self._seen = {key: each for key, each in self._seen.items() if key[0] != feature}
                seen = self._seen[feature, run] = {}
            if fingerprint not in seen and len(seen) >= GROUPS:
                return None, first
            many = seen[fingerprint] = seen.get(fingerprint, 0) + 1
        slot = many - 1 if many <= FEW else self._chance(many)
        return (slot if slot < FEW else None), first


@dataclass(frozen=True, slots=True)
class Shown:
    """One example as it can be looked at. ``text`` is JSON, "" where it cannot be opened: ``why`` says so then."""

    time: float
    document: Mapping[str, Any]
    why: str = ""


def groups(connection: Connection, feature: str, run: int) -> list[Group]:
    """Return the groups of differences of a run, the largest first."""
    return examples.groups(connection, feature, run)


def shown(store: Store, vault: Vault, feature: str, run: int, fingerprint: str, most: int = FEW) -> list[Shown]:
    """Return the examples of a group, the newest first. What was erased meanwhile is not there any more."""
    found = store.read(lambda connection: examples.of_group(connection, feature, run, fingerprint))
    return [_opened(vault, each) for each in found[:most]]


def _opened(vault: Vault, kept: Kept) -> Shown:
    place = _place(kept.feature, kept.run, kept.fingerprint, kept.slot)
    try:
        return Shown(kept.time, json.loads(vault.open(Subject(kept.subject), kept.sealed, place)))
    except VaultError as error:
        return Shown(kept.time, {}, error.cause)


def _put(connection: Connection, kept: Kept, first: bool) -> None:
    if first:
        examples.forget(connection, kept.feature, kept.time - KEEP)
    examples.put(connection, kept)


def _place(feature: str, run: int, fingerprint: str, slot: int) -> str:
    return f"rollout/{feature}/{run}/{fingerprint}/{slot}"


def _told(operation: str, example: Example, difference: Difference, hiding: Hiding, now: float) -> bytes:
    """Return an example as JSON."""
    request = example.request
    told: dict[str, Any] = {
        "operation": operation,
        "time": int(now),
        "request_id": request.id,
        "path": hiding.parameters(request.path.items()),
        "query": hiding.parameters(request.query),
        "pointer": difference.shape if "/?" in difference.shape else difference.pointer,
        "kind": difference.kind,
    }
    whole = encode({**told, "legacy": _said(example.legacy, hiding), "candidate": _said(example.candidate, hiding)})
    return whole if len(whole) <= LONGEST else encode({**told, "legacy": None, "candidate": None})


def _said(answer: Answered, hiding: Hiding) -> Mapping[str, Any]:
    problem = {"problem": answer.problem} if answer.problem else {"document": hiding.hidden(answer.document)}
    return {"status": answer.status, **problem} if answer.status else problem  # a request has none


def _subject(endpoint: Endpoint) -> Callable[[Example], str]:
    """Return what says whose data an answer is, as the writes of the same file do; else by the feature's key."""
    rules = [each.policy.write for each in endpoint.resource.operations if each.policy.write is not None]
    rule = endpoint.rollout
    assert rule is not None
    names = [name for name in (*(each.subject for each in rules), key_of(endpoint, rule)) if name]
    given = {name: whose(endpoint, name) for name in names}

    def subject(example: Example) -> str:
        document = example.legacy.document
        for name in names:
            found = given[name](example.request)
            if not found and isinstance(document, dict) and isinstance(document.get(name), str | int):
                found = str(document[name])
            if found:
                return found
        return ""

    return subject
