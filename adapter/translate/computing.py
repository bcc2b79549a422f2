"""Constants of an operation that a team's function computes of what the caller sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.errors import FieldError, InvalidRequest
from adapter.mapping.bound import BoundField, Endpoint
from adapter.messages import Checked

Compute = Callable[[Checked], Mapping[str, str]]


def computing(endpoint: Endpoint) -> Compute | None:
    """Return what computes the values by their names in ``Endpoint.message``; None where there are none.

    It raises InvalidRequest with the words of a function's ValueError, and without any for whatever else goes wrong.
    """
    fields = [each for each in endpoint.constants if each.computed is not None]
    if not fields:
        return None
    here = {field.name: field for field in endpoint.given()}

    def compute(checked: Checked) -> Mapping[str, str]:
        body = checked.body if isinstance(checked.body, Mapping) else {}
        texts = {**body, **checked.query, **checked.path}
        values = {name: _value(here[name], text) for name, text in texts.items() if name in here}
        return {f"set.{each.name}": text for each in fields if (text := _text(each, values)) is not None}

    return compute


def _value(field: BoundField, text: Any) -> Any:
    """Return the JSON value of a checked text. What was checked can be read."""
    return field.codec.read(text) if field.codec is not None and isinstance(text, str) else None


def _text(field: BoundField, values: Mapping[str, Any]) -> str | None:
    assert field.computed is not None
    assert field.codec is not None
    try:
        arguments = field.computed.of(values)
        value = field.computed.value(arguments) if arguments is not None else None
        return None if value is None else field.codec.write(value)
    except ValueError as error:
        name = field.computed.named
        raise InvalidRequest("invalid-request", 422, fields=(FieldError("body", "", f"{name}: {error}"),)) from None
