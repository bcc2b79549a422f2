"""The step that gives answers of reads again: nothing is decoded, validated or asked where one is kept.

Rule 1: it stands before everything that looks at the request, and behind what says whether the caller may ask.
Rule 2: of many that ask for the same one asks; see ``cache.flights``, and ``cache.turns`` for many workers.
Rule 3: an old answer is better than none: while a newer one is fetched, and where the ERP does not answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from adapter import pieces, problems
from adapter.cache.carried import Carried, Turn
from adapter.cache.entry import Entry, Standing, standing, strong
from adapter.cache.fields import asked, hit
from adapter.cache.flights import Flight, late
from adapter.cache.giving import given, has, unchanged, unconditional
from adapter.cache.keys import Key, Way
from adapter.cache.keys import way as way_of
from adapter.cache.whole import Cache, down
from adapter.errors import RequestError
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler, Middleware, Request, Response

_PAUSE: Final = 5.0
_LONGEST_PAUSE: Final = 60.0
_NOT_FOUND: Final = (404, 410)


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
                    return given(entry, request, hit(entry, age))
            return asking.answer(request, key, entry)

        return handle

    return wrap


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
            return given(entry, request, hit(entry, age))
        if counts is Standing.STALE or (counts is Standing.SPARE and entry.failing):
            self._refresh(request, key, entry)
            return self._old(request, entry)
        return entry if counts is Standing.SPARE else None

    def _old(self, request: Request, entry: Entry) -> Response:
        age = self._cache.clock() - entry.made
        self._count["stale"]()
        return given(entry, request, hit(entry, age, "stale-if-error" if entry.failing else ""))

    def _follow(self, asked_now: _Asked, flight: Flight) -> Response | None:
        """Wait for what another gets. None where it is for this request now to ask."""
        request, spare = asked_now.request, asked_now.spare
        if not flight.wait(request.deadline):
            if spare is not None:
                return self._old(request, spare)
            raise late()
        if flight.alone:
            return self._then(request)
        if flight.entry is not None and self._cache.counts(flight.entry):
            self._count["coalesced"]()
            return given(flight.entry, request, asked(asked_now.why, stored=False, collapsed=True))
        error = flight.shared_error(request.deadline - time.monotonic())
        if error is None:
            return None
        if spare is not None and down(error):
            return self._old(request, spare)
        self._count["coalesced"]()
        raise replace(error)

    def _lead(self, asked_now: _Asked, flight: Flight) -> Response | None:
        """Ask, for all who wait; or get what another worker has. None where that is old, and no answer by itself."""
        request, key, spare = asked_now.request, asked_now.key, asked_now.spare
        try:
            turn, began = self._turn(request, key, flight, old=spare is None)
            if turn.found is not None:
                return self._handed(asked_now, self._taken_over(turn.found, turn, key, flight, began), turn)
            self._count["miss"]()
            response, entry, stored = self._ask(self._then, request, key, flight, turn, began)
        except RequestError as error:
            if spare is None or not down(error):
                raise
            self._fails(spare, error)
            return self._old(request, spare)
        finally:
            self._cache.flights.end(key, flight)
        if entry is None:
            return response
        fields = asked(asked_now.why, stored=stored)
        if has(request, entry):
            return replace(unchanged(entry, fields), notes=response.notes, answered_by=response.answered_by)
        return replace(response, headers={**entry.headers, **fields})

    def _turn(self, request: Request, key: Key, flight: Flight, *, old: bool) -> tuple[Turn, int]:
        """Return whether it is for this worker to ask, once no other one does; and the last drop before that."""
        began = self._cache.memory.began()
        try:
            return self._cache.turn(key, flight, self._way, request.deadline, old=old), began
        except RequestError as error:
            flight.error = replace(error)  # without where it was raised, which holds this flight
            raise

    def _taken_over(self, found: Carried, turn: Turn, key: Key, flight: Flight, began: int) -> Entry:
        """Keep what another worker got. Raise the error that it got."""
        if not found.status:
            assert found.error is not None  # else nobody may share what there is, and each asks
            flight.error = found.error
            raise replace(found.error)
        entry = self._cache.handed(turn, found, flight, self._way)
        if entry.status == 200 or entry.error is not None:
            self._cache.memory.put(key, entry, began)
        if turn.waited or found.age < entry.life.fresh:
            flight.entry = entry
        return entry

    def _handed(self, asked_now: _Asked, entry: Entry, turn: Turn) -> Response | None:
        """Return the answer that another worker got; None where it is old, and was not waited for."""
        age = self._cache.clock() - entry.made
        if not turn.waited and age >= entry.life.fresh:
            return None
        self._count["coalesced"]()
        fields = asked(asked_now.why, stored=False, collapsed=True) if turn.waited else hit(entry, age)
        return given(entry, asked_now.request, fields)

    def _ask(
        self, then: Handler, request: Request, key: Key, flight: Flight, turn: Turn, began: int
    ) -> tuple[Response, Entry | None, bool]:
        """Ask the ERP. Return what it answers, the entry that it is, and whether that is kept; it is the flight's."""
        made = self._cache.clock()
        try:
            response = then(unconditional(request))
            entry = self._entry(response, flight, made)
            if entry is None:
                flight.alone = True
                return response, None, False
            entry.mark = turn.mark
            flight.entry = entry
            return response, entry, response.status == 200 and self._cache.memory.put(key, entry, began)
        except RequestError as error:
            self._refused(error, key, flight, began, made, turn.mark)
            raise
        except Exception as error:  # goes on up as what it is; who waits is told as its own caller would be
            flight.error = problems.house("internal-error", cause=type(error).__name__)
            raise
        finally:
            self._cache.end(turn, flight)

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

    def _refused(
        self, error: RequestError, key: Key, flight: Flight, began: int, made: float, mark: bytes | None
    ) -> None:
        """Keep that there is no such thing; what was kept of it is wrong then."""
        flight.error = replace(error)
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
        entry = Entry(b"", "", error.status, made, self._way.absent, tuple(flight.tags), error=plain, mark=mark)
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
            turn, began = self._turn(request, key, flight, old=False)
            if turn.found is not None:
                self._taken_over(turn.found, turn, key, flight, began)
                return
            self._ask(self._alone, request, key, flight, turn, began)
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
