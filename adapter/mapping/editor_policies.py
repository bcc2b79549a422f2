"""The shapes, for editors, of how an operation is treated: its time, who may call it, what keeps its writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.mapping.editor_scopes import SCOPES
from adapter.mapping.keys import OPERATION, RATE
from adapter.mapping.schema_cache import CacheSection
from adapter.mapping.schema_guard import BreakerSection, GuardSection
from adapter.mapping.schema_write import MatchSection, ResolveSection, WriteSection


def _one(section: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{section}"}


def _seconds(most: int) -> dict[str, Any]:
    return {"type": "number", "exclusiveMinimum": 0, "maximum": most}


_RATE: Mapping[str, Any] = {"type": "string", "pattern": f"^({RATE.pattern})$"}
POLICIES: Mapping[str, dict[str, Any]] = {
    "OperationSection.timeout": _seconds(600),
    **{f"{kind}.guard": _one(GuardSection.__name__) for kind in ("SoapSection", "HttpSection")},
    "GuardSection.closed": {"type": "array", "minItems": 1, "items": {"type": "string"}},
    "GuardSection.breaker": {"anyOf": [{"const": "off"}, _one(BreakerSection.__name__)]},
    **{f"BreakerSection.{key}": _seconds(600) for key in ("slow", "open")},
    **SCOPES,
    "OperationSection.limit": {
        "anyOf": [_RATE, {"type": "array", "minItems": 1, "maxItems": 4, "items": _RATE, "uniqueItems": True}]
    },
    "OperationSection.cache": _one(CacheSection.__name__),
    "OperationSection.touches": {"type": "array", "items": {"type": "string", "pattern": f"^({OPERATION.pattern})$"}},
    "OperationSection.write": _one(WriteSection.__name__),
    "WriteSection.resolve": _one(ResolveSection.__name__),
    "WriteSection.if_match": _one(MatchSection.__name__),
    "WriteSection.slow": _seconds(60),
    "ResolveSection.with": {"type": "object", "additionalProperties": {"type": "string"}},
    "ResolveSection.after": _seconds(86400),
}
