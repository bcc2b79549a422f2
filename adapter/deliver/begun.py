"""The row that a request would have, before anybody claims it."""

from __future__ import annotations

import uuid

from adapter.deliver.keeping import Keeping
from adapter.deliver.way import Way
from adapter.mapping.references import reference
from adapter.messages import Request
from adapter.store.writes import QUEUED, SENDING, Write


def begun(
    keeping: Keeping, way: Way, request: Request, key: str | None, fingerprint: str, *, later: bool
) -> tuple[Write, Request]:
    """Return a new row, its request not yet sealed, and that request with our reference where it has none.

    ``key`` is the Idempotency-Key, None where there is none; ``later``: the caller wishes to be answered at once.
    """
    vault, id = keeping.vault, str(uuid.uuid4())
    entity, (filled, carried) = way.entity(request), way.fill(request, id)
    row = Write(
        caller=request.caller.id,
        operation=way.operation,
        state=QUEUED if later else SENDING,
        promised=later,
        created=keeping.now(),
        key=vault.pseudonym("key", key) if key is not None else None,
        fingerprint=vault.pseudonym("request", fingerprint),
        entity=vault.pseudonym("entity", entity) if entity else "",
        subject=vault.subject(way.subject(request)),
        reference=_carried(keeping, id, carried),
        id=id,
        target=request.side or "soap",
    )
    return row, filled


def _carried(keeping: Keeping, row: str, carried: str) -> str:
    """Return a reference as a row has it: ours as it is, so that it can be looked for; a caller's own hidden."""
    ours = carried and carried == reference(row, len(carried))
    return carried if ours or not carried else keeping.vault.pseudonym("reference", carried)
