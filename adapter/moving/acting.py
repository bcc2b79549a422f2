"""What moves features: commands, the operator API, the console and the judge all come here.

Each change is one transaction: the row is compared and swapped, and one entry of the audit says who, why and on what
evidence. Of two who saw the same epoch one wins; the other gets ``stale-epoch``, and nothing is tried again for him.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from adapter import problems
from adapter.errors import FieldError, RequestError
from adapter.moving import looking
from adapter.moving.calendar import closed
from adapter.moving.features import Feature, named
from adapter.moving.looking import Seen
from adapter.rollout import moves
from adapter.rollout.moves import AUTOMATIC, By, Moved, Refusal
from adapter.rollout.rules import Step, step_of
from adapter.rollout.stages import Standing
from adapter.store import Connection, Store, approvals, audit, rollouts
from adapter.store.approvals import Approval

T = TypeVar("T")
_POINTERS: Final = {"no-reason": "/reason", "unknown-stage": "/to", "skips-a-step": "/to"}
_PROBLEMS: Final = {"stale-epoch": "stale-epoch", "approval": "approval-needed"}


@dataclass(frozen=True, slots=True)
class Gate:
    """What the judge says of the next step: whether evidence is enough for it, the id of its verdict, what it needs."""

    enough: bool
    verdict: str = ""
    needs: str = ""


Gates = Callable[[Feature, Standing], Gate]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: ``epoch`` is what he saw, None for whatever there is. ``to`` is a step, as it is written.

    ``despite``: without the evidence that the plan asks for. ``until``: of a pin.
    """

    feature: str
    actor: str
    reason: str
    epoch: int | None = None
    verdict: str = ""
    to: str = ""
    despite: bool = False
    accept_data_loss: bool = False
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class _Move:
    """What a wish comes to: the next standing or why there is none, what has to be approved first, and details."""

    after: Moved
    approval: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


class Acting:
    """What moves the features of a project. ``gates`` is the judge's word about the next step; without one all may go.

    Everything raises RequestError with a problem type of the house, and nothing is changed then.
    """

    def __init__(
        self,
        store: Callable[[], Store],
        features: Mapping[str, Feature],
        now: Callable[[], float] = time.time,
        gates: Gates | None = None,
    ) -> None:
        self.features = features
        self._store, self._now, self._gates = store, now, gates

    def list(self) -> list[Seen]:
        """Return where each feature of the project stands."""
        return looking.every(self._store(), self.features, self._now())

    def show(self, feature: str) -> Seen:
        """Return where one stands, what is next, and what was done with it."""
        return looking.one(self._store(), named(self.features, feature), self._now())

    def advance(self, wish: Wish) -> Standing:
        """Go one step on."""
        feature, to = named(self.features, wish.feature), _step(wish.to)
        wish, gate = self._gated(feature, wish)

        def move(standing: Standing, by: By) -> _Move:
            found = moves.advance(standing, feature.plan, by, to=to, closed=closed(feature.rule, by.time))
            if not isinstance(found, Refusal) and not gate.enough and not wish.despite:
                found = Refusal("gate", gate.needs)
            if isinstance(found, Refusal):
                return _Move(found)
            step = Step(found.stage, found.share)
            needed = moves.changes_authority(standing, step, feature.plan)
            told = {"despite": gate.needs} if not gate.enough else {}
            return _Move(found, f"advance {step}" if needed else "", told)

        verdict = wish.verdict or (gate.verdict if gate.enough else "")
        return self._act("advance", wish, move, verdict)

    def rollback(self, wish: Wish) -> Standing:
        """Go back: to the last step before a canary, or to the one that is wished for."""
        feature, to = named(self.features, wish.feature), _step(wish.to)

        def move(standing: Standing, by: By) -> _Move:
            lost = wish.accept_data_loss
            found = moves.back(standing, feature.plan, by, to=to, accept_data_loss=lost)
            if isinstance(found, Refusal) or standing.stage != "complete":
                return _Move(found)
            return _Move(found, f"rollback {Step(found.stage, found.share)}", {"accept_data_loss": lost})

        return self._act("rollback", wish, move, wish.verdict)

    def hold(self, wish: Wish) -> Standing:
        """Let the judge change nothing."""
        return self._act("hold", wish, lambda standing, by: _Move(moves.hold(standing, by)))

    def resume(self, wish: Wish) -> Standing:
        """Let the judge go on."""
        return self._act("resume", wish, lambda standing, by: _Move(moves.resume(standing, by)))

    def pin(self, wish: Wish) -> Standing:
        """Let nobody move it on, until a time."""
        return self._act("pin", wish, lambda standing, by: _pinned(standing, by, wish.until))

    def unpin(self, wish: Wish) -> Standing:
        """Let it move again."""
        return self._act("unpin", wish, lambda standing, by: _Move(moves.unpin(standing, by)))

    def restart(self, wish: Wish) -> Standing:
        """Let evidence begin anew."""
        return self._act("restart", wish, lambda standing, by: _Move(moves.restart(standing, by)))

    def approve(self, wish: Wish) -> Approval:
        """Agree to the next step; or, with ``to`` an earlier one, to going back there from ``complete``."""
        feature, now, to = named(self.features, wish.feature), self._now(), _step(wish.to)
        by = By(wish.actor, wish.reason, now)

        def act(connection: Connection) -> Approval | Refusal:
            standing = rollouts.of(connection, wish.feature)
            action = moves.stale(standing, wish.epoch) or moves.approvable(standing, feature.plan, by, to)
            if isinstance(action, Refusal):
                return action
            made = Approval(wish.feature, standing.epoch, action, wish.actor, wish.reason, now)
            if not approvals.approve(connection, made):
                return Refusal("already", f"{wish.actor} has approved it before")
            _told(connection, made, "approve")
            return made

        return _or_raised(self._store().run(act))

    def _gated(self, feature: Feature, wish: Wish) -> tuple[Wish, Gate]:
        """Ask the judge about what stands now, and wish for that. What leaves legacy needs no evidence."""
        if self._gates is None or wish.verdict:
            return wish, Gate(True)
        standing = self._store().read(lambda connection: rollouts.of(connection, wish.feature))
        wish = replace(wish, epoch=standing.epoch if wish.epoch is None else wish.epoch)
        return wish, Gate(True) if standing.stage == "legacy" else self._gates(feature, standing)

    def _act(self, action: str, wish: Wish, move: Callable[[Standing, By], _Move], verdict: str = "") -> Standing:
        feature, now = named(self.features, wish.feature), self._now()
        by = By(wish.actor, wish.reason, now, verdict)

        def act(connection: Connection) -> Standing | Refusal:
            standing = rollouts.of(connection, feature.name)
            found = moves.stale(standing, wish.epoch)
            if found is not None:
                return found
            made = move(standing, by)
            if isinstance(made.after, Refusal):
                return made.after
            details = dict(made.details)
            if made.approval:
                given = approvals.approvals(connection, feature.name, standing.epoch)
                who = [each.actor for each in given if each.action == made.approval]
                missing = moves.agreed(by, who)
                if missing is not None:
                    return _asked(connection, standing, made.approval, by, who, missing)
                details["approved"] = who
            if verdict:
                details["verdict"] = verdict
            if rollouts.put(connection, standing, made.after, now, action, **details):
                return made.after
            return _overtaken(connection, standing)

        return _or_raised(self._store().run(act))


