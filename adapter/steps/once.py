"""The step that sends a write with an Idempotency-Key once, however often it is asked for.

Rule 1: a row is in the store before anything is sent, and who holds it is the only one who sends.
Rule 2: what the ERP answered is the answer to the key, byte for byte. What it was never asked is no answer.
Rule 3: where the answer was lost, the ERP is asked what became of it, and nothing is sent again without its word.
Rule 4: who comes meanwhile waits, within its own time, for the answer of who came first.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from adapter import problems
from adapter.deliver import kept
from adapter.deliver.book import Book
from adapter.deliver.flights import Flight, Flights
from adapter.deliver.keys import fingerprint, key_of
from adapter.deliver.outcomes import judged
from adapter.deliver.promised import Promises, Wish
from adapter.deliver.settle import MARGIN, Keeping, believed_in, seconds, settle
from adapter.deliver.way import Way
from adapter.errors import RequestError, StoreUnavailable, VaultError
from adapter.mapping.references import reference
from adapter.messages import Handler, Middleware, Request, Response
from adapter.store import Connection, callbacks, claiming, within, writes
from adapter.store.claiming import Claim
from adapter.store.writes import DISCARDED, DONE, QUEUED, REFUSED, SENDING, UNKNOWN, Write

REPLAYED: Final = {"Idempotent-Replayed": "true"}
"""Says that this is the answer to an earlier request with the same key."""
_SPARE = 0.1  # seconds of a deadline that are left for saying that it is over
_OVER = 1.0  # seconds beyond a deadline in which it is written down what became of a call that took all of it
_PAUSE, _LONGEST_PAUSE = 0.02, 0.25
_SOON = {"Retry-After": "1"}


def once(way: Way, keeping: Keeping) -> Middleware:
    """Return the step."""
    flights, required = Flights(), way.rule.key == "required"
    promises = Promises(way, keeping)

    def wrap(then: Handler) -> Handler:
        sender = _Sender(way, keeping, promises, then)

        def handle(request: Request) -> Response:
            with within(request.deadline + _OVER):
                given = request.headers.get("idempotency-key")
                if given is None and required:
                    raise problems.house("idempotency-key-missing")
                wish = promises.wish(request)
                if given is None:
                    if wish.later or promises.always:
                        return sender.answer(_Asked(request, None, fingerprint(request), wish), Flight(""))
                    return then(request)
                asked = _Asked(request, key_of(given), fingerprint(request), wish)
                place = (request.caller.id, asked.key)
                while True:
                    flight, ours = flights.join(place, partial(Flight, asked.fingerprint))
                    if ours:
                        return flights.fly(place, flight, partial(sender.answer, asked, flight))
                    found = _waited(keeping, way, asked, flight)
                    if found is not None:
                        return found

        return handle

    return wrap


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request with its key (None: none was given), what makes it the same as another, and what is wished beside."""

    request: Request
    key: str | None
    fingerprint: str
    wish: Wish

    @property
    def until(self) -> float:
        """When it has to be answered, with a little left for doing so."""
        return self.request.deadline - _SPARE


def _waited(keeping: Keeping, way: Way, asked: _Asked, flight: Flight) -> Response | None:
    """Return the answer of the request that goes ahead of this one; None where it ended without one."""
    if flight.fingerprint != asked.fingerprint:
        raise _told(keeping, way, "reused", problems.house("idempotency-key-reused"))
    if not flight.wait(asked.until):
        raise _told(keeping, way, "in_use", problems.house("idempotency-key-in-use", headers=_SOON))
    if flight.answer is not None:
        keeping.count(way.operation, "replayed")
        return replace(flight.answer, headers={**flight.answer.headers, **REPLAYED}, notes=())
    if flight.error is not None:
        raise replace(flight.error)
    return None


def _told(keeping: Keeping, way: Way, outcome: str, error: RequestError) -> RequestError:
    keeping.count(way.operation, outcome)
    return error


