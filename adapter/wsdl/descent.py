"""Which types are derived from which, over a whole contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from adapter.wsdl.once import once
from adapter.wsdl.types import Contract, Record


@once
def derived_directly(contract: Contract) -> Mapping[str, tuple[str, ...]]:
    """Return the keys of the records that name a type as the one they extend, by that type's key."""
    found: dict[str, list[str]] = {}
    for key, kind in contract.types.items():
        if isinstance(kind, Record) and kind.extends:
            found.setdefault(kind.extends, []).append(key)
    return {base: tuple(keys) for base, keys in found.items()}


def nearest(contract: Contract, chosen: Iterable[str]) -> dict[str, str]:
    """Return, of each type that is one of ``chosen`` or derived from one, the nearest of them."""
    below, found = derived_directly(contract), {key: key for key in chosen}
    for start in tuple(found):
        waiting = [start]
        while waiting:
            for key in below.get(waiting.pop(), ()):
                if key not in found:
                    found[key] = start
                    waiting.append(key)
    return found
