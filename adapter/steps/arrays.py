"""Arrays whose items are arranged: objects by a key, and lines that are numbered.

Both give the writer a list of objects that have what callers do not see in them, as XML text.
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields

from adapter.mapping.items import Items


class KeyedField(fields.Field[Any]):
    """An object in JSON whose keys are a property of the items: a list of them out."""

    def __init__(self, items: Items, item: fields.Field[Any], **rest: Any) -> None:
        super().__init__(**rest)
        self.items, self.item = items, item

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> list[Any]:
        if not isinstance(value, dict):
            raise ValidationError("must be an object")
        found: list[Any] = []
        wrong: dict[Any, Any] = {}
        known: dict[Any, str] = {}
        for key, inner in value.items():
            try:
                text = self.items.codec.write(key)
                same = known.setdefault(self.items.codec.read(text), key)
                if same != key:
                    raise ValueError(f"is the same key as {same}")
                item: Any = self.item.deserialize(inner)
                found.append({**item, self.items.name: text})
            except ValidationError as error:
                wrong[key] = error.messages
            except ValueError as error:
                wrong[key] = [f"as a key: {error}"]
        if wrong:
            raise ValidationError(wrong)
        return found


class NumberedField(fields.List[Any]):
    """An array whose items get their numbers by their position."""

    def __init__(self, items: Items, item: fields.Field[Any], **rest: Any) -> None:
        super().__init__(item, **rest)
        self.error_messages["invalid"] = "must be an array"
        self.items = items

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> list[Any]:
        found = super()._deserialize(value, attr, data, **rest) or []
        return [self.numbered(index, each) for index, each in enumerate(found)]

    def numbered(self, index: int, item: Any) -> Any:
        """Return an item with the number of its position. Raise ValidationError where there is none."""
        if item is None:
            return None
        try:
            return {**item, self.items.name: self.items.number(index)}
        except ValueError:
            raise ValidationError(f"has too many items: there are numbers for {index} of them") from None
