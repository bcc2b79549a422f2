"""The items of a list's reply one at a time, for replies that are read while they arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.mapping.bound import Endpoint
from adapter.translate.objects import Objects
from adapter.translate.reading import Reading, invalid, is_nil
from adapter.translate.tolerance import row_aligner


def row_reader(endpoint: Endpoint) -> Callable[[Any, Reading], Any]:
    """Compile what reads one item of a list: its element, brought back to the contract first, to its JSON value.

    Notes go into the reading (``drift`` and ``notes``). Raises BackendReplyInvalid as ``reader`` does for a whole
    reply. What the reply holds beside its items (refusals, a total) is not looked at.
    """
    align = row_aligner(endpoint)
    read = Objects(endpoint, endpoint.operation.use == "encoded").object(endpoint.reply.type)

    def row(element: Any, reading: Reading) -> Any:
        try:
            align(element, reading)
            if is_nil(element):
                raise invalid(endpoint.name, f"an item of {endpoint.reply.rule.source} is nil")
            return read(element, reading)
        except RecursionError:
            raise invalid(endpoint.name, "nested too deep") from None

    return row
