"""The row for the other side: made of a write that was done and of its answer, sealed, before it is written down.

Rule 1: a copy has an id of its own that its origin's leads to, so that nobody ever makes two.
Rule 2: what cannot be made into a copy is one nevertheless, parked: a person decides, and it counts as a conflict.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import replace

from adapter.deliver import kept
from adapter.deliver.keeping import Keeping
from adapter.deliver.way import Copied, Unsettled, Way
from adapter.rollout.rules import Side
from adapter.rollout.stages import other
from adapter.store.fence import Copy
from adapter.store.writes import DONE, PARKED, QUEUED, Write

_COPIES = uuid.UUID("6a1f8b1e-4f0d-5b57-9d0c-2f6f9b8f5a10")


def id_of(origin: str) -> str:
    """Return the id of the copy of a row."""
    return str(uuid.uuid5(_COPIES, origin))


def copy_of(keeping: Keeping, way: Way, row: Write, state: str, answer: bytes) -> Copy | None:
    """Return the copy of a row that is done, not yet in the store; None where it has none.

    ``answer`` is the answer of the write, as ``kept`` has it. Raise VaultError where nobody can read the row any more.
    """
    moving = way.moving
    if moving is None or row.copy or state != DONE:
        return None
    request = kept.unpacked(keeping.open(row, "request"), time.monotonic())
    target = other(row.target)
    state, cause = QUEUED, ""
    try:
        made = moving.copy(request, kept.response(answer, {}), target)
    except Unsettled as error:
        made, state, cause = Copied(request, ""), PARKED, f"it cannot be copied: {error}"
    return Copy(moving.feature, sealed(keeping, row, made, target, state, cause))


def sealed(keeping: Keeping, origin: Write, copied: Copied, target: Side, state: str, cause: str) -> Write:
    """Return the row of a copy. It carries the reference of its origin, which the other side does not know yet."""
    now, entity = keeping.now(), copied.entity
    row = Write(
        caller=origin.caller,
        operation=origin.operation,
        state=state,
        created=now,
        entity=keeping.vault.pseudonym("entity", entity) if entity else origin.entity,
        subject=origin.subject,
        reference=origin.reference,
        promised=True,
        due=now,
        cause=cause,
        id=id_of(origin.id),
        target=target,
        copy=True,
    )
    request = kept.packed(replace(copied.request, side=target))
    return replace(row, request=keeping.seal(row, "request", request))
