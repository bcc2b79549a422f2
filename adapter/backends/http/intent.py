"""What a service would be told by a request: it is said as the service has it, and read back. Nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter import json_pieces
from adapter.backends.http.leaves import Wrong
from adapter.backends.http.places import filled
from adapter.backends.http.reading import reader
from adapter.backends.http.writing import writer
from adapter.errors import InvalidRequest
from adapter.mapping.model.served import ServedOperation
from adapter.mapping.service_forms import changes
from adapter.messages import Request
from adapter.strict_json import decode

_DEPTH, _DIGITS = 500, 4000


class Unbuildable(Exception):
    """A request cannot be said to the service. The text says why, in the service's names, and never with a value."""


def intent(operation: ServedOperation) -> Callable[[Request], Any]:
    """Return what gives the JSON of a request as the service is told it, in our contract's words; None for no body.

    It raises Unbuildable.
    """
    fill = filled(operation.there_root + operation.there_rest)
    shaped = operation.sent if operation.sent is not None and changes(*operation.sent) else None
    write, read = (writer(*shaped), reader(*shaped)) if shaped is not None else (None, None)

    def told(request: Request) -> Any:
        try:
            fill(request.path)
            document = decode(request.body, max_depth=_DEPTH, max_digits=_DIGITS) if request.body else None
            if document is None or write is None or read is None:
                return document
            said = json_pieces.encode(write(document))
            return read(decode(said, max_depth=_DEPTH, max_digits=_DIGITS), set())
        except InvalidRequest as error:
            raise Unbuildable(error.fields[0].detail if error.fields else error.detail) from None
        except Wrong as wrong:
            raise Unbuildable(str(wrong)) from None
        except (LookupError, ValueError, TypeError) as error:  # a word, or a kind, that the mapping has nothing for
            raise Unbuildable(f"the mapping has nothing for a value ({type(error).__name__})") from None

    return told
