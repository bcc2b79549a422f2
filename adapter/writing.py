"""How writes are sent and settled: what the mapping says, put together with the handlers of its operations."""

from __future__ import annotations

from collections.abc import Callable

from adapter.deliver import made
from adapter.deliver.resolve import Asking, resolver
from adapter.deliver.way import Way
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler
from adapter.respond import respond
from adapter.translate.reader import Result


def way_of(endpoint: Endpoint, inner: Callable[[Endpoint], Handler]) -> Way:
    """Return how the writes of one operation are sent and settled, by a request or by the background process.

    ``inner`` makes an operation without what stands around it for callers: the ERP is asked, never a cache.
    """
    write = endpoint.write
    assert write is not None
    if write.resolve is None:
        return made.way(endpoint, write, inner(endpoint), None)
    then, make = write.resolve.then, respond(endpoint)
    asking = Asking(inner(write.resolve.by), inner(then) if then is not None else None)
    asks = resolver(endpoint, write.resolve, asking, lambda record, request: make(Result(record), request))
    return made.way(endpoint, write, inner(endpoint), asks)
