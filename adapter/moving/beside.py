"""Asks the other side beside a read that was answered, and compares: never in the way of whoever called.

Rule 1: only what is declared to read is asked beside; anything else does not build.
Rule 2: the caller has his answer already or gets it now: what is done in his request is a hash and a place in a queue.
Rule 3: what finds no room, waited too long, or a guard did not let through is dropped and counted, never made up for.
Rule 4: an ERP that does not answer says nothing about the new service; a new service that does not is a difference.
Rule 5: sides that differ while a write of the entity is on its way from one to the other say nothing either.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from adapter import pieces
from adapter.errors import BackendUnavailable, BuildError, Mistake, RequestError, StoreUnavailable
from adapter.guard.gates import REFUSED
from adapter.mapping.agreement.compared import known
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler, Placed, Request, Response
from adapter.moving.lane import Lanes
from adapter.moving.needed import Beside, Comparing
from adapter.rollout import stages
from adapter.rollout.compare import Answered, Comparer
from adapter.rollout.differences import Difference
from adapter.rollout.fingerprints import groups
from adapter.rollout.rules import Side
from adapter.rollout.stages import other
from adapter.strict_json import decode

if TYPE_CHECKING:
    from adapter.moving.follow import Snapshot

LARGEST: Final = pieces.LARGE
"""Bytes of an answer that is compared. More would keep a worker from its callers."""
_DEPTH, _DIGITS = 100, 1000
SAME, DIFFERS, DROPPED, SKIPPED, SILENT = "same", "differs", "dropped", "skipped", "silent"
_ARRIVING: Final = "arriving"


class Noting(Comparing, Protocol):
    """Takes what the legacy said when it was asked twice too."""

    def noise(self, feature: str, run: int, operation: str, pointer: str, *, candidate: bool, legacy: bool) -> None:
        """Note a pair in which the legacy was asked twice."""


@dataclass(frozen=True, slots=True)
class Example:
    """What a comparison was about: the request, what both sides said, and the first difference of each group."""

    request: Request
    legacy: Answered
    candidate: Answered
    groups: Mapping[str, Difference]


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told: of each comparison by operation and outcome, of a bug, and (by operation) of an example to be kept.

    Outcomes are same, differs, dropped, skipped (no JSON, or too much of it), silent (the ERP did not answer) and
    arriving (they differ, and a write of the entity is on its way).
    """

    compared: Callable[[str, str], None] = lambda operation, outcome: None
    bug: Callable[[BaseException, str, str], None] = lambda error, request_id, operation: None
    example: Callable[[Endpoint], Callable[[Example], None]] = lambda endpoint: lambda example: None


class Silent(Exception):
    """Nothing was said that could be compared; the text is the outcome."""


Arriving = Callable[[Placed, float], bool]
"""Whether a write of a request's entity is on its way to a side, or was some seconds ago or later."""


def _never(placed: Placed, seconds: float) -> bool:
    return False


class Besides:
    """What asks beside the requests of one process, and of all that it forks. ``key`` is the secret of samples.

    ``timeout``: seconds of a call whose mapping says none. ``arriving`` is asked where sides differ. ``lanes`` are the
    queues of features.
    """

    def __init__(
        self,
        now: Callable[[], Snapshot],
        notes: Noting,
        key: bytes = b"",
        timeout: float = 10.0,
        telling: Telling | None = None,
        arriving: Arriving = _never,
        lanes: Lanes | None = None,
    ) -> None:
        self._now, self._notes, self._key, self._timeout, self._arriving = now, notes, key, timeout, arriving
        self._telling, self._lanes = telling or Telling(), lanes or Lanes()

    def of(self, endpoint: Endpoint, soap: Handler, http: Handler) -> Beside:
        """Return who is told of the reads of an operation. Raise BuildError for one that does not only read."""
        rule = endpoint.rollout
        if rule is None or endpoint.policy.effect != "read":
            where = endpoint.resource.place
            text = f"{endpoint.name} does not only read, and would be asked beside"
            raise BuildError([Mistake(where.file, where.line, where.column, text, "effect: read, where that is so")])
        lane = self._lanes.of(endpoint.resource.name, rule.beside.queue)
        asking = _Asking(endpoint, soap, http, self._now, self._notes, self._telling, self._timeout, self._arriving)
        share, operation, key = rule.beside.share, endpoint.name, self._key
        noise = rule.beside.noise

        def beside(request: Request, side: Side, what: Response | RequestError) -> None:
            sample, second = sampled(key, operation, request.id)
            if sample >= share:
                return
            asked = _Asked(asking, request, side, what, twice=second < noise, since=time.monotonic())
            body = what.body if isinstance(what, Response) else b""
            if not isinstance(body, bytes) or len(body) > LARGEST:
                asked.skipped()
            elif not lane.offer(asked, len(body) + len(request.body)):
                asked.dropped()

        return beside


def sampled(key: bytes, operation: str, id: str) -> tuple[float, float]:
    """Return two numbers from 0 to 1 for a request (BLAKE2b, RFC 7693), which nobody can choose who lacks the key."""
    text = f"{operation}\0{id}".encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(text, digest_size=8, key=key, person=b"rollout beside").digest()
    return int.from_bytes(digest[:4], "big") / 2**32, int.from_bytes(digest[4:], "big") / 2**32


