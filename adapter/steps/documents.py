"""The check of a document that a caller sends: its bytes, its media type and its file name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from adapter.errors import FieldError
from adapter.mapping.binary import UPLOADED
from adapter.mapping.bound import BoundField, Endpoint
from adapter.mapping.file_names import name_in
from adapter.mapping.media_types import essence
from adapter.mapping.model.document import CONTENT, FILE_NAME, MEDIA_TYPE
from adapter.messages import Checked, Request, Upload

_PLACES = {CONTENT: ("body", ""), MEDIA_TYPE: ("header", "Content-Type"), FILE_NAME: ("header", "Content-Disposition")}


@dataclass(frozen=True, slots=True)
class Sent:
    """A document as it came."""

    document: bytes | Upload
    media_type: str
    file_name: str


def sent(request: Request) -> Sent:
    """Return the document of a request."""
    disposition = request.headers.get("content-disposition", "")
    return Sent(
        request.body if request.upload is None else request.upload, essence(request.content_type), name_in(disposition)
    )


def document_check(endpoint: Endpoint) -> Callable[[Any, list[FieldError]], Any] | None:
    """Return the check of a document, None where the operation takes none. It gives the texts that stand in XML."""
    body = endpoint.body
    if body is None or body.document is None:
        return None
    fields = endpoint.types[body.type].fields

    def check(given: Sent, errors: list[FieldError]) -> dict[str, str]:
        found: dict[str, str] = {}
        if given.document.empty if isinstance(given.document, Upload) else not given.document:
            errors.append(FieldError(*_PLACES[CONTENT], "must not be empty"))
            return found
        for field in fields:
            if field.name == CONTENT and isinstance(given.document, Upload):
                found[CONTENT] = UPLOADED
            elif value := getattr(given, field.name):
                found[field.name] = _written(field, value, errors)
            elif field.required:
                errors.append(FieldError(*_PLACES[field.name], _MISSING[field.name]))
        return found

    return check


_MISSING = {MEDIA_TYPE: "is required", FILE_NAME: 'must name a file: attachment; filename="invoice.pdf"'}


def _written(field: BoundField, value: Any, errors: list[FieldError]) -> str:
    assert field.codec is not None
    try:
        text: str = field.codec.write(value)
    except ValueError as error:
        errors.append(FieldError(*_PLACES[field.name], str(error)))
        return ""
    return text


def as_sent(error: FieldError) -> FieldError:
    """Say where in the request a part of the document stands."""
    name = error.pointer.removeprefix("/")
    if error.place != "body" or name not in _PLACES:
        return error
    place, pointer = _PLACES[name]
    return replace(error, place=place, pointer=pointer)


def without_bytes(checked: Checked) -> Checked:
    """Return what is shown of a call that sends a document: how long its text is, in place of the text."""
    text = checked.body.get(CONTENT, "") if isinstance(checked.body, dict) else ""
    return replace(checked, body={**(checked.body or {}), CONTENT: f"({len(text)} characters)"})
