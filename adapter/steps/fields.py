"""The marshmallow fields of values and objects: JSON in, what stands in XML out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from adapter.mapping.bound import BoundField
from adapter.mapping.codec import Codec
from adapter.mapping.joined import split
from adapter.tracebacks import forget

Extra = Callable[[Mapping[str, Any]], dict[str, Any]]
MESSAGES: dict[str, Any] = {"required": "is required", "null": "must not be null"}


class ValueField(fields.Field[Any]):
    """One value: JSON in, XML text out; null stays None and becomes xsi:nil, unless the codec has a text for it."""

    def __init__(self, codec: Codec, **rest: Any) -> None:
        super().__init__(error_messages=MESSAGES, **rest)
        self.codec = codec

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **rest: Any) -> Any:
        """Let the codec write null where it has a text for it."""
        if value is None and self.codec.takes_null:
            return self._deserialize(value, attr, data)
        return super().deserialize(value, attr, data, **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        try:
            return self.codec.write(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


def nothing(values: Mapping[str, Any]) -> dict[str, Any]:
    """Say that an object as a whole is right."""
    return {}


class JoinedField(fields.Field[Any]):
    """One text that stands in several elements: JSON in, the texts of its parts out."""

    def __init__(self, bound: BoundField, **rest: Any) -> None:
        super().__init__(error_messages=MESSAGES, **rest)
        self.bound = bound

    def parted(self, value: Any) -> dict[str, str]:
        """Return the texts of the parts. Raise ValueError where it cannot be parted."""
        return split(self.bound.parts, self.bound.rule.join, value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> dict[str, str]:
        try:
            return self.parted(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class ObjectField(fields.Field[Any]):
    """One object: its schema, what only the object as a whole can tell, and why known properties are refused.

    ``by_names``: what it tells depends on nothing but which properties are given, null, or an empty array or object.
    """

    def __init__(
        self, schema: Callable[[], Schema], extra: Extra, refused: Mapping[str, str], by_names: bool, **rest: Any
    ) -> None:
        super().__init__(error_messages=MESSAGES, **rest)
        self.schema, self.extra, self.refused, self.by_names = schema, extra, refused, by_names

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        try:
            loaded = self.schema().load(value)
        except ValidationError as error:
            forget(error, (ValidationError,))  # marshmallow has it in a variable
            messages: dict[Any, Any] = self._in_order(error.messages_dict, value)
            messages.update((name, [why]) for name, why in self.refused.items() if name in messages)
            _add(messages, self.extra(value) if isinstance(value, dict) else {})
            raise ValidationError(messages) from None
        if found := self.extra(value):
            raise ValidationError(found)
        return loaded

    def _in_order(self, messages: Mapping[Any, Any], value: Any) -> dict[Any, Any]:
        """Put unknown names in the caller's own order, after the known: marshmallow finds them in a set."""
        known = {each.data_key for each in self.schema().fields.values()}
        places = {name: place for place, name in enumerate(value, 1)} if isinstance(value, dict) else {}
        order = {name: places.get(name, 0) for name in messages if name not in known}
        return {name: messages[name] for name in sorted(messages, key=lambda name: order.get(name, 0))}


class VariantField(fields.Field[Any]):
    """One object of several kinds: the discriminator says which schema holds."""

    def __init__(self, by: str, variants: Mapping[str, ObjectField], **rest: Any) -> None:
        super().__init__(error_messages=MESSAGES, **rest)
        self.by, self.variants = by, variants

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError("must be an object")
        kind = value.get(self.by)
        if self.by not in value:
            raise ValidationError({self.by: ["is required"]})
        if not isinstance(kind, str) or kind not in self.variants:
            raise ValidationError({self.by: [f"must be one of {', '.join(self.variants)}"]})
        rest_of_it = {name: inner for name, inner in value.items() if name != self.by}
        return {self.by: kind, **self.variants[kind].deserialize(rest_of_it)}


def _add(messages: dict[Any, Any], more: Mapping[str, Any]) -> None:
    """Add what is said about places of which nothing is said yet."""
    for name, found in more.items():
        said = messages.setdefault(name, found)
        if said is not found and isinstance(said, dict) and isinstance(found, dict):
            _add(said, found)
