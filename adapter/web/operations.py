"""``/v1/operations/{id}``: where callers ask what became of their writes, and cancel them. Who answers is given."""

from __future__ import annotations

from adapter.mapping.model.write import WriteRule
from adapter.messages import Handler
from adapter.web.edge import Route

PATH = "/v1/operations/{id}"
CALLBACK = "callback-url"


def routes(read: Handler, cancel: Handler, timeout: float) -> list[Route]:
    """Return the two routes. Whoever is known may ask; that he sees his own only, ``read`` and ``cancel`` see to."""
    return [
        Route("operations.read", "GET", PATH, read, timeout),
        Route("operations.cancel", "DELETE", PATH, cancel, timeout),
    ]


def fields(rule: WriteRule | None) -> tuple[str, ...]:
    """Return the header fields that a write takes beside those of the house, in small letters."""
    return (CALLBACK,) if rule is not None and rule.callback else ()
