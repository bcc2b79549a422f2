"""A feature with its judge, a worker's notes, and a clock that tests set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.moving.features import Feature
from adapter.moving.judging import Judging
from adapter.moving.noting import Notes
from adapter.rollout.rules import GateRule, Stage
from adapter.rollout.stages import Standing
from adapter.store import Store, rollouts, verdicts
from tests.strangler.plans import feature

NOW = 1_800_000_000.0


class Heard:
    """What the judge told."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.events: list[tuple[str, ...]] = []

    def judged(self, feature: str, kind: str, numbers: Mapping[str, float]) -> None:
        """Keep the kind."""
        self.kinds.append(kind)

    def back(self, feature: str, cause: str, verdict: str, *, done: bool) -> None:
        """Keep that it was said."""
        self.events.append(("back" if done else "should go back", cause))

    def forward(self, feature: str, verdict: str) -> None:
        """Keep that it was said."""
        self.events.append(("forward",))

    def held(self, feature: str, action: str, problem: str) -> None:
        """Keep that it was said."""
        self.events.append(("held", action, problem))


class Site:
    """A feature at a stage, its judge, its worker's notes, and a clock."""

    def __init__(self, store: Store, stage: Stage = "canary", share: int = 1000, **rule: Any) -> None:
        rule = {"judge": "automatic", "gate": GateRule(keys=5, seconds=60.0, mismatches=0.1), **rule}
        self.feature: Feature = feature(writes=False, **rule)
        self.at, self.store, self.heard = NOW, store, Heard()
        self.judge = self.another(self.heard)
        self.notes = Notes(lambda: store, lambda error: None, lambda: self.at)
        before = Standing("customers")
        self.start = Standing("customers", 1, stage, share, 1, 1, since=NOW, actor="cli:ann", reason="go")
        store.run(lambda connection: rollouts.put(connection, before, self.start, NOW, "advance"))

    def another(self, heard: Heard) -> Judging:
        """Return a judge of another process."""
        features = {"customers": self.feature}
        return Judging(lambda: self.store, features, heard, lambda: self.at, lambda: self.at)

    def calls(self, side: Any, ok: bool, *units: str) -> None:
        """Note calls, and write them."""
        for unit in units:
            share = self.standing().share
            self.notes.called("customers", self.start.run, "customers.read", side, unit, share, 0.01, ok)
        self.notes.write()

    def compared(self, many: int) -> None:
        """Note comparisons without a difference."""
        for _ in range(many):
            self.notes.compared("customers", self.start.run, "customers.read", ())
        self.notes.write()

    def look(self, seconds: float = 0.25) -> None:
        """Let time go by, and judge."""
        self.at += seconds
        self.judge.look(self.feature)

    def standing(self) -> Standing:
        """Where it stands."""
        return self.store.read(lambda connection: rollouts.of(connection, "customers"))

    def verdicts(self) -> list[verdicts.Kept]:
        """Return what is kept, the newest first."""
        return self.store.read(lambda connection: verdicts.last(connection, "customers", 10))

    def enough(self) -> None:
        """Let all be seen that the gate asks for."""
        self.calls("http", True, *"abcde")
        self.compared(100)
