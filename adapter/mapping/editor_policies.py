"""The shapes, for editors, of how an operation is treated: its time, who may call it, what keeps its writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.mapping.editor_scopes import SCOPES
from adapter.mapping.keys import OPERATION, RATE
from adapter.mapping.schema_cache import CacheSection
from adapter.mapping.schema_guard import BreakerSection, GuardSection
from adapter.mapping.schema_rollout import BesideSection, CompareSection, GateSection, RolloutSection
from adapter.mapping.schema_write import MatchSection, ResolveSection, WriteSection


def _one(section: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{section}"}


def _seconds(most: int) -> dict[str, Any]:
    return {"type": "number", "exclusiveMinimum": 0, "maximum": most}


_RATE: Mapping[str, Any] = {"type": "string", "pattern": f"^({RATE.pattern})$"}
_PERCENT: Mapping[str, Any] = {"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,4})?%$"}
_POINTERS: Mapping[str, Any] = {"type": "array", "items": {"type": "string", "pattern": "^/"}}


def _texts() -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}}


def _by_pointer(shape: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "propertyNames": {"pattern": "^/"}, "additionalProperties": shape}


_ROLLOUTS: Mapping[str, dict[str, Any]] = {
    "FileSection.rollout": {"anyOf": [{"const": True}, _one(RolloutSection.__name__)]},
    **{f"RolloutSection.{key}": _texts() for key in ("stays", "steps", "windows", "freeze")},
    "RolloutSection.gate": _one(GateSection.__name__),
    "RolloutSection.beside": _one(BesideSection.__name__),
    "RolloutSection.compare": _one(CompareSection.__name__),
    **{f"GateSection.{key}": {**_PERCENT} for key in ("mismatches", "sure")},
    "GateSection.minutes": _seconds(100_000),
    "GateSection.lag": _seconds(86400),
    **{f"BesideSection.{key}": {**_PERCENT} for key in ("share", "noise")},
    "BesideSection.slow": _seconds(600),
    **{f"CompareSection.{key}": {**_POINTERS} for key in ("ignore", "show")},
    "CompareSection.unordered": _by_pointer({"type": "string"}),
    **{f"CompareSection.{key}": _by_pointer({"type": "number", "minimum": 0}) for key in ("numbers", "times")},
    "CompareSection.codes": _by_pointer({"type": "object", "additionalProperties": {"type": "string"}}),
}
POLICIES: Mapping[str, dict[str, Any]] = {
    "OperationSection.timeout": _seconds(600),
    **{f"{kind}.guard": _one(GuardSection.__name__) for kind in ("SoapSection", "HttpSection")},
    "GuardSection.closed": {"type": "array", "minItems": 1, "items": {"type": "string"}},
    "GuardSection.breaker": {"anyOf": [{"const": "off"}, _one(BreakerSection.__name__)]},
    **{f"BreakerSection.{key}": _seconds(600) for key in ("slow", "open")},
    **SCOPES,
    **_ROLLOUTS,
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
