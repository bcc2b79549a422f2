"""Random JSON for bound types: mostly what a caller may send, now and then what he may not."""

from __future__ import annotations

import random
from typing import Any

from adapter.mapping.bound import BoundField, Endpoint
from adapter.mapping.codec import Codec
from adapter.mapping.flat import shown
from tests.unit.random_markup import markup_value

_TEXTS = (
    *(
        "",
        "A",
        "B",
        "ABCD",
        "AB1",
        "a b",
        " x ",
        "a\tb\n",
        "42",
        "-3",
        "007",
        "Öl & <b>",
        "\U0001f600",
        "]]>",
        "\u0085",
    ),
    *("2024-02-29", "2024-01-01T10:00:00Z", "12:00:00", "2024", "--02-29", "P1D", "9999-12-31", "0001-01-01"),
    *("DE", "de-CH", "QQ==", "0A", "http://x/y", "true", "1", "1 2", "12.5", "0.1250", "-0.00", "1500.00"),
    *("DE89370400440532013000", "SCHR-M8-40", "EUR", "x" * 20, "y" * 40, "12345678.90", "99999999999999.9999"),
)
_NUMBERS = (0, 1, 2, 5, 7, -1, 100, 255, 256, 2**31 - 1, -(2**31), 2**31)


class Values:
    """Makes values of the bound types of one endpoint."""

    def __init__(self, source: random.Random, endpoint: Endpoint) -> None:
        self.random, self.endpoint = source, endpoint

    def object(self, key: str, depth: int = 6) -> dict[str, Any]:
        """An object of bound type ``key``, mostly with one branch of each choice, its members in any order."""
        bound = self.endpoint.types[key]
        if bound.variants:
            variant = self.random.choice(bound.variants)
            return {bound.discriminator: variant.value, **self.object(variant.type, depth)}
        left_out = self.random.choice([0.0, 0.1, 0.5])
        branches = [
            name
            for choice in bound.choices if self.random.random() < 0.9
            for chosen in [self.random.choice(choice.branches)]
            for branch in choice.branches if branch is not chosen
            for name in branch
        ]  # fmt: skip
        fields = [
            field
            for field in shown(bound)
            if field.name not in branches and (field.required or self.random.random() >= left_out)
            if depth or not field.type
        ]
        self.random.shuffle(fields)
        return {field.name: self.value(field, depth - 1) for field in fields}

    def value(self, field: BoundField, depth: int = 6) -> Any:
        """A value of one field: null where that may be, an array of few items, or one value."""
        if field.nullable and self.random.random() < 0.2:
            return None
        if field.items is not None and not field.items.step:
            keys = [self.scalar(field.items.codec) for _ in range(self.random.choice([0, 1, 2, 3]))]
            return {key: self.one(field, depth) for key in keys}
        if field.shape in ("scalars", "objects"):
            return [self._item(field, depth) for _ in range(self.random.choice([0, 1, 2, 2, 3]))]
        return self.one(field, depth)

    def one(self, field: BoundField, depth: int = 6) -> Any:
        """One item or single value of a field."""
        if field.type:
            return self.object(field.type, depth)
        assert field.codec is not None
        if field.markup is not None:
            return markup_value(self.random, field.markup)
        if field.rule.lookup:
            return self._word(field.rule.lookup)
        return self.scalar(field.codec)

    def _item(self, field: BoundField, depth: int) -> Any:
        nil = field.steps[-1].element.nillable and self.random.random() < 0.2
        return None if nil else self.one(field, depth)

    def _word(self, name: str) -> str:
        """A word of a code table that was asked for; one that it lacks now and then."""
        words = [each.table.words for each in self.endpoint.lookups if each.rule.name == name]
        known = [word for each in words if each is not None for word in each.by_word]
        return self.random.choice(known) if known and self.random.random() < 0.95 else self.random.choice(_TEXTS)

    def scalar(self, codec: Codec) -> Any:
        """A value that the codec takes, if any of the known ones is one; a random one now and then."""
        known = self._known(codec.schema)
        self.random.shuffle(known)
        fitting = [each for each in known if _takes(codec, each)]
        return fitting[0] if fitting and self.random.random() < 0.98 else known[0]

    def _known(self, schema: Any) -> list[Any]:
        if "const" in schema:
            return [schema["const"]] * 9 + ["x", None, 0]
        kind = schema.get("type", "number")
        if kind == "array":
            return [[self._known(schema["items"])[0] for _ in range(self.random.randint(0, 3))] for _ in range(12)]
        if kind == "boolean":
            return [True, False]
        known: list[Any] = list(_NUMBERS if kind in ("integer", "number") else [*_TEXTS, *schema.get("enum", ())])
        self.random.shuffle(known)
        return known


def _takes(codec: Codec, value: Any) -> bool:
    try:
        codec.write(value)
    except ValueError:
        return False
    return True
