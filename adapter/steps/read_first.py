"""The step that reads the record a body is merged into, before it is written back whole.

Both calls share the request's deadline, and what fails here goes up: then nothing was changed. Whether somebody else
changed the record in between is for the ERP to say, by its version, when it is written: through the fault table.
A request whose side is the new service passes by: that one gets the change as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapter.errors import BackendError, BackendFault, FieldError, InvalidRequest
from adapter.mapping.bound import Endpoint
from adapter.mapping.scalars import parameter
from adapter.messages import Call, Checked, Handler, Middleware, Request, Response

Ask = Callable[[Request], tuple[Any, tuple[str, ...]]]


def read_first(reads: Endpoint, ask: Ask) -> Middleware:
    """Return the step. ``reads`` is the operation that reads the record, ``ask`` calls it and gives its element."""
    fields = {field.name: field for field in reads.path_fields}
    query = {
        field.name: field.codec.write(parameter(field, field.rule.default))
        for field in reads.query_fields
        if field.codec is not None and field.rule.default is not None
    }

    def key(request: Request, call: Call) -> Checked:
        found = {}
        for name, field in fields.items():
            assert field.codec is not None
            try:
                found[name] = field.codec.write(parameter(field, request.path[name]))
            except ValueError as error:
                errors = (FieldError("path", name, str(error)),)
                raise InvalidRequest("invalid-request", 422, fields=errors) from None
        return Checked(found, query, call=call)

    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            if request.side == "http":
                return then(request)
            assert request.checked is not None
            record, notes = _read(ask, replace(request, checked=key(request, request.checked.call)))
            response = then(replace(request, checked=replace(request.checked, record=record)))
            return replace(response, notes=notes + response.notes)

        return handle

    return wrap


def _read(ask: Ask, request: Request) -> tuple[Any, tuple[str, ...]]:
    """Read the record. Where that fails nothing was changed, however far the reading came: the change was not sent."""
    try:
        return ask(request)
    except BackendFault:
        raise
    except BackendError as error:
        raise replace(error, sent="no") from error
