"""The forms in which the rows of one operation leave, by their media types."""

from __future__ import annotations

from collections.abc import Mapping

from adapter.mapping.bound import BoundType
from adapter.rows import CSV, JSON, NDJSON
from adapter.rows.csv_columns import columns
from adapter.rows.form import Form
from adapter.rows.to_csv import to_csv
from adapter.rows.to_json import to_json
from adapter.rows.to_ndjson import to_ndjson


def forms(types: Mapping[str, BoundType], key: str) -> Mapping[str, Form]:
    """Return the forms of rows of a bound type."""
    return {JSON: to_json(), NDJSON: to_ndjson(), CSV: to_csv(columns(types, key))}