class _Sender:
    """Claims the row of a key, sends, and keeps what is answered."""

    def __init__(self, way: Way, keeping: Keeping, promises: Promises, then: Handler) -> None:
        self._way, self._keeping, self._promises, self._then = way, keeping, promises, then
        self._book = Book(keeping, way)

    def answer(self, asked: _Asked, flight: Flight) -> Response:
        """Return the answer to a key: the first one, or that of this request."""
        with within(asked.until):
            new = self._new(asked)
            if (key := new.key) is not None:
                found = self._keeping.store.read(lambda store: writes.by_key(store, new.caller, new.operation, key))
                if found is not None and self._stands(found, new):
                    return self._replayed(found)
            new = replace(new, request=self._keeping.seal(new, "request", kept.packed(self._filled(asked, new.id)[0])))
        cause = ""
        while True:
            row = self._claimed(asked, new, cause)
            if isinstance(row, Response):
                return row
            try:
                return self._promises.in_time(row, asked.wish, partial(self._sent, row, asked, flight))
            except _Unknown as unknown:
                if asked.key is None:
                    raise self._unknown(self._now(row), unknown.cause) from unknown
                cause = unknown.cause

    def _now(self, row: Write) -> Write:
        try:
            return self._keeping.store.read(lambda connection: writes.by_id(connection, row.id)) or row
        except StoreUnavailable:
            return row

    def _stands(self, row: Write, new: Write) -> bool:
        """Whether a row has the answer, without a look at it in a transaction that writes."""
        settled = row.state in claiming.SETTLED and row.fingerprint == new.fingerprint
        return settled and row.changed + self._keeping.keep > self._keeping.now()

    def _new(self, asked: _Asked) -> Write:
        request, way, keeping = asked.request, self._way, self._keeping
        vault, id = keeping.vault, str(uuid.uuid4())
        entity, carried = way.entity(request), self._filled(asked, id)[1]
        return Write(
            caller=request.caller.id,
            operation=way.operation,
            state=QUEUED if asked.wish.later else SENDING,
            promised=asked.wish.later,
            created=keeping.now(),
            key=vault.pseudonym("key", asked.key) if asked.key is not None else None,
            fingerprint=vault.pseudonym("request", asked.fingerprint),
            entity=vault.pseudonym("entity", entity) if entity else "",
            subject=vault.subject(way.subject(request)),
            reference=self._carried(id, carried),
            id=id,
        )

    def _filled(self, asked: _Asked, row: str) -> tuple[Request, str]:
        return self._way.fill(asked.request, row)

    def _carried(self, row: str, carried: str) -> str:
        """Return a reference as a row has it: ours as it is, so that it can be looked for; a caller's own hidden."""
        ours = carried and carried == reference(row, len(carried))
        return carried if ours or not carried else self._keeping.vault.pseudonym("reference", carried)

    def _claimed(self, asked: _Asked, new: Write, cause: str) -> Write | Response:
        """Return the row, once it is ours to send; or the answer that it has. ``cause``: why it was asked again."""
        keeping, way = self._keeping, self._way
        while True:
            claim = self._claim(asked, new, cause)
            row = claim.row
            if claim.kind == "ours":
                return row if row.state == SENDING else self._promises.answer(row, asked.wish)
            if claim.kind == "reused":
                raise _told(keeping, way, "reused", problems.house("idempotency-key-reused"))
            if claim.kind == "earlier" and way.rule.when_down == "queue":
                new = replace(new, state=QUEUED, promised=True)  # it keeps its place behind the earlier one
                continue
            if claim.kind == "earlier":
                raise _told(keeping, way, "earlier", problems.house("earlier-write-open", headers=_SOON))
            if row.state in (*claiming.SETTLED, DISCARDED):
                return self._replayed(row, first=bool(cause))
            if self._promises.stands(row):
                return self._promises.answer(row, asked.wish)
            if row.state == SENDING:
                self._wait(asked, row)
            elif row.state == UNKNOWN:
                self._settle(asked, row, cause)
            else:
                raise self._unknown(row, cause)

    def _claim(self, asked: _Asked, new: Write, cause: str) -> Claim:
        keeping, way, now = self._keeping, self._way, self._keeping.now()
        left = max(0.0, asked.request.deadline - time.monotonic())
        under_way = left + MARGIN + way.after if new.state == SENDING else 0.0
        rest = keeping.steady.rest(under_way).columns()
        held = replace(new, owner=uuid.uuid4().hex, lease=now + left + MARGIN, **rest)
        told = self._promises.told(new, asked.wish) if new.promised else None

        def act(connection: Connection) -> Claim:
            claim = claiming.claim(connection, held, now, keeping.terms(way))
            if claim.kind == "ours" and told is not None:
                callbacks.put(connection, replace(told, id=claim.row.id))
            return claim

        try:
            return keeping.store.run(act, asked.until if not cause else None)
        except StoreUnavailable as error:
            if cause:  # it was sent before, and nobody can say any more what became of it
                raise self._unknown(new, f"{cause}; {error}") from error
            raise

    def _replayed(self, row: Write, *, first: bool = False) -> Response:
        try:
            response = kept.response(self._keeping.open(row, "answer"), {} if first else REPLAYED)
        except (VaultError, kept.Corrupt) as error:
            members = {"outcome": row.state, "operation": _link(row)}
            raise problems.house("first-answer-gone", cause=str(error), members=members) from error
        self._keeping.count(self._way.operation, "resolved" if first else "replayed")
        return response

    def _wait(self, asked: _Asked, row: Write) -> None:
        """Wait until somebody else's row is in other hands, or settled. Raise 409 when the time is over."""
        pause = _PAUSE
        while (left := asked.until - time.monotonic()) > 0:
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, _LONGEST_PAUSE)
            try:
                found = self._keeping.store.read(lambda connection: writes.by_id(connection, row.id))
            except StoreUnavailable:  # asked again, for as long as there is time
                continue
            same = found is not None and (found.state, found.owner) == (SENDING, row.owner)
            if found is None or not same or found.lease <= self._keeping.now():
                return
        raise _told(self._keeping, self._way, "in_use", problems.house("idempotency-key-in-use", headers=_SOON))

    def _settle(self, asked: _Asked, row: Write, cause: str) -> None:
        """Find out what became of a row, within the time that there is. Raise ``outcome-unknown`` beyond it."""
        if asked.until <= time.monotonic():
            raise self._unknown(row, cause)
        row = settle(self._keeping, self._way, row, asked.until)
        if row.state == UNKNOWN:
            wait = believed_in(self._keeping, self._way, row)
            if time.monotonic() + wait >= asked.until:
                raise self._unknown(row, cause)
            time.sleep(wait)

    def _sent(self, row: Write, asked: _Asked, flight: Flight) -> Response:
        """Send, and keep the answer. Raise _Unknown where there is none."""
        request, _ = self._filled(asked, row.id)
        try:
            response = kept.whole(self._then(request))
        except RequestError as error:
            outcome = judged(error)
            if outcome == "unknown":
                self._book.lost(row, str(error))
                raise _Unknown(str(error)) from error
            if outcome == "nothing":
                queued = self._promises.queue(row, asked.wish) if self._promises.queues(error) else None
                if queued is not None:
                    return self._promises.answer(queued, asked.wish)
                self._book.nothing(row)
                raise
            answer = kept.refusal(error, request.id, self._keeping.known)
            self._book.answer(row, REFUSED, answer)
            flight.answer = kept.response(answer, {})
            raise
        except BaseException as error:  # a killed greenlet, or a defect of ours: the ERP may have it
            self._book.lost(row, type(error).__name__)
            raise
        self._book.answer(row, DONE, kept.answer(response))
        return response

    def _unknown(self, row: Write, cause: str) -> RequestError:
        keyed = row.key is not None
        members = {"outcome": "unknown", "state": row.state, "operation": _link(row), "repeat_with_same_key": keyed}
        headers = {"Retry-After": seconds(believed_in(self._keeping, self._way, row))} if row.state == UNKNOWN else {}
        what = "Repeat it with the same key: it will not be done twice." if keyed else "Ask where operation says."
        detail = f"Whether it was done is not known yet. {what}"
        error = problems.house("outcome-unknown", detail, headers=headers, members=members, cause=cause or row.cause)
        return _told(self._keeping, self._way, "left_unknown", replace(error, sent="maybe"))


class _Unknown(Exception):
    """A try has ended, and nobody knows how."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


def _link(row: Write) -> str:
    return f"/v1/operations/{row.id}"
