"""Examples that are made: small, true to the contract, and the same each time, for projects without golden cases.

They are made of the bound types: each value is a text of its simple type, read by the field's own codec. What cannot be
made, or would be long, has no example.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.mapping.bound import BoundField, BoundType, Endpoint
from adapter.mapping.flat import shown
from adapter.wsdl.types import Contract, Record
from adapter.wsdl.values import NoValue, value

NAME = "made"
MOST_VALUES = 40
_DEEPEST = 4
# Beyond this depth only what is required is shown.
_WHOLE = 2


@dataclass(slots=True)
class _Budget:
    """How many values an example may still have. Raises NoValue when there are too many."""

    left: int = MOST_VALUES

    def spend(self) -> None:
        """Count one value."""
        self.left -= 1
        if self.left < 0:
            raise NoValue("too many values for an example")


@dataclass(slots=True)
class Maker:
    """Makes examples of a project's types. The text of each simple type is found once."""

    texts: dict[tuple[int, str], str] = field(default_factory=dict)

    def example(self, endpoint: Endpoint, key: str) -> Any:
        """Return an example of the bound type ``key`` of an endpoint, less of it where it is long; None for none."""
        for whole in (_WHOLE, 1, 0):
            try:
                return _Making(self, endpoint.contract, endpoint.types, whole, _Budget()).object(key, 0)
            except NoValue:
                continue
        return None

    def text(self, contract: Contract, key: str) -> str:
        """Return the text of a simple type. Raises NoValue."""
        known = id(contract), key
        if known not in self.texts:
            # The seed is the type's name, so one type has one example everywhere, in every run.
            self.texts[known] = value(contract.types, key, random.Random(key))
        return self.texts[known]


@dataclass(slots=True)
class _Making:
    """One example while it is made. Optional properties are shown above the depth ``whole``."""

    maker: Maker
    contract: Contract
    types: Mapping[str, BoundType]
    whole: int
    budget: _Budget

    def object(self, key: str, depth: int) -> dict[str, Any]:
        """Return an object of a bound type. Raises NoValue."""
        if depth > _DEEPEST:
            raise NoValue("too deep for an example")
        bound = self.types[key]
        if bound.variants:
            first = bound.variants[0]
            return {bound.discriminator: first.value, **self.object(first.type, depth)}
        made: dict[str, Any] = {}
        left_out = _other_branches(bound)
        for each in shown(bound):
            if each.name in left_out or not (each.required or (depth < self.whole and _plain(each))):
                continue
            try:
                made[each.name] = self.property(each, depth)
            except NoValue:
                if each.required or self.budget.left < 0:
                    raise
        if (bound.nested or bound.turn or bound.choices) and not made:
            raise NoValue("an object with nothing in it")
        return made

    def property(self, each: BoundField, depth: int) -> Any:
        """Return the value of a property. Raises NoValue where it cannot be made."""
        if not _plain(each):
            raise NoValue(f"{each.name} depends on others")
        if each.rule.constant is not None:
            return each.rule.constant
        item = self.object(each.type, depth + 1) if each.type else self.scalar(each)
        return [item] if each.shape in ("scalars", "objects") else item

    def scalar(self, each: BoundField) -> Any:
        """Return a value of a scalar property. Raises NoValue."""
        self.budget.spend()
        codec = each.codec
        if codec is None:
            raise NoValue(f"{each.name} is made of others")
        key = each.attribute.type if each.attribute is not None else each.steps[-1].type if each.steps else ""
        if not key or (isinstance(kind := self.contract.types.get(key), Record) and not kind.text):
            raise NoValue(f"{each.name} has no simple type")
        try:
            found = codec.read(self.maker.text(self.contract, key))
            codec.write(found)
        except ValueError as error:
            raise NoValue(f"{each.name}: {error}") from None
        return found


def _plain(each: BoundField) -> bool:
    """Whether a property can be made on its own."""
    return not (each.when or each.items or each.computed or (each.parts and not each.type))


def _other_branches(bound: BoundType) -> set[str]:
    """Return the names of all properties that cannot stand beside the first branch of a choice."""
    found: set[str] = set()
    for choice in bound.choices:
        first, *others = choice.branches
        found |= {name for branch in others for name in branch} - set(first)
    return found


def request_example(maker: Maker | None, endpoint: Endpoint) -> Mapping[str, Any]:
    """Return the example of a body, by its name; none without a maker, and none of a body of several calls."""
    if maker is None or endpoint.body is None or endpoint.body.reads is not None or endpoint.further():
        return {}
    return _named(maker.example(endpoint, endpoint.body.type))


def reply_example(maker: Maker | None, endpoint: Endpoint) -> Mapping[str, Any]:
    """Return the example of an answer, by its name; none without a maker, and none of pages or of several calls."""
    if maker is None or endpoint.further() or endpoint.page is not None or endpoint.cursor is not None:
        return {}
    found = maker.example(endpoint, endpoint.reply.type)
    return _named({"items": [found]} if found is not None and endpoint.reply.rule.shape == "each" else found)


def _named(found: Any) -> Mapping[str, Any]:
    return {} if found is None else {NAME: {"value": found}}
