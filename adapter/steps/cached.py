"""The step that gives answers of reads again: nothing is decoded, validated or asked where one is kept.

Rule 1: it stands before everything that looks at the request, and behind what says whether the caller may ask.
Rule 2: of many that ask for the same one asks; see ``cache.flights``.
Rule 3: an old answer is better than none: while a newer one is fetched, and where the ERP does not answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from adapter import pieces, problems
from adapter.cache.entry import Entry, Standing, standing, strong
from adapter.cache.fields import asked, hit, matches
from adapter.cache.flights import Flight
from adapter.cache.keys import Key, Way
from adapter.cache.keys import way as way_of
from adapter.cache.whole import Cache, down
from adapter.errors import BackendTimeout, RequestError
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler, Middleware, Request, Response

_PAUSE: Final = 5.0
_LONGEST_PAUSE: Final = 60.0
_NOT_FOUND: Final = (404, 410)
_OF_304: Final = ("ETag", "Cache-Control", "Vary")
_CONDITION: Final = "if-none-match"


def keeping(endpoint: Endpoint, cache: Cache | None) -> Iterator[Middleware]:
    """Yield the step, where an operation has one."""
    if cache is not None and endpoint.policy.cache is not None:
        yield cached(way_of(endpoint, cache.timeout), cache)


def cached(way: Way, cache: Cache) -> Middleware:
    """Return the step of one operation."""

    def wrap(then: Handler) -> Handler:
        asking, key_of, clock = _Asking(way, cache, then), way.key, cache.clock
        count = cache.told.counter(way.operation, "hit")

        def handle(request: Request) -> Response:
            if request.body or request.trace is not None:  # refused further down, or explained
                return then(request)
            key = key_of(request)
            entry = cache.find(key)
            if entry is not None:
                age = clock() - entry.made
                if age < entry.life.fresh:
                    count()
                    return _given(entry, request, hit(entry, age))
            return asking.answer(request, key, entry)

        return handle

    return wrap


def _given(entry: Entry, request: Request, fields: Mapping[str, str]) -> Response:
    """Return a kept answer, or 304 where the caller has it. Raise the refusal that it is."""
    if entry.error is not None:
        raise replace(entry.error, headers={**entry.error.headers, **fields})
    sent = request.headers.get(_CONDITION)
    if sent is not None and matches(sent, entry.etag):
        return _unchanged(entry, fields)
    return Response(entry.status, entry.body, entry.content_type, {**entry.headers, **fields}, (), "cache")


def _unchanged(entry: Entry, fields: Mapping[str, str]) -> Response:
    """Return the answer to one who has these bytes (RFC 9110, section 15.4.5)."""
    own = {name: entry.headers[name] for name in _OF_304 if name in entry.headers}
    return Response(304, b"", entry.content_type, {**own, **fields}, (), "cache")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that is not answered by what is kept. ``spare`` is what it may have where the ERP does not answer."""

    request: Request
    key: Key
    spare: Entry | None

    @property
    def why(self) -> str:
        """Why the ERP is asked, as Cache-Status has it."""
        return "miss" if self.spare is None else "stale"


