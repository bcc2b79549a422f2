"""Dry runs of writes at the new service, as long as it says of each that it was one.

Rule 1: before the first one of an operation in a process and a run the service is asked whether it has dry runs.
Rule 2: one answer without the marker, and no dry run of the feature is made any more: in this process at once, in the
        others as soon as the store has told them; until a run begins anew at ``shadow``. Where the store cannot be
        told, this process keeps to it, and tells it later.
Rule 3: where no answer came nothing is known: the service is asked again before the next one. After three in a row
        nobody knows what it does with them, and none is made any more.
Rule 4: one process makes one at a time for a feature (``lane``), so that a service that does what it was asked not to
        does it once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from adapter import pieces
from adapter.errors import (
    BackendLost,
    BackendTimeout,
    BackendUnavailable,
    BackendUnreachable,
    NotHonoured,
    RequestError,
    StoreUnavailable,
)
from adapter.mapping.agreement.compared import known
from adapter.mapping.bound import Endpoint
from adapter.messages import Request, Response
from adapter.moving.beside import DIFFERS, DROPPED, LARGEST, SAME, SILENT, SKIPPED, answered
from adapter.moving.needed import Trial
from adapter.moving.ways import key_of_created
from adapter.rollout.compare import Answered, Comparer
from adapter.rollout.differences import Difference, escaped
from adapter.rollout.stages import Standing
from adapter.store import Store, rollouts

ACTOR: Final = "dry-runs"
"""Who notes in the audit that dry runs are off."""
OFF, UNMARKED = "off", "unmarked"
_AGAIN: Final = 5.0
"""Seconds between two tries to tell the store."""
_MOST: Final = 3
"""Dry runs in a row that may have no answer: each of them may have been carried out."""
_NO_ANSWER: Final = (BackendUnreachable, BackendTimeout, BackendLost)


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told: what became of a dry run, by operation; that those of a feature are off, and why; what failed.

    Outcomes are same, differs, dropped, skipped (an answer that cannot be compared), silent (no answer), off, unmarked.
    """

    tried: Callable[[str, str], None] = lambda operation, outcome: None
    off: Callable[[str, str], None] = lambda feature, why: None
    failed: Callable[[Exception], None] = lambda error: None


