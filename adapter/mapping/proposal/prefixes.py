"""Prefixes for names that stand in several namespaces: the same for a contract, whatever is proposed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapter.mapping.proposal.spelling import free, split
from adapter.wsdl.types import Contract, Record, local_name

BARE = "bare"
_TECHNIQUE = frozenset(
    "http https www com org net xsd schema schemas types xml soap urn ws wsdl service services".split()
)


class Prefixes:
    """Gives prefixes out. ``used`` are those that a path has, with their namespaces."""

    def __init__(self, contract: Contract) -> None:
        self._known: dict[str, str] = {"": BARE}
        self.used: dict[str, str] = {}
        for namespace in dict.fromkeys(
            _namespace(key) for key in (*contract.types, *contract.elements, *_tags(contract))
        ):
            if namespace not in self._known:
                taken = set(self._known.values())
                self._known[namespace] = free(_short(namespace), taken.__contains__)

    def of(self, tag: str, tags: Sequence[str]) -> str:
        """Return how a path names ``tag`` among the Clark names that stand there: with a prefix where it must."""
        name = local_name(tag)
        if len({each for each in tags if local_name(each) == name}) < 2:
            return name
        namespace = _namespace(tag)
        self.used[self._known[namespace]] = namespace
        return f"{self._known[namespace]}:{name}"


def _tags(contract: Contract) -> list[str]:
    return [each.tag for kind in contract.types.values() if isinstance(kind, Record) for each in kind.attributes]


def _namespace(key: str) -> str:
    return key[1:].rpartition("}")[0] if key.startswith("{") else ""


def _short(namespace: str) -> str:
    """Return the last word of a namespace that says something."""
    words = [word for word in split(re.sub(r"[0-9]+", " ", namespace)) if word not in _TECHNIQUE and len(word) > 1]
    return words[-1][:12] if words else "ns"
