"""The shapes, for editors, of ``http:``: the new service. And the sections that a text alone may stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.mapping.schema_service import HttpSection, SaidSection, ServiceFaultSection, ThereSection

SHORT = {
    "FieldSection": "soap",
    "ConstantSection": "value",
    "NextSection": "from",
    "MatchSection": "property",
    "SaidSection": "name",
}
"""The sections that text alone may stand for, and the key that it is short for."""


def _one(section: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{section}"}


_SECONDS: Mapping[str, Any] = {"type": "number", "exclusiveMinimum": 0, "maximum": 600}
_SAID: dict[str, Any] = {"type": "object", "additionalProperties": _one(SaidSection.__name__)}
SERVICES: Mapping[str, dict[str, Any]] = {
    "FileSection.http": _one(HttpSection.__name__),
    "OperationSection.http": _one(ThereSection.__name__),
    **{f"{kind}.timeout": {**_SECONDS} for kind in ("HttpSection", "ThereSection")},
    "HttpSection.fields": {"type": "object", "additionalProperties": _SAID},
    "HttpSection.faults": {"type": "array", "items": _one(ServiceFaultSection.__name__)},
    "SaidSection.codes": {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
    "ThereSection.query": _SAID,
}
TOGETHER: Mapping[str, dict[str, Any]] = {
    "FileSection": {"oneOf": [{"required": [key]} for key in ("operations", "openapi")]},
    "SaidSection": {"minProperties": 1},
    "ServiceFaultSection": {"dependentRequired": {"at": ["code"]}},
}
