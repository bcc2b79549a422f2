"""One JSON body, or one of many: what the fast check is sure of is taken at once, the rest marshmallow explains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from marshmallow import ValidationError
from marshmallow.fields import Field

from adapter.errors import FieldError
from adapter.steps.accept import NOT_SURE, acceptor


def taking(field: Field[Any]) -> Callable[[Any, list[FieldError]], Any]:
    """Return what gives the texts that stand in XML for a JSON value, and notes what is wrong with it."""
    accept = acceptor(field)

    def take(value: Any, errors: list[FieldError]) -> Any:
        if value is not None:
            try:
                return accept(value)
            except NOT_SURE:
                pass
        try:
            return field.deserialize(value)
        except ValidationError as error:
            errors.extend(FieldError("body", pointer, text) for pointer, text in pointers(error.messages, ""))
        except RecursionError:
            errors.append(FieldError("body", "", "is nested too deeply"))
        return None

    return take


def pointers(messages: Any, before: str) -> Iterator[tuple[str, str]]:
    """Flatten marshmallow's nested messages to JSON Pointers (RFC 6901) and texts."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            part = str(key).replace("~", "~0").replace("/", "~1")
            yield from pointers(inner, before if key == "_schema" else f"{before}/{part}")
    elif isinstance(messages, list):
        for inner in messages:
            yield from pointers(inner, before)
    else:
        yield before, str(messages)
