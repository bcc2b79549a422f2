"""Rows out of a body that is still arriving, in one of three forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from adapter.errors import RequestError
from adapter.rows import CSV, JSON, NDJSON
from adapter.rows.bounds import Bounds
from adapter.rows.csv_values import Columns
from adapter.rows.from_csv import Table
from adapter.rows.from_json import Cutter
from adapter.rows.from_ndjson import Lines


class Arriving(Protocol):
    """One body as it arrives. Rows are cut first and decoded one by one, so that the first wrong one is found first.

    ``pointer`` is the JSON Pointer (RFC 6901) of the array in the body.
    """

    @property
    def pointer(self) -> str:
        """Where the rows stand."""

    def feed(self, piece: bytes, rows: list[Any]) -> None:
        """Add the rows that end in this piece, as they were cut. Raise RequestError; what was added stays."""

    def end(self, rows: list[Any]) -> None:
        """Add the rows that end with the body. Raise RequestError."""

    def decode(self, row: Any) -> Any:
        """Decode one row. Raise RequestError, with pointers into the row."""


def forms(bounds: Bounds, columns: Columns) -> Callable[[str], Arriving]:
    """Return what begins a body by its media type: any but those of NDJSON and CSV is JSON."""
    made: dict[str, Callable[[], Arriving]] = {
        JSON: lambda: Cutter(bounds),
        NDJSON: lambda: Lines(bounds),
        CSV: lambda: Table(bounds, columns),
    }
    return lambda kind: made.get(kind, made[JSON])()


def batches(form: Arriving, pieces: Iterable[bytes]) -> Iterator[list[Any]]:
    """Yield the rows that are there after each piece, so that none waits for the next. Raise RequestError.

    What is wrong between rows is raised after the rows before it were given.
    """
    rows: list[Any] = []
    for piece in pieces:
        try:
            form.feed(piece, rows)
        except RequestError:
            yield rows
            raise
        if rows:
            yield rows
            rows = []
    form.end(rows)
    yield rows
