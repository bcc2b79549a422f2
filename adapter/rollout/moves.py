"""What may follow where a feature stands: one step of its plan on, or back to any earlier one. Pure.

Each function returns the next ``Standing``, or a ``Refusal`` that says in words why there is none. Rule 1: forward is
one step of the plan. Rule 2: back is always possible, but for ``complete``, where the ERP may lack what was written
since. Rule 3: where the say about writes changes hands, two persons have to agree.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final, Literal

from adapter.rollout.rules import STAGES, Step
from adapter.rollout.stages import Pin, Standing

Kind = Literal[
    "unknown-stage", "stale-epoch", "no-reason", "skips-a-step", "no-step", "no-way-back", "pinned", "paused",
    "rolled-back", "window", "frozen", "gate", "data-loss", "approval", "already",
]  # fmt: skip
"""Why something is not done; there are no others."""
JUDGE: Final = "judge"
BRAKE: Final = "brake"
AUTOMATIC: Final = frozenset((JUDGE, BRAKE))
"""Actors that are no persons."""
_AGREEING: Final = 2
_MOST_REASON: Final = 1000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a feature stays where it is: one of a few kinds, and a sentence for whoever asked."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a feature, and whether any operation of it that moves is a write."""

    steps: tuple[Step, ...]
    writes: bool


@dataclass(frozen=True, slots=True)
class By:
    """Who moves a feature, why, when (seconds since 1970), and on which verdict, "" for none."""

    actor: str
    reason: str
    time: float
    verdict: str = ""


Moved = Standing | Refusal


def following(standing: Standing, plan: Plan) -> Step | None:
    """Return the next step of the plan; None at its end. It is found by the stage, since plans are edited."""
    here = _rank(_here(standing))
    return next((step for step in plan.steps if _rank(step) > here), None)


def before(standing: Standing, plan: Plan) -> Step:
    """Return where a feature goes back to if nobody says: the last step before a canary, so the ERP answers."""
    here, first = _rank(_here(standing)), _rank(Step("canary"))
    return max((step for step in plan.steps if _rank(step) < min(here, first)), key=_rank, default=Step("legacy"))


def changes_authority(standing: Standing, after: Step, plan: Plan) -> bool:
    """Whether a step lets other hands have the say about writes for good, or for the first time."""
    if after.stage == "complete":
        return True
    return plan.writes and after.stage in ("canary", "live") and after.stage != standing.stage


def advance(standing: Standing, plan: Plan, by: By, *, to: Step | None = None, closed: Refusal | None = None) -> Moved:
    """Go one step on. ``to`` is which one the actor thinks it is; ``closed`` why nothing may go forward now."""
    wrong = _reasonable(by) or _may_go_on(standing, by) or closed
    if wrong is not None:
        return wrong
    step = following(standing, plan)
    if step is None:
        return Refusal("no-step", f"{_here(standing)} is the last step of the plan")
    if to is not None and to != step:
        return Refusal("skips-a-step", f"the step after {_here(standing)} is {step}, not {to}")
    if plan.writes and step.stage in ("canary", "live") and _rank(_here(standing)) < _rank(Step("dualwrite")):
        return Refusal("skips-a-step", f"{step} without dualwrite before it: the new service lacks the data")
    run = standing.epoch + 1 if standing.stage == "legacy" else standing.run
    return _moved(standing, plan, step, by, run=run, rolled_back="")


def back(standing: Standing, plan: Plan, by: By, *, to: Step | None = None, accept_data_loss: bool = False) -> Moved:
    """Go back to an earlier step, or to legacy. A pin or a pause keeps the judge from it, but no person."""
    held = pin_of(standing, by.time)
    if by.actor == JUDGE and (held is not None or standing.paused):
        return _pinned(held) if held is not None else Refusal("paused", "the judge changes nothing while it is paused")
    wrong = _reasonable(by)
    if wrong is not None:
        return wrong
    step = before(standing, plan) if to is None else to
    if _rank(step) >= _rank(_here(standing)):
        return Refusal("no-way-back", f"{step} is not before {_here(standing)}")
    if step != Step("legacy") and step not in plan.steps:
        steps = ", ".join(map(str, plan.steps))
        return Refusal("unknown-stage", f"{step} is no step of the plan, which is: legacy, {steps}")
    if standing.stage == "complete" and not accept_data_loss:
        text = "what was written since it was complete is missing at the ERP; only with accept_data_loss"
        return Refusal("data-loss", text)
    return _moved(standing, plan, step, by, run=standing.epoch + 1, rolled_back=by.reason)


def hold(standing: Standing, by: By) -> Moved:
    """Let the judge change nothing, until it is resumed."""
    return _reasonable(by) or _flagged(standing, by, paused=True)


def resume(standing: Standing, by: By) -> Moved:
    """Let the judge go on."""
    return _reasonable(by) or _flagged(standing, by, paused=False)


