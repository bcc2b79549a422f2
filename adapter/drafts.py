"""What would be sent for a request, without sending it: through the mapping as it is now, up to the ERP's door.

What is only read on the way there (code tables, the record that a body is merged into) is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapter.deliver.desk import Draft
from adapter.errors import AdapterError
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler, Request, Response
from adapter.pipeline import Backends, Limits, inner


class _Stopped(AdapterError):
    """The message is known, and must not leave."""

    def __init__(self, request: Request, kind: str, message: bytes) -> None:
        super().__init__("stopped before the ERP")
        self.draft = Draft(request, kind, message)


class Drafts:
    """Makes drafts of the operations of a project."""

    def __init__(self, endpoints: Sequence[Endpoint], backends: Backends, limits: Limits) -> None:
        self._made = {each.name: inner(each, backends, limits, _stopping) for each in endpoints}

    def __call__(self, request: Request) -> Draft:
        """Return what would be sent. Raise RequestError where the request is not valid, or what is read cannot be."""
        try:
            self._made[request.operation](request)
        except _Stopped as stopped:
            return stopped.draft
        raise LookupError(f"{request.operation} asks nobody")


def _stopping(then: Handler) -> Handler:
    def handle(request: Request) -> Response:
        def stop(kind: str, message: bytes) -> None:
            raise _Stopped(request, kind, message)

        return then(replace(request, trace=stop))

    return handle
