"""``/v1/operations/{id}``: where callers ask what became of their writes, and cancel them. Who answers is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from adapter.callers.refusing import nobody
from adapter.errors import RequestError
from adapter.mapping.bound import Endpoint
from adapter.mapping.model.write import WriteRule
from adapter.messages import ANYBODY, Handler, Request, Response
from adapter.web.edge import Route

PATH = "/v1/operations/{id}"
CALLBACK = "callback-url"


def routes(
    endpoints: Iterable[Endpoint],
    read: Handler,
    cancel: Handler,
    timeout: float,
    around: Callable[[Handler], Handler],
    *,
    known: bool,
) -> list[Route]:
    """Return the two routes. Whoever is known may ask; that he sees his own only, ``read`` and ``cancel`` see to.

    Where a public operation has writes that are kept, whoever asks for one of those need not say who he is either.
    ``known``: callers of the others have to. ``around`` is what stands before all.
    """
    public = any(_public(each) and each.write is not None and each.write.rule.kept for each in endpoints)
    if public and known:
        read, cancel = _or_who(read), _or_who(cancel)
    return [
        Route("operations.read", "GET", PATH, around(read), timeout, public=public),
        Route("operations.cancel", "DELETE", PATH, around(cancel), timeout, public=public),
    ]


def _public(endpoint: Endpoint) -> bool:
    return endpoint.policy.scopes is not None and endpoint.policy.scopes.public


def _or_who(handle: Handler) -> Handler:
    """Ask who it is where nothing is there for one who does not say so: perhaps he forgot to show his key."""

    def asked(request: Request) -> Response:
        try:
            return handle(request)
        except RequestError as error:
            if error.problem == "no-such-operation" and request.caller == ANYBODY:
                raise nobody() from error
            raise

    return asked


def fields(rule: WriteRule | None) -> tuple[str, ...]:
    """Return the header fields that a write takes beside those of the house, in small letters."""
    return (CALLBACK,) if rule is not None and rule.callback else ()