def _flagged(standing: Standing, by: By, *, paused: bool) -> Moved:
    if standing.paused is paused:
        return Refusal("already", f"{standing.feature} is {'paused already' if paused else 'not paused'}")
    return _changed(standing, by, paused=paused)


def pin(standing: Standing, by: By, until: float = 0.0) -> Moved:
    """Let nobody move it forward, and the judge in no direction, until a time; 0: until it is unpinned."""
    wrong = _reasonable(by)
    if wrong is not None:
        return wrong
    if until and until <= by.time:
        return Refusal("already", "the time until which it should be pinned is over")
    return _changed(standing, by, pinned=Pin(by.actor, by.reason, until))


def unpin(standing: Standing, by: By) -> Moved:
    """Let it move again."""
    wrong = _reasonable(by)
    if wrong is not None:
        return wrong
    if standing.pinned is None:
        return Refusal("already", f"{standing.feature} is not pinned")
    return _changed(standing, by, pinned=None)


def restart(standing: Standing, by: By) -> Moved:
    """Let evidence begin anew where it stands, since something was mended. It stands there since now."""
    wrong = _reasonable(by)
    if wrong is not None:
        return wrong
    if standing.stage == "legacy":
        return Refusal("already", "nothing is seen of what stands at legacy")
    return _changed(standing, by, run=standing.epoch + 1, since=by.time)


def approvable(standing: Standing, plan: Plan, by: By, to: Step | None = None) -> str | Refusal:
    """Return the name of what somebody agrees to: the next step, or the way back from ``complete``."""
    wrong = _reasonable(by)
    if wrong is not None:
        return wrong
    if standing.stage == "complete":
        return f"rollback {before(standing, plan) if to is None else to}"
    step = following(standing, plan)
    if step is None:
        return Refusal("no-step", f"{_here(standing)} is the last step of the plan")
    if to is not None and to != step:
        return Refusal("skips-a-step", f"the step after {_here(standing)} is {step}, not {to}")
    if not changes_authority(standing, step, plan):
        return Refusal("already", f"{step} needs nobody's approval")
    return f"advance {step}"


def agreed(by: By, approved: Collection[str]) -> Refusal | None:
    """Return why a step that two persons have to agree to is not taken yet; None where they have."""
    persons = ({by.actor} | set(approved)) - AUTOMATIC
    missing = _AGREEING - len(persons)
    if missing <= 0:
        return None
    who = "another person has" if missing == 1 else "two persons have"
    return Refusal("approval", f"{who} to approve it")


def pin_of(standing: Standing, now: float) -> Pin | None:
    """Return the pin that counts now."""
    found = standing.pinned
    return found if found is not None and (not found.until or now < found.until) else None


def stale(standing: Standing, epoch: int | None) -> Refusal | None:
    """Return why somebody who saw the feature at an epoch decides about what is not there any more."""
    if epoch is None or epoch == standing.epoch:
        return None
    who = f"{standing.actor}: {standing.reason}" if standing.actor else "nobody moved it yet"
    text = f"it is at epoch {standing.epoch}, {_here(standing)} ({who}), not at {epoch} any more"
    return Refusal("stale-epoch", text)


def _may_go_on(standing: Standing, by: By) -> Refusal | None:
    held = pin_of(standing, by.time)
    if held is not None:
        return _pinned(held)
    if by.actor not in AUTOMATIC:
        return None
    if standing.paused:
        return Refusal("paused", "the judge changes nothing while it is paused")
    if standing.rolled_back:
        return Refusal("rolled-back", "it was rolled back, so a person has to send it on")
    return None


def _pinned(held: Pin) -> Refusal:
    return Refusal("pinned", f"{held.actor} pinned it: {held.reason}")


def _reasonable(by: By) -> Refusal | None:
    if not by.reason.strip():
        return Refusal("no-reason", "say why; it goes into the audit")
    if len(by.reason) > _MOST_REASON:
        return Refusal("no-reason", f"a reason has at most {_MOST_REASON} characters")
    return None


def _moved(standing: Standing, plan: Plan, step: Step, by: By, *, run: int, rolled_back: str) -> Standing:
    done = sum(_rank(each) <= _rank(step) for each in plan.steps)
    return replace(
        _changed(standing, by, pinned=pin_of(standing, by.time)),
        stage=step.stage, share=step.share, step=done, run=run, rolled_back=rolled_back, verdict=by.verdict,
        since=by.time,
    )  # fmt: skip


def _changed(standing: Standing, by: By, **more: object) -> Standing:
    changed: Standing = replace(standing, epoch=standing.epoch + 1, actor=by.actor, reason=by.reason, **more)  # type: ignore[arg-type]
    return changed


def _here(standing: Standing) -> Step:
    return Step(standing.stage, standing.share)


def _rank(step: Step) -> tuple[int, int]:
    return STAGES.index(step.stage), step.share
