"""What a caller sets to null as the ERP's names in a list: ``patch: {null_list: nullFieldList.name}``.

Nothing is written at the property's own place. Two properties with one name in the list are cleared together or not at
all, since the ERP could not tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapter.mapping.bound import Nulls


def listed(nulls: Nulls, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by the names of ``leaves``, with those that are null as names in the list, each name once."""
    cleared = [name for name in nulls.names if name in found and found[name] is None]
    rest = {name: value for name, value in found.items() if name not in cleared}
    names = list(dict.fromkeys(nulls.names[name] for name in cleared))
    return {**rest, nulls.field.name: names} if names and nulls.field is not None else rest


def parted(nulls: Nulls, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each value that is null while another of the same name in the list is not, and what is wrong with it."""
    cleared = {name: called for name, called in nulls.names.items() if name in found and found[name] is None}
    for name, called in cleared.items():
        others = [other for other, same in nulls.names.items() if same == called and other not in cleared]
        if others:
            yield name, f"can be null only together with {', '.join(others)}"
