"""Tries a write out that the ERP has answered at ``shadow``: what the new service is told has to be the same.

Rule 1: no write is sent. Both requests are made of what the caller said, read back into our contract's words, and held
        against each other by the rules of the feature. Where the mapping says so the service makes a dry run of it too
        (``dry_runs``), and its answer is held against the ERP's.
Rule 2: the caller has his answer already, as of reads: the same queue, the same share, dropped where there is no room.
Rule 3: what cannot be said to the new service is a difference; what cannot be read back of the ERP's says nothing.
Rule 4: each write counts once, whatever was found by either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from adapter.errors import BuildError, Mistake, RequestError
from adapter.mapping.agreement.compared import known
from adapter.mapping.bound import Endpoint
from adapter.messages import Placed, Request, Response
from adapter.moving.beside import DIFFERS, DROPPED, LARGEST, SAME, SKIPPED, Example, Telling, noted, sampled
from adapter.moving.dry_runs import Answers, DryRuns, Switch
from adapter.moving.lane import Lane, Lanes, Work
from adapter.moving.needed import Beside, CannotSay, Comparing, Trial
from adapter.rollout.compare import Answered, Comparer
from adapter.rollout.differences import Difference, of_request
from adapter.rollout.fingerprints import groups
from adapter.rollout.rules import Side
from adapter.rollout.stages import Standing

if TYPE_CHECKING:
    from adapter.moving.follow import Snapshot

STAGE: Final = "shadow"
"""Where writes are tried out: from ``dualwrite`` on the new service gets them."""


class Trying:
    """What tries the writes of one process out, and of all that it forks. ``key`` is the secret of samples.

    ``switch`` says whether dry runs are made, None: none ever. ``timeout``: seconds of one whose mapping says none.
    """

    def __init__(
        self,
        now: Callable[[], Snapshot],
        notes: Comparing,
        key: bytes = b"",
        timeout: float = 10.0,
        telling: Telling | None = None,
        lanes: Lanes | None = None,
        switch: Switch | None = None,
    ) -> None:
        self._now, self._notes, self._key, self._timeout = now, notes, key, timeout
        self._telling, self._lanes, self._switch = telling or Telling(), lanes or Lanes(), switch
        self._single = Lanes(threads=1)

    def of(self, endpoint: Endpoint, trial: Trial) -> Beside:
        """Return who is told of the writes of an operation. Raise BuildError for one that reads: it is asked beside."""
        rule = endpoint.rollout
        if rule is None or endpoint.policy.effect == "read":
            where = endpoint.resource.place
            text = f"{endpoint.name} is no write of a feature that moves, and would be tried out as one"
            raise BuildError([Mistake(where.file, where.line, where.column, text, "effect: write, where that is so")])
        lane = self._lanes.of(endpoint.resource.name, rule.beside.queue)
        dry = None
        if trial.send is not None and self._switch is not None:
            runs = DryRuns(endpoint, trial, self._switch, endpoint.timeout or self._timeout)
            dry = runs, self._single.of(endpoint.resource.name, rule.beside.queue)
        one = _Operation(endpoint, trial, self._now, self._notes, self._telling, dry)
        share, operation, key = rule.beside.share, endpoint.name, self._key

        def beside(request: Request, side: Side, what: Response | RequestError) -> None:
            if sampled(key, operation, request.id)[0] >= share:
                return
            tried = _Tried(one, request, what)
            if len(request.body) > LARGEST:
                one.note(tried.placed, SKIPPED)
            elif not lane.offer(tried, tried.size):
                tried.dropped()

        return beside


@dataclass(frozen=True, slots=True)
class _Tried:
    """One write that the ERP answered."""

    one: _Operation
    request: Request
    what: Response | RequestError

    def go(self) -> None:
        """Try it out."""
        self.one.go(self)

    def dropped(self) -> None:
        """Count that it was not tried out."""
        self.one.note(self.placed, DROPPED)

    @property
    def size(self) -> int:
        """How many bytes wait with it."""
        body = self.what.body if isinstance(self.what, Response) else b""
        return len(self.request.body) + (len(body) if isinstance(body, bytes) else 0)

    @property
    def placed(self) -> Placed:
        """Where its feature stood."""
        assert self.request.placed is not None
        return self.request.placed


@dataclass(frozen=True, slots=True)
class _Said:
    """What each side is told by a write, and what that differs in."""

    legacy: Answered
    candidate: Answered
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class _DryRun:
    """A write of which a dry run is to be made. ``said`` is what was found before, None where that says nothing."""

    one: _Operation
    tried: _Tried
    said: _Said | None

    def go(self) -> None:
        """Make it."""
        self.one.dry(self)

    def dropped(self) -> None:
        """Count that it was not made; what was found before counts."""
        self.one.without(self)


class _Operation:
    """One operation that writes. ``dry`` is what makes dry runs, and where they wait for one another."""

    def __init__(
        self,
        endpoint: Endpoint,
        trial: Trial,
        now: Callable[[], Snapshot],
        notes: Comparing,
        telling: Telling,
        dry: tuple[DryRuns, Lane[Work]] | None,
    ) -> None:
        rule = endpoint.rollout
        assert rule is not None
        self._name, self._trial, self._now = endpoint.name, trial, now
        self._notes, self._telling, self._example = notes, telling, telling.example(endpoint)
        self._dry = dry
        patch = endpoint.body.patch if endpoint.body is not None else None
        # To a partial change null is a value, and absent is none.
        absent = rule.compare.null_is_absent and (patch is None or patch.kind != "partial")
        self._requests = Comparer(replace(rule.compare, null_is_absent=absent), known(endpoint))

    def note(self, placed: Placed, outcome: str, found: dict[str, Difference] | None = None) -> None:
        """Note what became of one."""
        noted(self._notes, self._telling, self._name, placed, outcome, found or {})

    def go(self, tried: _Tried) -> None:
        """Say it to both sides, and compare. Nothing that happens here is anybody else's."""
        standing = self._standing(tried)
        if standing is None:
            return
        try:
            said = self._said(tried.request)
            if self._dry is not None and self._dry[0].wanted(standing, tried.what):
                run = _DryRun(self, tried, said)
                if not self._dry[1].offer(run, tried.size):
                    run.dropped()
            else:
                self._end(tried, said, None)
        except Exception as error:  # a defect of ours: the thread goes on, and somebody is told
            self._telling.bug(error, tried.request.id, self._name)

    def dry(self, run: _DryRun) -> None:
        """Make a dry run, and compare."""
        assert self._dry is not None
        standing = self._standing(run.tried)
        if standing is None:
            return
        try:
            self._end(run.tried, run.said, self._dry[0].made(run.tried.request, standing, run.tried.what))
        except Exception as error:  # as above
            self._telling.bug(error, run.tried.request.id, self._name)

    def without(self, run: _DryRun) -> None:
        """Count a dry run that was not made, and compare what there is."""
        assert self._dry is not None
        self._dry[0].count(DROPPED)
        self._end(run.tried, run.said, None)

    def _standing(self, tried: _Tried) -> Standing | None:
        """Return where the feature stands, None where the write is of a run that is over."""
        snapshot = self._now()
        standing = snapshot.of(tried.placed.feature)
        if standing.run == tried.placed.run and standing.stage == STAGE and not snapshot.braked(standing.feature):
            return standing
        self._telling.compared(self._name, DROPPED)
        return None

    def _end(self, tried: _Tried, said: _Said | None, answers: Answers | None) -> None:
        both = [each for each in (said, answers) if each is not None]
        if not both:
            self.note(tried.placed, SKIPPED)
            return
        found = [(each, groups(self._name, each.differences)) for each in both]
        every = {mark: difference for _, group in found for mark, difference in group.items()}
        self.note(tried.placed, DIFFERS if every else SAME, every)
        for each, group in found:
            if group:
                self._example(Example(tried.request, each.legacy, each.candidate, group))

    def _said(self, request: Request) -> _Said | None:
        """Return what each side is told by a request; None where nobody can say what the ERP is told."""
        if self._trial.legacy is None:
            return None
        try:
            legacy = self._trial.legacy(request)
        except CannotSay:
            return None
        try:
            candidate = self._trial.candidate(request)
        except CannotSay as error:
            wrong = (Difference("", "request-unbuildable"),)
            return _Said(Answered(0, legacy), Answered(0, problem=f"cannot be said: {error}"), wrong)
        differences = tuple(of_request(each) for each in self._requests.differences(legacy, candidate))
        return _Said(Answered(0, legacy), Answered(0, candidate), differences)
