"""Lists that are larger than memory: row by row, in three forms, in both directions.

A row is one item of a list, as JSON has it. The forms are a JSON array, one JSON object a line, and CSV.
"""

from __future__ import annotations

from typing import Final

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"

FORMS: Final = (JSON, NDJSON, CSV)
"""Their media types. The first is taken where a caller asks for none."""
