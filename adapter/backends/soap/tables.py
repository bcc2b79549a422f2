"""Code tables that are asked for once, kept, and shared by the operations of a resource.

Rule 1: however many calls need a table, one asks for it; see ``Single``.
Rule 2: a table that is older than ``keep`` is used while one call renews it, and where renewing fails, up to ten times
        ``keep``. Renewing takes at most half of the time that its call has left.
Rule 3: whoever gets no table has sent nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from adapter.backends.soap import Again, SoapPort, asking
from adapter.errors import BackendError, BackendTimeout, RequestError
from adapter.exchange.single import Single
from adapter.mapping.bound import BoundLookup, Endpoint
from adapter.mapping.tables import Table, UnknownCode, Words
from adapter.messages import Call, Checked, Request
from adapter.translate.fault import fault_reader
from adapter.translate.made import TextOf
from adapter.translate.table import table_reader
from adapter.translate.text_writer import text_writer
from adapter.translate.writer import header_writer

STALE = 10
"""How many times ``keep`` a table may be old."""
PAUSE = 60.0
"""Seconds between two calls that a code which the table lacks, or a table that could not be renewed, can cause."""
_DETAIL = "The adapter could not get a table of codes from the system behind this API. Nothing was sent."


class Kept:
    """One table and when it was asked for. ``ask`` gets its words, or raises BackendError; ``clock`` is in seconds."""

    def __init__(
        self, table: Table, keep: float, ask: Callable[[Request], Words], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._table, self._keep, self._ask, self._clock = table, keep, ask, clock
        self._single = Single(self._late)
        self._loaded = self._tried = -math.inf

    def ready(self, request: Request) -> tuple[str, ...]:
        """See to it that the table is there. Return what was odd; raises BackendError where none is to be had."""
        self._single.get(request.deadline, self._usable, lambda: self._renewed(request))
        if self._age() < self._keep or self._clock() - self._tried < min(PAUSE, self._keep):
            return ()
        try:
            self._single.unless_asked(lambda: self._renewed(_half(request)) if self._age() >= self._keep else None)
        except BackendError as error:
            return (f"stale: {error}",)
        return ()

    def again(self, error: RequestError, request: Request) -> bool:
        """Tell whether a reply that was refused is to be read again: it holds a code that another table may have."""
        unknown = error.__cause__
        if not isinstance(unknown, UnknownCode) or unknown.table is not self._table:
            return False
        lacking = unknown.words

        def newer() -> Words | None:
            now = self._table.words
            return now if now is not lacking or self._clock() - self._tried < PAUSE else None

        try:
            return self._single.get(request.deadline, newer, lambda: self._renewed(request)) is not lacking
        except BackendError:
            return False  # the reply is refused as it is

    def _age(self) -> float:
        return self._clock() - self._loaded

    def _usable(self) -> Words | None:
        return self._table.words if self._age() < self._keep * STALE else None

    def _renewed(self, request: Request) -> Words:
        self._tried = self._clock()
        try:
            found = self._ask(request)
        except BackendError as error:
            raise replace(error, detail=_DETAIL, cause=self._named(error.cause or error.problem), sent="no") from error
        self._table.words, self._loaded = found, self._tried
        return found

    def _late(self) -> BackendTimeout:
        return BackendTimeout("backend-timeout", 504, _DETAIL, cause=self._named("waited too long"), sent="no")

    def _named(self, cause: str) -> str:
        name = f"lookup {self._table.name}: "
        return cause if cause.startswith(name) else name + cause


def kept(port: SoapPort, lookup: BoundLookup, text_of: TextOf) -> Kept:
    """Return the table that an operation of a port answers."""
    asked = lookup.endpoint
    ask = asking(
        port,
        asked.operation,
        write=text_writer(asked, text_of),
        read=table_reader(lookup),
        read_fault=fault_reader(asked),
        headers=header_writer(asked, text_of),
        policy=asked.policy,
    )

    def get(request: Request) -> Words:
        trace = request.trace
        named = None if trace is None else lambda kind, message: trace(f"{kind} lookup-{lookup.rule.name}", message)
        own = replace(request, body=b"", path={}, query=(), checked=Checked(call=Call(request.id)), trace=named)
        return ask(own)[0]

    return Kept(lookup.table, lookup.rule.keep, get)


def _half(request: Request) -> Request:
    """Return the request with half of the time that it has left."""
    now = time.monotonic()
    return replace(request, deadline=now + max(0.0, request.deadline - now) / 2)


def of_endpoint(endpoint: Endpoint, tables: Mapping[Table, Kept]) -> list[Kept]:
    """Return the tables of an operation."""
    return [tables[lookup.table] for lookup in endpoint.lookups]


def again_of(endpoint: Endpoint, tables: Mapping[Table, Kept]) -> Again:
    """Return what says whether a reply is to be read once more, since one of the tables is a newer one now."""
    own = of_endpoint(endpoint, tables)
    return lambda error, request: any(each.again(error, request) for each in own)
