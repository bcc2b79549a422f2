"""The shapes, for editors, of what a mapping says about how calls of an operation are treated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.mapping.scopes import ANY, NAME, PUBLIC

_SCOPES: dict[str, Any] = {
    "anyOf": [
        {"enum": [ANY, PUBLIC]},
        {
            "type": "array",
            "items": {"type": "string", "pattern": f"^(?!({ANY}|{PUBLIC})$){NAME.pattern}$"},
            "minItems": 1,
            "uniqueItems": True,
        },
    ]
}
POLICIES: Mapping[str, dict[str, Any]] = {
    "OperationSection.timeout": {"type": "number", "exclusiveMinimum": 0, "maximum": 600},
    "OperationSection.scopes": _SCOPES,
    **{
        f"{kind}.scopes": {"$ref": "#/$defs/ScopesSection", "minProperties": 1}
        for kind in ("FileSection", "SharedSection")
    },
    **{f"ScopesSection.{key}": _SCOPES for key in ("read", "write")},
}
