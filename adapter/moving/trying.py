"""Tries a write out that the ERP has answered at ``shadow``: what the new service is told has to be the same.

Rule 1: nothing is sent. Both requests are made of what the caller said, read back into our contract's words, and held
        against each other by the rules of the feature.
Rule 2: the caller has his answer already, as of reads: the same queue, the same share, dropped where there is no room.
Rule 3: what cannot be said to the new service is a difference; what cannot be read back of the ERP's says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from adapter.errors import BuildError, Mistake, RequestError
from adapter.mapping.agreement.compared import known
from adapter.mapping.bound import Endpoint
from adapter.messages import Placed, Request, Response
from adapter.moving.beside import (
    DIFFERS,
    DROPPED,
    LARGEST,
    SAME,
    SKIPPED,
    Example,
    Noting,
    Telling,
    noted,
    sampled,
)
from adapter.moving.lane import Lanes
from adapter.moving.needed import Beside, CannotSay, Trial
from adapter.rollout.compare import Answered, Comparer
from adapter.rollout.differences import Difference, of_request
from adapter.rollout.fingerprints import groups
from adapter.rollout.rules import Side

if TYPE_CHECKING:
    from adapter.moving.follow import Snapshot

STAGE: Final = "shadow"
"""Where writes are tried out: from ``dualwrite`` on the new service gets them."""


class Trying:
    """What tries the writes of one process out, and of all that it forks. ``key`` is the secret of samples."""

    def __init__(
        self,
        now: Callable[[], Snapshot],
        notes: Noting,
        key: bytes = b"",
        telling: Telling | None = None,
        lanes: Lanes | None = None,
    ) -> None:
        self._now, self._notes, self._key = now, notes, key
        self._telling, self._lanes = telling or Telling(), lanes or Lanes()

    def of(self, endpoint: Endpoint, trial: Trial) -> Beside:
        """Return who is told of the writes of an operation. Raise BuildError for one that reads: it is asked beside."""
        rule = endpoint.rollout
        if rule is None or endpoint.policy.effect == "read":
            where = endpoint.resource.place
            text = f"{endpoint.name} is no write of a feature that moves, and would be tried out as one"
            raise BuildError([Mistake(where.file, where.line, where.column, text, "effect: write, where that is so")])
        lane = self._lanes.of(endpoint.resource.name, rule.beside.queue)
        one = _Operation(endpoint, trial, self._now, self._notes, self._telling)
        share, operation, key = rule.beside.share, endpoint.name, self._key

        def beside(request: Request, side: Side, what: Response | RequestError) -> None:
            if sampled(key, operation, request.id)[0] >= share:
                return
            tried = _Tried(one, request)
            if len(request.body) > LARGEST:
                one.note(tried.placed, SKIPPED)
            elif not lane.offer(tried, len(request.body)):
                tried.dropped()

        return beside


@dataclass(frozen=True, slots=True)
class _Tried:
    """One write that the ERP answered."""

    one: _Operation
    request: Request

    def go(self) -> None:
        """Try it out."""
        self.one.go(self)

    def dropped(self) -> None:
        """Count that it was not tried out."""
        self.one.note(self.placed, DROPPED)

    @property
    def placed(self) -> Placed:
        """Where its feature stood."""
        assert self.request.placed is not None
        return self.request.placed


class _Operation:
    """One operation that writes."""

    def __init__(
        self, endpoint: Endpoint, trial: Trial, now: Callable[[], Snapshot], notes: Noting, telling: Telling
    ) -> None:
        rule = endpoint.rollout
        assert rule is not None
        self._name, self._trial, self._now = endpoint.name, trial, now
        self._notes, self._telling, self._example = notes, telling, telling.example(endpoint)
        patch = endpoint.body.patch if endpoint.body is not None else None
        # To a partial change null is a value, and absent is none.
        absent = rule.compare.null_is_absent and (patch is None or patch.kind != "partial")
        self._requests = Comparer(replace(rule.compare, null_is_absent=absent), known(endpoint))

    def note(self, placed: Placed, outcome: str, found: dict[str, Difference] | None = None) -> None:
        """Note what became of one."""
        noted(self._notes, self._telling, self._name, placed, outcome, found or {})

    def go(self, tried: _Tried) -> None:
        """Say it to both sides, and compare. Nothing that happens here is anybody else's."""
        snapshot = self._now()
        standing = snapshot.of(tried.placed.feature)
        if standing.run != tried.placed.run or standing.stage != STAGE or snapshot.braked(standing.feature):
            self._telling.compared(self._name, DROPPED)
            return
        try:
            self._compared(tried)
        except Exception as error:  # a defect of ours: the thread goes on, and somebody is told
            self._telling.bug(error, tried.request.id, self._name)

    def _compared(self, tried: _Tried) -> None:
        said = self._said(tried.request)
        if said is None:
            self.note(tried.placed, SKIPPED)
            return
        legacy, candidate = said
        if candidate.problem:
            differences = [Difference("", "request-unbuildable")]
        else:
            compared = self._requests.differences(legacy.document, candidate.document)
            differences = [of_request(each) for each in compared]
        found = groups(self._name, differences)
        self.note(tried.placed, DIFFERS if found else SAME, found)
        if found:
            self._example(Example(tried.request, legacy, candidate, found))

    def _said(self, request: Request) -> tuple[Answered, Answered] | None:
        """Return what each side is told by a request; None where nobody can say what the ERP is told."""
        if self._trial.legacy is None:
            return None
        try:
            legacy = Answered(0, self._trial.legacy(request))
        except CannotSay:
            return None
        try:
            return legacy, Answered(0, self._trial.candidate(request))
        except CannotSay as error:
            return legacy, Answered(0, problem=f"cannot be said: {error}")
