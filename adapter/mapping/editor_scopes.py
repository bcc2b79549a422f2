"""The shapes of ``scopes:`` for editors."""

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
SCOPES: Mapping[str, dict[str, Any]] = {
    "OperationSection.scopes": _SCOPES,
    **{
        f"{kind}.scopes": {"$ref": "#/$defs/ScopesSection", "minProperties": 1}
        for kind in ("FileSection", "SharedSection")
    },
    **{f"ScopesSection.{key}": _SCOPES for key in ("read", "write")},
}