class Switch:
    """Whether this process makes dry runs. What it has seen of a run counts until the run is over."""

    def __init__(
        self,
        store: Callable[[], Store],
        telling: Telling,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.telling = telling
        self._store, self._now, self._clock = store, now, clock
        self._off: dict[str, tuple[int, str]] = {}
        self._untold: dict[str, float] = {}
        self._probed: dict[str, int] = {}
        self._silent: dict[str, int] = {}

    def why(self, standing: Standing) -> str:
        """Return why no dry run is made of a feature, "" where they are."""
        run, why = self._off.get(standing.feature, (0, ""))
        return standing.dry_runs_off or (why if run == standing.run else "")

    def remind(self, standing: Standing) -> None:
        """Tell the store what it could not be told before."""
        run, why = self._off.get(standing.feature, (0, ""))
        last = self._untold.get(standing.feature)
        if last is not None and run == standing.run and self._clock() - last >= _AGAIN:
            self._tell(standing.feature, run, why)

    def turn_off(self, feature: str, run: int, why: str) -> None:
        """Make no more dry runs of a feature in a run: here at once, then everywhere."""
        self._off[feature] = run, why
        self.telling.off(feature, why)
        self._tell(feature, run, why)

    def probed(self, operation: str, run: int) -> bool:
        """Whether the service has said that it has dry runs."""
        return self._probed.get(operation) == run

    def knows(self, operation: str, run: int | None) -> None:
        """Note in which run the service has said so; None: it is to be asked again."""
        if run is None:
            self._probed.pop(operation, None)
        else:
            self._probed[operation] = run

    def heard(self, feature: str, *, answer: bool) -> bool:
        """Note whether a dry run was answered; return whether too many in a row were not."""
        silent = self._silent[feature] = 0 if answer else self._silent.get(feature, 0) + 1
        return silent >= _MOST

    def _tell(self, feature: str, run: int, why: str) -> None:
        try:
            self._store().run(
                lambda connection: rollouts.no_dry_runs(connection, feature, run, why, self._now(), ACTOR)
            )
        except StoreUnavailable as error:
            self._untold[feature] = self._clock()
            self.telling.failed(error)
        else:
            self._untold.pop(feature, None)


@dataclass(frozen=True, slots=True)
class Answers:
    """What both sides answered to a write, and what that differs in."""

    legacy: Answered
    candidate: Answered
    differences: tuple[Difference, ...]


class DryRuns:
    """The dry runs of one operation. ``seconds``: how long one may take."""

    def __init__(self, endpoint: Endpoint, trial: Trial, switch: Switch, seconds: float) -> None:
        rule = endpoint.rollout
        assert rule is not None
        assert trial.probe is not None
        assert trial.send is not None
        self._name, self._probe, self._send = endpoint.name, trial.probe, pieces.call(trial.send)
        self._switch, self._seconds = switch, seconds
        # What is made has an id that the ERP gave; the service would be told it with the copy.
        own = (f"/{escaped(key_of_created(endpoint))}",) if endpoint.verb == "create" else ()
        self._comparer = Comparer(replace(rule.compare, ignore=(*rule.compare.ignore, *own)), known(endpoint))

    def count(self, outcome: str) -> None:
        """Count what became of one."""
        self._switch.telling.tried(self._name, outcome)

    def wanted(self, standing: Standing, what: Response | RequestError) -> bool:
        """Whether one is to be made of a write that the ERP answered so; count it where not."""
        if self._switch.why(standing):
            self._switch.remind(standing)
            self.count(OFF)
            return False
        if isinstance(what, Response) and not (isinstance(what.body, bytes) and len(what.body) <= LARGEST):
            self.count(SKIPPED)
            return False
        return True

    def made(self, request: Request, standing: Standing, what: Response | RequestError) -> Answers | None:
        """Make one, and compare; None where nothing was learned. One call of this is under way at a time."""
        if self._switch.why(standing):
            self.count(OFF)
            return None
        try:
            candidate = self._asked(request, standing)
        except NotHonoured as error:
            self._switch.turn_off(standing.feature, standing.run, f"{self._name}: {error.cause}")
            self.count(UNMARKED)
            return None
        except BackendUnavailable:  # a guard did not let it through
            self.count(DROPPED)
            return None
        except _NO_ANSWER:  # who answers next may be another
            self._switch.knows(self._name, None)
            self.count(SILENT)
            return None
        legacy = answered("soap", what)
        differences = self._comparer.answers(legacy, candidate)
        self.count(DIFFERS if differences else SAME)
        return Answers(legacy, candidate, differences)

    def _asked(self, request: Request, standing: Standing) -> Answered:
        asked = replace(request, kind="shadow", side="http", deadline=time.monotonic() + self._seconds, trace=None)
        if not self._switch.probed(self._name, standing.run):
            self._probe(asked)
            self._switch.knows(self._name, standing.run)
            asked = replace(asked, deadline=time.monotonic() + self._seconds)
        try:
            response = self._send(asked)
        except (BackendTimeout, BackendLost) as error:  # it may have been carried out
            if self._switch.heard(standing.feature, answer=False):
                raise NotHonoured(
                    error.problem, error.status, cause=f"{_MOST} in a row without an answer", sent=error.sent
                ) from error
            raise
        except (NotHonoured, BackendUnavailable, BackendUnreachable):
            raise
        except RequestError as error:  # a refusal, or an answer that is not of the contract's form: it had the marker
            self._switch.heard(standing.feature, answer=True)
            return answered("http", error)
        self._switch.heard(standing.feature, answer=True)
        return answered("http", response)
