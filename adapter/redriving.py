"""Where a person decides about writes that wait for him, in a process that answers requests: made at its first use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from adapter.deliver.desk import Desk
from adapter.deliver.settle import Keeping
from adapter.drafts import Drafts
from adapter.mapping.bound import Endpoint
from adapter.pipeline import Backends, Limits, way


def desk(endpoints: Sequence[Endpoint], backends: Backends, limits: Limits, kept: Keeping) -> Callable[[], Desk]:
    """Return what makes the desk once. It asks by the connections of the process, and sends nothing."""
    lock, made = threading.Lock(), list[Desk]()

    def at_first_use() -> Desk:
        with lock:
            if not made:
                ways = {
                    each.name: way(each, backends, limits)
                    for each in endpoints
                    if each.write is not None and each.write.rule.kept
                }
                made.append(Desk(kept, ways, Drafts(endpoints, backends, limits)))
            return made[0]

    return at_first_use
