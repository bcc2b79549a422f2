"""Read a code table from the reply that holds its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import BoundLookup
from adapter.mapping.tables import Words, words
from adapter.translate.content import Compiler
from adapter.translate.reading import Reading, finder, invalid, is_nil


def table_reader(lookup: BoundLookup) -> Callable[[Any], Words]:
    """Compile the reader of a table: the message's root in, its words out.

    Raises BackendReplyInvalid for another element than the contract says, and where the rows are no code table
    (problem ``lookup-unusable``).
    """
    endpoint = lookup.endpoint
    encoded, expected = endpoint.operation.use == "encoded", endpoint.operation.reply_tags
    find = finder(endpoint, lookup.steps)
    row = Compiler(_no_object, endpoint.contract, encoded).object([lookup.code, lookup.word], endpoint.name)

    def read(element: Any) -> Words:
        if element is None or (expected and element.tag not in expected):
            raise invalid(endpoint.name, "the body holds another element than the contract says")
        reading = Reading(endpoint.name, element, encoded)
        rows = [{} if is_nil(each) else row(each, reading) for each in find(reading, element)]
        try:
            return words((each.get("code"), each.get("word")) for each in rows)
        except ValueError as error:
            cause = f"{endpoint.name}: {error}"
            raise BackendReplyInvalid("lookup-unusable", 502, cause=cause, sent="no") from None

    return read


def _no_object(key: str) -> Callable[[Any, Reading], Any]:
    raise LookupError(f"a row has single values, not {key}")