@dataclass(frozen=True, slots=True)
class _Asked:
    """One read that was answered by a side. ``twice``: the legacy is asked once more, to see what differs by itself.

    ``since`` is when it was answered.
    """

    asking: _Asking
    request: Request
    side: Side
    what: Response | RequestError
    twice: bool
    since: float

    def go(self) -> None:
        """Ask and compare."""
        self.asking.go(self)

    def dropped(self) -> None:
        """Count that this was not asked."""
        self.asking.note(self.placed, DROPPED)

    def skipped(self) -> None:
        """Count that this cannot be compared."""
        self.asking.note(self.placed, SKIPPED)

    @property
    def placed(self) -> Placed:
        """Where its feature stood."""
        assert self.request.placed is not None
        return self.request.placed


class _Asking:
    """Both sides of one operation that reads."""

    def __init__(
        self,
        endpoint: Endpoint,
        soap: Handler,
        http: Handler,
        now: Callable[[], Snapshot],
        notes: Noting,
        telling: Telling,
        timeout: float,
        arriving: Arriving,
    ) -> None:
        rule = endpoint.rollout
        assert rule is not None
        self._endpoint, self._now, self._notes, self._telling = endpoint, now, notes, telling
        self._example, self._arriving = telling.example(endpoint), arriving
        self._soap, self._http = pieces.call(soap), pieces.call(http)
        self._seconds = endpoint.timeout or timeout
        # a cursor is a text of whoever made it, and says nothing to anybody else
        own = (*rule.compare.ignore, *(("/page/next",) if endpoint.cursor is not None else ()))
        self._comparer = Comparer(replace(rule.compare, ignore=own), known(endpoint))

    def note(self, placed: Placed, outcome: str, found: Mapping[str, Difference] | None = None) -> None:
        """Note what became of one."""
        noted(self._notes, self._telling, self._endpoint.name, placed, outcome, found or {})

    def go(self, asked: _Asked) -> None:
        """Ask the other side, and compare. Nothing that happens here is anybody else's."""
        standing = self._now().of(asked.placed.feature)
        if standing.run != asked.placed.run or not stages.beside(standing) or self._now().braked(standing.feature):
            self._telling.compared(self._endpoint.name, DROPPED)
            return
        try:
            self._compared(asked)
        except Silent as silent:
            self.note(asked.placed, str(silent))
        except Exception as error:  # a defect of ours: the thread goes on, and somebody is told
            self._telling.bug(error, asked.request.id, self._endpoint.name)

    def _compared(self, asked: _Asked) -> None:
        said = {asked.side: answered(asked.side, asked.what), other(asked.side): self._ask(asked, other(asked.side))}
        legacy, candidate, placed = said["soap"], said["http"], asked.placed
        differences = self._comparer.answers(legacy, candidate)
        found = groups(self._endpoint.name, differences)
        if found and stages.copied(self._now().of(placed.feature)):
            self._settled(asked)
        self.note(placed, DIFFERS if found else SAME, found)
        if found:
            self._example(Example(asked.request, legacy, candidate, found))
        if asked.twice:
            self._twice(asked, legacy, {each.shape for each in differences})

    def _settled(self, asked: _Asked) -> None:
        """Raise Silent where a write may be what the sides differ by: of the time since the first was asked."""
        try:
            arriving = self._arriving(asked.placed, time.monotonic() - asked.since + self._seconds)
        except StoreUnavailable as error:
            raise Silent(DROPPED) from error
        if arriving:
            raise Silent(_ARRIVING)

    def _twice(self, asked: _Asked, legacy: Answered, candidate: set[str]) -> None:
        """Ask the legacy again: what differs from itself says nothing. The pointer "" counts every pair."""
        again = {each.shape for each in self._comparer.answers(legacy, self._ask(asked, "soap"))}
        feature, run, name = asked.placed.feature, asked.placed.run, self._endpoint.name
        for pointer in sorted({"", *candidate, *again}):
            self._notes.noise(feature, run, name, pointer, candidate=pointer in candidate, legacy=pointer in again)

    def _ask(self, asked: _Asked, side: Side) -> Answered:
        request = replace(
            asked.request, kind="shadow", side=side, deadline=time.monotonic() + self._seconds, trace=None
        )
        try:
            return answered(side, (self._http if side == "http" else self._soap)(request))
        except BackendUnavailable as error:
            if error.cause.startswith(REFUSED):
                raise Silent(DROPPED) from error
            return answered(side, error)
        except RequestError as error:
            return answered(side, error)


def noted(
    notes: Comparing, telling: Telling, operation: str, placed: Placed, outcome: str, found: Mapping[str, Difference]
) -> None:
    """Note what became of one comparison. ``found``: the first difference of each group."""
    telling.compared(operation, outcome)
    if outcome in (SAME, DIFFERS, DROPPED):
        seen = [(mark, each.shape, each.kind) for mark, each in found.items()]
        notes.compared(placed.feature, placed.run, operation, seen, dropped=outcome == DROPPED)


def answered(side: Side, what: Response | RequestError) -> Answered:
    """Return what a side said. Raise Silent where the ERP said nothing, and where it is nothing to compare."""
    if isinstance(what, RequestError):
        if side == "soap" and what.status >= 500:
            raise Silent(SILENT)
        return Answered(what.status, problem=what.problem)
    if not isinstance(what.body, bytes):
        raise Silent(SKIPPED)
    if len(what.body) > LARGEST:  # the one that was answered was none of these
        return Answered(what.status, problem="too-large-to-compare")
    return Answered(what.status, decode(what.body, max_depth=_DEPTH, max_digits=_DIGITS) if what.body else None)
