"""Flags beside values: ``patch: {changed_flags: PartnerX, flag: X}``, the X structures of SAP's BAPIs.

Each value that a caller gives, null too, has a flag at the same path below the other element; a key is repeated there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapter.mapping.bound import BoundType, Flag, leaves
from adapter.mapping.flat import flattened


def raised(
    types: Mapping[str, BoundType], key: str, flags: Mapping[str, Flag], values: Mapping[str, Any], before: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the name and text of the flag of each value in an object of the bound type ``key``."""
    inner = {field.name: field.type for field in leaves(types[key].fields) if field.type}
    for name, value in flattened(types[key].fields, values):
        if isinstance(value, Mapping):
            yield from raised(types, inner[name], flags, value, f"{before}{name}/")
        elif (flag := flags.get(before + name)) is not None and (flag.text is not None or isinstance(value, str)):
            yield flag.field.name, value if flag.text is None else flag.text