class _Asking:
    """What becomes of a request for which there is no fresh answer."""

    def __init__(self, way: Way, cache: Cache, then: Handler) -> None:
        self._way, self._cache, self._then = way, cache, then
        self._alone = pieces.call(then)
        counter = cache.told.counter
        self._count = {
            name: counter(way.operation, name) for name in ("stale", "miss", "coalesced", "refreshed", "refresh_failed")
        }

    def answer(self, request: Request, key: Key, entry: Entry | None) -> Response:
        """Return the answer: an old one, another's, or one that is asked for."""
        while True:
            found = self._kept_answer(request, key, entry)
            if isinstance(found, Response):
                return found
            asked_now = _Asked(request, key, found)
            flight, ours = self._cache.flights.join(key, lambda: self._flight(request, request.deadline))
            answer = self._lead(asked_now, flight) if ours else self._follow(asked_now, flight)
            if answer is not None:
                return answer
            entry = self._cache.find(key)

    def _flight(self, request: Request, deadline: float) -> Flight:
        return Flight(self._way.tags(request.path), deadline - time.monotonic())

    def _kept_answer(self, request: Request, key: Key, entry: Entry | None) -> Response | Entry | None:
        """Return the answer that is kept, if it counts; else what there is to spare, if anything."""
        if entry is None:
            return None
        age = self._cache.clock() - entry.made
        counts = standing(entry.life, age)
        if counts is Standing.FRESH:
            self._count["coalesced"]()
            return _given(entry, request, hit(entry, age))
        if counts is Standing.STALE or (counts is Standing.SPARE and entry.failing):
            self._refresh(request, key, entry)
            return self._old(request, entry)
        return entry if counts is Standing.SPARE else None

    def _old(self, request: Request, entry: Entry) -> Response:
        age = self._cache.clock() - entry.made
        self._count["stale"]()
        return _given(entry, request, hit(entry, age, "stale-if-error" if entry.failing else ""))

    def _follow(self, asked_now: _Asked, flight: Flight) -> Response | None:
        """Wait for what another gets. None where it is for this request now to ask."""
        request, spare = asked_now.request, asked_now.spare
        if not flight.wait(request.deadline):
            if spare is not None:
                return self._old(request, spare)
            detail = "The answer did not arrive in time. Nothing was changed."
            raise BackendTimeout("backend-timeout", 504, detail, cause="waited for another's call", sent="no")
        if flight.alone:
            return self._then(request)
        if flight.entry is not None:
            self._count["coalesced"]()
            return _given(flight.entry, request, asked(asked_now.why, stored=False, collapsed=True))
        error = flight.shared_error(request.deadline - time.monotonic())
        if error is None:
            return None
        if spare is not None and down(error):
            return self._old(request, spare)
        self._count["coalesced"]()
        raise replace(error)

    def _lead(self, asked_now: _Asked, flight: Flight) -> Response:
        """Ask, for all who wait."""
        request, spare = asked_now.request, asked_now.spare
        self._count["miss"]()
        try:
            response, entry, stored = self._ask(self._then, request, asked_now.key, flight)
        except RequestError as error:
            if spare is None or not down(error):
                raise
            self._fails(spare, error)
            return self._old(request, spare)
        finally:
            self._cache.flights.end(asked_now.key, flight)
        if entry is None:
            return response
        fields = asked(asked_now.why, stored=stored)
        sent = request.headers.get(_CONDITION)
        if sent is not None and matches(sent, entry.etag):
            return replace(_unchanged(entry, fields), notes=response.notes, answered_by=response.answered_by)
        return replace(response, headers={**entry.headers, **fields})

    def _ask(self, then: Handler, request: Request, key: Key, flight: Flight) -> tuple[Response, Entry | None, bool]:
        """Ask the ERP. Return what it answers, the entry that it is, and whether that is kept; it is the flight's."""
        began, made = self._cache.memory.began(), self._cache.clock()
        try:
            response = then(_unconditional(request))
        except RequestError as error:
            self._refused(error, key, flight, began, made)
            raise
        except Exception as error:  # goes on up as what it is; who waits is told as its own caller would be
            flight.error = problems.house("internal-error", cause=type(error).__name__)
            raise
        entry = self._entry(response, flight, made)
        if entry is None:
            flight.alone = True
            return response, None, False
        flight.entry = entry
        return response, entry, response.status == 200 and self._cache.memory.put(key, entry, began)

    def _entry(self, response: Response, flight: Flight, made: float) -> Entry | None:
        """Return an answer as it is kept; None for one that leaves while it is made, so that nobody can share it."""
        body, way = response.body, self._way
        if not isinstance(body, bytes):
            return None
        fields = response.headers
        if response.status == 200:
            fields = {"ETag": strong(body), **fields, "Cache-Control": way.control}
            fields |= {"Vary": way.vary} if way.vary else {}
        return Entry(body, response.content_type, response.status, made, way.life, tuple(flight.tags), fields)

    def _refused(self, error: RequestError, key: Key, flight: Flight, began: int, made: float) -> None:
        """Keep that there is no such thing; what was kept of it is wrong then."""
        flight.error = error
        if error.status not in _NOT_FOUND:
            return
        old = self._cache.memory.get(key)
        if old is not None:
            self._cache.memory.discard(key, old)
        if error.problem not in self._way.problems or not self._way.absent.fresh:
            return
        plain = RequestError(
            error.problem, error.status, error.detail, error.title, error.fields, error.headers, error.cause,
            error.members,
        )  # fmt: skip
        entry = Entry(b"", "", error.status, made, self._way.absent, tuple(flight.tags), error=plain)
        self._cache.memory.put(key, entry, began)
        flight.entry = entry

    def _refresh(self, request: Request, key: Key, entry: Entry) -> None:
        """Fetch a newer answer while nobody waits for it, unless somebody does already, or one failed just now."""
        if self._cache.clock() < entry.again:
            return
        deadline = time.monotonic() + self._way.timeout
        flight, ours = self._cache.flights.join(key, lambda: self._flight(request, deadline))
        if not ours:
            return
        later = replace(request, deadline=deadline)
        if not self._cache.beside(lambda: self._refreshed(later, key, flight, entry)):
            self._cache.flights.end(key, flight)

    def _refreshed(self, request: Request, key: Key, flight: Flight, entry: Entry) -> None:
        try:
            self._ask(self._alone, request, key, flight)
            self._count["refreshed"]()
        except Exception as error:  # nobody waits for it: it is told, and the old answer goes on
            self._count["refresh_failed"]()
            self._fails(entry, error)
            self._cache.told.failed(self._way.operation, request.id, error)
        finally:
            self._cache.flights.end(key, flight)

    def _fails(self, entry: Entry, error: Exception) -> None:
        """From now on nobody waits for a newer answer; one is asked for at most once in a while."""
        said = error.headers.get("Retry-After", "") if isinstance(error, RequestError) else ""
        wait = min(float(said), _LONGEST_PAUSE) if said.isascii() and said.isdigit() else 0.0
        entry.failing = not isinstance(error, RequestError) or down(error)
        entry.again = self._cache.clock() + max(wait, min(_PAUSE, entry.life.fresh))


def _unconditional(request: Request) -> Request:
    """Return the request for the whole answer: who already has it is found out here."""
    if _CONDITION not in request.headers:
        return request
    return replace(request, headers={name: each for name, each in request.headers.items() if name != _CONDITION})
