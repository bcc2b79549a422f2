"""Custom fields: properties that stand in a record's customFieldList."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from tests.netsuite.by_hand import netsuite
from tests.netsuite.by_hand.fields import Reference, Timestamp
from tests.netsuite.by_hand.problems import Problem


class CustomField(fields.Field):
    """A custom field, by its script id. Unknown entries of a record are passed over, one of a wrong kind is refused.

    What it loads stands below ``custom`` and says what to make of it.
    """

    def __init__(self, kind: str, script_id: str, inner: fields.Field) -> None:
        super().__init__(attribute=f"custom.{script_id}")
        self.kind, self.script_id, self.inner = kind, script_id, inner

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **rest: Any) -> Any:
        """Find the entry and serialize its value."""
        for entry in obj.customFieldList.customField if obj.customFieldList is not None else []:
            if entry.scriptId == self.script_id:
                if type(entry).__name__ != self.kind:
                    raise Problem(*netsuite.NO_REPLY)
                return self.inner.serialize("value", entry)
        return None

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> tuple[str, Any]:
        return self.kind, self.inner.deserialize(value)


def text(script_id: str) -> CustomField:
    """Return a custom field that holds a text."""
    return CustomField("StringCustomFieldRef", script_id, fields.String())


def boolean(script_id: str) -> CustomField:
    """Return a custom field that holds true or false."""
    return CustomField("BooleanCustomFieldRef", script_id, fields.Boolean())


def number(script_id: str, **rest: Any) -> CustomField:
    """Return a custom field that holds a number."""
    return CustomField("DoubleCustomFieldRef", script_id, fields.Float(**rest))


def moment(script_id: str) -> CustomField:
    """Return a custom field that holds a point in time."""
    return CustomField("DateCustomFieldRef", script_id, Timestamp())


def choice(script_id: str) -> CustomField:
    """Return a custom field that holds an entry of a list."""
    return CustomField("SelectCustomFieldRef", script_id, fields.Nested(Reference))


def choices(script_id: str) -> CustomField:
    """Return a custom field that holds entries of a list."""
    return CustomField("MultiSelectCustomFieldRef", script_id, fields.List(fields.Nested(Reference)))
