"""Names of mapping types: after the XSD types, anonymous ones after the way to them, each name once.

They are given out over the whole contract in the order of its documents, so that a type is called the same whatever
else is proposed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from adapter.mapping.proposal.spelling import free, pascal
from adapter.wsdl.types import Contract, Record, local_name

_DIRECTIONS: Mapping[str, str] = {"input": "Request", "output": "Response"}


class Naming:
    """Names of types by the key of their record. Those of types that nothing declares are added by ``other``."""

    def __init__(self, contract: Contract) -> None:
        self.names: dict[str, str] = {}
        self._taken: set[str] = set()
        records = [key for key, kind in contract.types.items() if isinstance(kind, Record)]
        # The named ones first: a name of the contract's own is kept where an anonymous type would be called the same.
        for key in sorted(records, key=_anonymous):
            self.names[key] = self.other(_wanted(key))

    def other(self, wanted: str) -> str:
        """Return a new name."""
        lower = free(wanted, lambda name: name.lower() in self._taken)
        self._taken.add(lower.lower())
        return lower


def _anonymous(key: str) -> bool:
    return "/" in local_name(key) or "#" in local_name(key)


def _wanted(key: str) -> str:
    """Return what a type would be called: ``Order/Position`` is OrderPosition, ``Do#input`` is DoRequest."""
    local, _, direction = local_name(key).partition("#")
    ways = [part.rpartition(":")[2] for part in re.split(r"[/\[\]]", local)]
    joined = "".join(pascal(way) for way in ways if way)
    return joined + _DIRECTIONS.get(direction.partition(".")[0], pascal(direction) if direction else "")
