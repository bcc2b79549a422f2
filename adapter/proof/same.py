"""Whether a JSON value came back as it was sent, property by property.

XML does not tell an array without items from no array, and a schema processor does not see all white space (XML Schema
part 2, section 4.3.6). Everything else must be the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from adapter.mapping.bound import BoundField, BoundType
from adapter.proof.values import Property
from adapter.proof.xml_same import plain
from adapter.wsdl import lexical

# Their white space is kept as it is.
_EXACT = frozenset(("string", "anySimpleType", ""))
_NUMBERS = lexical.INTEGERS.keys() | {"decimal"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A property that did not come back as it was sent: the key of its bound type, its name among leaves, its field."""

    type: str
    name: str
    field: BoundField
    text: str


class Comparison:
    """Compares what was sent with what came back. ``reached`` are the properties that were sent, by bound type."""

    def __init__(self, types: Mapping[str, BoundType]) -> None:
        self.types = types
        self.reached: set[Property] = set()

    def objects(self, key: str, sent: Any, back: Any) -> Iterator[Difference]:
        """Yield what differs between two objects of the bound type with a key."""
        bound = self.types[key]
        if bound.variants:
            value = sent[bound.discriminator]
            self.reached.add((key, value))
            variant = next(each for each in bound.variants if each.value == value)
            inner = self.types[variant.type]
            if back.get(bound.discriminator) != value:
                yield (
                    Difference(key, value, inner.fields[0], "came back as another type")
                    if inner.fields
                    else _whole(key)
                )
                return
            bound = inner
        yield from self._fields(bound, bound.fields, sent, back, "")

    def _fields(
        self, bound: BoundType, fields: tuple[BoundField, ...], sent: Any, back: Any, before: str
    ) -> Iterator[Difference]:
        for field in fields:
            name, own = before + field.name, field.name
            if field.rule.placeless or field.given_by_us or own == bound.hidden:
                continue
            if own not in sent:
                given = field.rule.default is not None or field.rule.missing is not None or bool(field.parts)
                if own in back and back[own] not in ([], {}) and not given:
                    yield Difference(bound.key, name, field, "came back though it was not sent")
                continue
            if not field.parts:
                self.reached.add((bound.key, name))
            elif field.codec is not None:
                self.reached.update((bound.key, f"{name}/{each.name}") for each in field.parts)
            if own not in back:
                if not (sent[own] in ([], {}) or _passes(bound, field, sent[own])):
                    yield Difference(bound.key, name, field, "did not come back")
                continue
            yield from self._values(bound, field, name, sent[own], back[own])

    def _values(self, bound: BoundType, field: BoundField, name: str, sent: Any, back: Any) -> Iterator[Difference]:
        if field.parts and field.codec is None and isinstance(sent, dict) and isinstance(back, dict):
            yield from self._fields(bound, field.parts, sent, back, f"{name}/")
        elif isinstance(sent, list | dict) and field.shape in ("scalars", "objects"):
            pairs = _paired(sent, back)
            if pairs is None:
                yield Difference(bound.key, name, field, "came back with other items")
            for one, other in pairs or ():
                yield from self._one(bound, field, name, one, other)
        else:
            yield from self._one(bound, field, name, sent, back)

    def _one(self, bound: BoundType, field: BoundField, name: str, sent: Any, back: Any) -> Iterator[Difference]:
        if field.type and isinstance(sent, dict) and isinstance(back, dict):
            yield from self.objects(field.type, sent, back)
        elif field.markup is not None:
            if not _same_xml(sent, back):
                yield Difference(bound.key, name, field, f"{_shown(sent)} came back as {_shown(back)}")
        elif not (same(sent, back, field.codec.logical if field.codec is not None else "") or alike(field, sent, back)):
            yield Difference(bound.key, name, field, f"{_shown(sent)} came back as {_shown(back)}")


def alike(field: BoundField, sent: Any, back: Any) -> bool:
    """Tell whether two values are one in XML, as ``7`` and ``007`` are for a converter that pads."""
    if field.codec is None or sent is None or back is None:
        return False
    try:
        return bool(field.codec.write(sent) == field.codec.write(back))
    except ValueError:
        return False


def _passes(bound: BoundType, field: BoundField, sent: Any) -> bool:
    """Tell whether a value need not come back: a null that is no nil, or one whose condition a change leaves open."""
    cleared = sent is None and (field.attribute is not None or bound.nulls is not None)
    return cleared or bool(field.when and bound.mode == "partial")


def _whole(key: str) -> Difference:
    raise LookupError(key)


def _paired(sent: Any, back: Any) -> list[tuple[Any, Any]] | None:
    """Return the items of two arrays side by side, None where they are not as many or have other keys."""
    if isinstance(sent, dict):
        return (
            [(sent[key], back[key]) for key in sent] if isinstance(back, dict) and sent.keys() == back.keys() else None
        )
    return list(zip(sent, back, strict=True)) if isinstance(back, list) and len(sent) == len(back) else None


def _same_xml(sent: Any, back: Any) -> bool:
    """Tell whether two XML texts are one but for their prefixes; attributes are as they are."""
    if isinstance(sent, str) and isinstance(back, str):
        return bool(plain(etree.fromstring(sent)) == plain(etree.fromstring(back)))
    return bool(sent == back)


def same(sent: Any, back: Any, logical: str = "") -> bool:
    """Tell whether two JSON values are the same. Numbers may be written in another way; white space counts in texts.

    ``logical`` is the built-in type of the value, "" where it is none.
    """
    if isinstance(sent, list) and isinstance(back, list) and len(sent) == len(back):
        return all(same(one, other, logical) for one, other in zip(sent, back, strict=True))
    if isinstance(sent, bool) or isinstance(back, bool):
        return sent is back
    if isinstance(sent, str) and isinstance(back, str):
        if logical in _NUMBERS and (numbers := (_number(sent), _number(back))) != (None, None):
            return numbers[0] == numbers[1]
        return sent == back if logical in _EXACT else sent.split() == back.split()
    if all(isinstance(each, int | Decimal) for each in (sent, back)):
        return Decimal(sent) == Decimal(back)
    return type(sent) is type(back) and bool(sent == back)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
