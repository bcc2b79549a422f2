"""What objects of a bound type may hold, worked out once for each: which properties go together, and their values."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adapter.mapping.bound import BoundField, BoundType, Endpoint, ways
from adapter.mapping.codec import Codec
from adapter.mapping.occurrence import Part, content
from adapter.proof.markup import markup_value
from adapter.wsdl.ground import Ground

# Gives a text that is valid for the simple type with a key, "" where none is known.
Texts = Callable[[str, random.Random], str]
_SAMPLES = 6
_TEXTS = (
    *("A", "AB1", "Öl & <b>", "a b", "1", "0", "42", "007", "12.5", "true", "\U0001f600", "DE", "de-CH", "QQ==", "0A"),
    *("2024-02-29", "2024-01-01T10:00:00Z", "12:00:00", "2024", "--02-29", "P1D", "0001-01-01", "http://x/y", ""),
    *("20240229", "20240229101500", "31.12.2024", "J", "N", "X", "DE89370400440532013000", "EUR", "x" * 20, "y" * 40),
)
_NUMBERS = (1, 0, 2, 7, -1, 100, 255, Decimal("12.5"), Decimal("0.01"), 2**31 - 1, -(2**31))


@dataclass(frozen=True, slots=True)
class Plan:
    """One bound type: which values can stand together, by the names that ``leaves`` gives."""

    bound: BoundType
    part: Part


class Plans:
    """The plans of all bound types of an endpoint, and JSON values for their fields."""

    def __init__(self, endpoint: Endpoint, texts: Texts, ground: Ground) -> None:
        self.types, self.contract, self.texts, self.ground = endpoint.types, endpoint.contract, texts, ground
        self.whole = endpoint.operation.input.root
        self.tables = {each.rule.name: each.table for each in endpoint.lookups}
        self._plans: dict[str, Plan] = {}
        self._samples: dict[tuple[int, str], list[Any]] = {}

    def of(self, key: str) -> Plan:
        """Return the plan of a bound type."""
        if key not in self._plans:
            bound = self.types[key]
            self._plans[key] = Plan(bound, content(self.contract, bound.record, ways(bound)))
        return self._plans[key]

    def scalar(self, field: BoundField, record: str, source: random.Random) -> Any:
        """Return a value that the field's codec takes. Raise LookupError where none is known."""
        assert field.codec is not None
        if field.markup is not None:
            return markup_value(self.ground, field, self.whole, source)
        table = self.tables.get(field.rule.lookup)
        known = self.samples(field.codec, simple_type(field, record))
        if table is not None and table.words is not None:
            known = [word for word in table.words.by_word if takes(field.codec, word)]
        if not known:
            raise LookupError(field.name)
        return source.choice(known)

    def samples(self, codec: Codec, key: str) -> list[Any]:
        """Return some values that a codec takes: made from the contract's type with a key, else known ones."""
        if (id(codec), key) not in self._samples:
            source = random.Random(key)
            texts = [self.texts(key, source) for _ in range(_SAMPLES)]
            found = [value for text in dict.fromkeys(texts) for value in _both(codec, text)]
            if len(found) < 2:
                found += [value for value in known(codec.schema) if takes(codec, value) and value not in found]
            self._samples[id(codec), key] = found[:_SAMPLES]
        return self._samples[id(codec), key]


def simple_type(field: BoundField, record: str) -> str:
    """Return the key of the type of a field's text, where ``record`` is what its steps begin in."""
    if field.attribute is not None:
        return field.attribute.type
    return field.steps[-1].type if field.steps else record


def _both(codec: Codec, text: str) -> list[Any]:
    """Return what a text of the contract is in JSON, and the text itself where callers may send it."""
    given = [text] if codec.schema.get("type") == "string" and takes(codec, text) else []
    try:
        value = codec.read(text)
    except ValueError:
        return given
    return [*given, value] if value is not None and value not in given and takes(codec, value) else given


def takes(codec: Codec, value: Any) -> bool:
    """Tell whether a codec can write a value."""
    try:
        codec.write(value)
    except ValueError:
        return False
    return True


def known(schema: Any) -> list[Any]:
    """Return values that fit the JSON type of a schema, the plain ones first."""
    if "const" in schema:
        return [schema["const"]]
    kind = schema.get("type", "number")
    if kind == "array":
        items = known(schema["items"])
        return [[], items[:1], items[:2], *([item] for item in items)]
    if kind == "boolean":
        return [True, False]
    return [*schema.get("enum", ()), *(_NUMBERS if kind in ("integer", "number") else _TEXTS)]
