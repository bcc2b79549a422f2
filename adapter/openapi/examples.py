"""Examples out of golden folders: what was really asked and answered, so that the documentation cannot be wrong.

``<folder>/<operation>/<case>/request.json`` holds method, path and body, ``reply.json`` status and body.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapter.errors import BuildError, Mistake

Examples = Mapping[str, tuple["Example", ...]]


@dataclass(frozen=True, slots=True)
class Example:
    """One case of an operation. The bodies are None where there is none."""

    case: str
    request: Any
    status: int
    reply: Any


def read_examples(folder: Path) -> Examples:
    """Return the cases below ``folder`` by operation; none when there is no such folder.

    Raise BuildError with every file that is missing, or is not what it should be.
    """
    found: dict[str, list[Example]] = {}
    mistakes: list[Mistake] = []
    for case in sorted(folder.glob("*/*/")):
        place = case.relative_to(folder).as_posix()
        try:
            request, reply = _read(case / "request.json"), _read(case / "reply.json")
            status = reply["status"]
            if not isinstance(status, int):
                raise ValueError("status is not a whole number")
            example = Example(case.name, request.get("body"), status, reply.get("body"))
        except (OSError, ValueError, LookupError) as error:
            mistakes.append(
                Mistake(
                    place,
                    0,
                    0,
                    f"no golden case: {_why(error)}",
                    "write request.json and reply.json with a status, or remove the folder",
                )
            )
        else:
            found.setdefault(case.parent.name, []).append(example)
    if mistakes:
        raise BuildError(mistakes)
    return {operation: tuple(cases) for operation, cases in found.items()}


def _read(file: Path) -> dict[str, Any]:
    value = json.loads(file.read_bytes(), parse_float=Decimal)
    if not isinstance(value, dict):
        raise ValueError(f"{file.name} is not an object")
    return value


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{Path(error.filename).name} cannot be read"
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
