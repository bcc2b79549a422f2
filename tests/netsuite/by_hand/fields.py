"""Kinds of values: NetSuite's enumerations, points in time and references, as marshmallow fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_dump

from tests.netsuite.by_hand import netsuite
from tests.netsuite.by_hand.problems import Problem


class Sparse(Schema):
    """A schema whose answers leave out what NetSuite left out."""

    @post_dump
    def without_nothing(self, data: dict, **rest: Any) -> dict:
        """Drop absent values."""
        return {name: value for name, value in data.items() if value is not None}


class Code(fields.Field):
    """Our word for a code of NetSuite's."""

    def __init__(self, codes: dict[str, str], **rest: Any) -> None:
        super().__init__(**rest)
        self.codes = codes
        self.words = {code: word for word, code in codes.items()}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **rest: Any) -> Any:
        if value is not None and value not in self.words:
            raise Problem(*netsuite.NO_REPLY)
        return self.words.get(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> str:
        if value not in self.codes:
            raise ValidationError(f"must be one of {', '.join(self.codes)}")
        return self.codes[value]


class Timestamp(fields.AwareDateTime):
    """A point in time, with the milliseconds that NetSuite gives."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **rest: Any) -> str | None:
        return value.isoformat(timespec="milliseconds") if value is not None else None


class Reference(Sparse):
    """A record that another one refers to, or an entry of a list."""

    id = fields.String(attribute="internalId")
    name = fields.String(dump_only=True)


class Address(Sparse):
    """A postal address."""

    country = fields.String()
    attention = fields.String()
    addressee = fields.String()
    street = fields.String(attribute="addr1")
    street2 = fields.String(attribute="addr2")
    city = fields.String()
    state = fields.String()
    postcode = fields.String(attribute="zip")


def reference(**rest: Any) -> fields.Field:
    """Return a field that holds a reference."""
    return fields.Nested(Reference, **rest)