def _pinned(standing: Standing, by: By, until: float) -> _Move:
    return _Move(moves.pin(standing, by, until), details={"until": until} if until else {})


def _asked(
    connection: Connection, standing: Standing, action: str, by: By, approved: Collection[str], missing: Refusal
) -> Refusal:
    """Keep that somebody asked: a person's asking is his word, so one more person is enough."""
    if by.actor not in AUTOMATIC and by.actor not in approved:
        made = Approval(standing.feature, standing.epoch, action, by.actor, by.reason, by.time)
        approvals.approve(connection, made)
        _told(connection, made, "ask")
    return missing


def _told(connection: Connection, made: Approval, action: str) -> None:
    told = {"approved": made.action, "epoch": made.epoch, "reason": made.reason}
    audit.append(connection, made.time, made.actor, f"rollout.{action}", made.feature, **told)


def _overtaken(connection: Connection, seen: Standing) -> Refusal:
    """Say what another one did meanwhile, in a transaction that has seen the feature before he did."""
    now = rollouts.of(connection, seen.feature)
    return moves.stale(now, seen.epoch) or Refusal("stale-epoch", "somebody moved it at the same moment")


def _step(text: str) -> Step | None:
    if not text:
        return None
    found = step_of(text)
    if found is None:
        raise refused(Refusal("unknown-stage", f"'{text}' is no stage; say one such as shadow, canary 10 or live"))
    return found


def _or_raised(found: T | Refusal) -> T:
    if isinstance(found, Refusal):
        raise refused(found)
    return found


def refused(refusal: Refusal) -> RequestError:
    """Return the error for a refusal. Its kind is a member of the problem document."""
    members = {"kind": refusal.kind}
    pointer = _POINTERS.get(refusal.kind)
    if pointer is not None:
        wrong = FieldError("body", pointer, refusal.words)
        return problems.house("invalid-request", refusal.words, fields=(wrong,), members=members)
    return problems.house(_PROBLEMS.get(refusal.kind, "not-allowed-now"), refusal.words, members=members)
