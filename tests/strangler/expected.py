"""What a feature that moves must do, told a second time and more simply: beside it the product is held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from adapter.errors import RequestError, StoreUnavailable
from adapter.rollout.rules import Step
from adapter.rollout.stages import Standing
from tests.strangler.plans import WHOLE

PLAN: Final = ("legacy", *WHOLE.split(", "))
SHADOW, DUALWRITE, FIRST, LIVE, COMPLETE = (
    PLAN.index(each) for each in ("shadow", "dualwrite", "canary 1", "live", "complete")
)
_TWO: Final = (FIRST, LIVE, COMPLETE)
"""Steps that two persons agree to."""
JUDGE: Final = "judge"


@dataclass
class Expected:
    """One feature of which writes move: its step as an index of PLAN. What is refused is named as the product does."""

    epoch: int = 0
    at: int = 0
    run: int = 0
    paused: bool = False
    pinned: bool = False
    back: bool = False
    approved: set[str] = field(default_factory=set)

    def advance(self, actor: str, seen: int, enough: bool) -> str:
        """Go one step on; return why not, "" where it is done."""
        why = self._stale(seen) or self._held(actor)
        if why or self.at == COMPLETE:
            return why or "no-step"
        if not enough:
            return "gate"
        if self.at + 1 in _TWO and not self._agreed(actor):
            return "approval"
        self.run = self.epoch + 1 if self.at == 0 else self.run
        self._changed(self.at + 1)
        self.back = False
        return ""

    def rollback(self, actor: str, seen: int, to: int | None, accept: bool) -> str:
        """Go back."""
        target = min(self.at - 1, DUALWRITE) if to is None else to
        why = self._stale(seen)
        if not why and actor == JUDGE and (self.pinned or self.paused):
            why = "pinned" if self.pinned else "paused"
        if why or not 0 <= target < self.at:
            return why or "no-way-back"
        if self.at == COMPLETE and not accept:
            return "data-loss"
        if self.at == COMPLETE and not self._agreed(actor, f"back to {target}"):
            return "approval"
        self._changed(target)
        self.run, self.back = self.epoch, True
        return ""

    def flag(self, name: str, seen: int) -> str:
        """Hold, resume, pin, unpin or restart."""
        already = {
            "hold": self.paused, "resume": not self.paused, "pin": False, "unpin": not self.pinned,
            "restart": self.at == 0,
        }  # fmt: skip
        why = self._stale(seen) or ("already" if already[name] else "")
        if why:
            return why
        self.paused = {"hold": True, "resume": False}.get(name, self.paused)
        self.pinned = {"pin": True, "unpin": False}.get(name, self.pinned)
        self._changed(self.at)
        self.run = self.epoch if name == "restart" else self.run
        return ""

    def approve(self, actor: str, seen: int) -> str:
        """Agree to the next step, or to the way back from complete."""
        action = f"back to {DUALWRITE}" if self.at == COMPLETE else ""
        why = self._stale(seen)
        if not why and self.at < COMPLETE and self.at + 1 not in _TWO:
            why = "already"
        if why or f"{actor}{action}" in self.approved:
            return why or "already"
        self.approved.add(f"{actor}{action}")
        return ""

    def _agreed(self, actor: str, action: str = "") -> bool:
        """Whether two persons agree; asking is agreeing."""
        persons = {each for each in ("ann", "bob") if f"{each}{action}" in self.approved} | {actor} - {JUDGE}
        if len(persons) < 2:
            self.approved |= {f"{actor}{action}"} if actor != JUDGE else set()
            return False
        return True

    def _held(self, actor: str) -> str:
        if self.pinned:
            return "pinned"
        if actor != JUDGE:
            return ""
        return "paused" if self.paused else "rolled-back" if self.back else ""

    def _stale(self, seen: int) -> str:
        return "" if seen == self.epoch else "stale-epoch"

    def _changed(self, at: int) -> None:
        self.epoch, self.at, self.approved = self.epoch + 1, at, set()


def here(standing: Standing) -> str:
    """Return where a feature stands, as PLAN has it."""
    return str(Step(standing.stage, standing.share))


def said(act: Callable[[], object]) -> str:
    """Return the kind of a refusal, "" where there is none."""
    try:
        act()
    except StoreUnavailable:
        raise
    except RequestError as error:
        return str(error.members["kind"])
    return ""
