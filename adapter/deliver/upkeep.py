"""What is done again and again with rows: those whose lease ran out, and those that are old enough to go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from adapter.deliver.row import LONGEST_PAUSE, Deliveries
from adapter.deliver.settle import MARGIN, Keeping
from adapter.store import Connection, callbacks, claiming, due, writes
from adapter.store.due import Depth

_MOST = 500


def leases(deliveries: Deliveries) -> int:
    """Say of rows whose lease ran out that nobody knows what became of them; return how many. They are due then.

    A time that is further away than any can be was written by a clock that was set back since: it begins anew.
    """
    keeping = deliveries.keeping
    now = keeping.now()
    longest = max(deliveries.timeouts.values(), default=0.0) + MARGIN
    if keeping.store.read(lambda connection: due.astray(connection, now, longest, LONGEST_PAUSE)):
        keeping.store.run(lambda connection: due.brought_back(connection, now, longest, LONGEST_PAUSE))
    found = keeping.store.read(lambda connection: writes.expired(connection, now, _MOST))
    lost = 0
    for row in found:
        way = deliveries.ways.get(row.operation)
        after = way.after if way is not None else 0.0
        if keeping.store.run(partial(due.lost, row=row, now=now, after=after)) is not None:
            keeping.count(row.operation, "lease_ran_out")
            lost += 1
    return lost


def forget(keeping: Keeping) -> int:
    """Remove rows that ended long enough ago, and whom to tell of them. Return how many rows. A parked one stays."""
    before, steady = keeping.now() - keeping.keep, keeping.steady.rest(-keeping.keep)

    def some(connection: Connection) -> int:
        return claiming.forget(connection, before, _MOST, steady=steady)

    gone = whole = keeping.store.run(some)
    while gone == _MOST:
        gone = keeping.store.run(some)
        whole += gone
    if whole:
        keeping.store.run(callbacks.forget)
    return whole


def look(keeping: Keeping, show: Callable[[list[Depth], float], None]) -> None:
    """Show how many rows wait, and since when."""
    now = keeping.now()
    show(keeping.store.read(due.depths), now)
