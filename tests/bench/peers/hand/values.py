"""The ERP's habits as marshmallow fields, each usable both ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields


class Digits(fields.Field[str]):
    """A number that the ERP pads with zeros: ``0000000042`` is ``42``."""

    def __init__(self, width: int, **rest: Any) -> None:
        super().__init__(**rest)
        self.width = width

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **rest: Any) -> str | None:
        return None if value is None else value.lstrip("0") or "0"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch("0|[1-9][0-9]*", value) or len(value) > self.width:
            raise ValidationError(f"Must be 1 to {self.width} digits without leading zeros.")
        return value.zfill(self.width)


class Codes(fields.Field[Any]):
    """One of a few words, each with the ERP's code for it."""

    def __init__(self, codes: Mapping[Any, str], **rest: Any) -> None:
        super().__init__(**rest)
        self.codes = codes
        self.words = {code: word for word, code in codes.items()}

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **rest: Any) -> Any:
        return self.words.get(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> str:
        try:
            return self.codes[value]
        except (KeyError, TypeError):
            raise ValidationError(f"Must be one of: {', '.join(map(str, self.codes))}.") from None


class Flag(Codes):
    """``J`` and ``N`` are true and false."""

    def __init__(self, **rest: Any) -> None:
        super().__init__({True: "J", False: "N"}, **rest)


class EightDigits(fields.Field[str]):
    """A day as ``20260301``; ``00000000`` is none. Only the ERP writes it."""

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **rest: Any) -> str | None:
        if value is None or value == "00000000":
            return None
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"


class Cents(fields.Field[str]):
    """``0000150000`` is ``1500.00``. Only the ERP writes it."""

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **rest: Any) -> str | None:
        return None if value is None else f"{int(value[:-2])}.{value[-2:]}"


class Number(fields.Decimal):
    """A decimal, written as a string so that nothing is lost on the way."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(as_string=True, **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Decimal:
        if not isinstance(value, str):
            raise ValidationError("Must be a string.")
        return super()._deserialize(value, attr, data, **rest)


class Moment(fields.Field[str]):
    """A point in time, in UTC. Only the ERP writes it."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **rest: Any) -> str | None:
        return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%SZ")
