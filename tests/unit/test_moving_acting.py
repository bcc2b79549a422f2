"""What moves features, on both engines: one of two wins, and each change is one entry of the audit."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapter.errors import RequestError
from adapter.mapping.model.guard import ClosedRule
from adapter.mapping.windows import window
from adapter.moving.acting import Acting, Gate, Wish
from adapter.moving.features import Feature
from adapter.rollout.stages import Standing
from adapter.store import Store, audit, rollouts
from tests.resilience.stores import ENGINES, place
from tests.strangler.plans import feature

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new store on each engine."""
    store = place(request.param, tmp_path).store()
    yield store
    store.close()


class Site:
    """One feature, and what moves it; ``at`` is the clock."""

    def __init__(self, store: Store, what: Feature | None = None, gate: Gate | None = None) -> None:
        self.store, self.at = store, MONDAY
        found = what or feature()
        gates = None if gate is None else lambda feature, standing: gate
        self.acting = Acting(lambda: store, {found.name: found}, lambda: self.at, gates)

    def move(self, action: str, actor: str = "cli:ann", reason: str = "it is time", **more: Any) -> Standing:
        """Do something with the feature."""
        found = getattr(self.acting, action)(Wish("customers", actor, reason, **more))
        return found if isinstance(found, Standing) else self.standing()

    def no(self, action: str, *arguments: str, **more: Any) -> tuple[str, str]:
        """Be refused: the problem, and its kind. Nothing was changed, and no entry says so."""
        before = self.standing()
        with pytest.raises(RequestError) as refused:
            self.move(action, *arguments, **more)
        assert before == self.standing()
        return refused.value.problem, str(refused.value.members.get("kind", ""))

    def upto(self, stage: str, share: int = 0) -> Standing:
        """Advance, with an approval wherever one is needed."""
        standing = self.standing()
        while (standing.stage, standing.share) != (stage, share):
            seen = self.acting.show("customers")
            if seen.two:
                self.move("approve", "cli:bob")
            standing = self.move("advance")
        return standing

    def standing(self) -> Standing:
        """Where it stands."""
        return self.store.read(lambda connection: rollouts.of(connection, "customers"))

    def entries(self) -> list[tuple[str, str, dict[str, Any]]]:
        """The audit: who, what, details."""
        found = self.store.read(lambda connection: list(audit.entries(connection)))
        return [(each.actor, each.action, json.loads(each.details)) for each in found]


def test_a_change_and_its_entry_are_one(store: Store) -> None:
    """Stages, epoch, reason and evidence."""
    site = Site(store, gate=Gate(True, "verdict-1"))
    site.move("advance")
    site.move("advance", reason="no mismatch")
    assert [
        ("cli:ann", "rollout.advance", {"from": "legacy", "to": "shadow", "epoch": 1, "reason": "it is time"}),
        ("cli:ann", "rollout.advance",
         {"from": "shadow", "to": "dualwrite", "epoch": 2, "reason": "no mismatch", "verdict": "verdict-1"}),
    ] == site.entries()  # fmt: skip
    assert "verdict-1" == site.standing().verdict


def test_each_action_changes_the_row_and_says_so(store: Store) -> None:
    """One epoch and one entry each."""
    site = Site(store)
    for action in ("advance", "advance", "hold", "resume", "pin", "unpin", "restart", "rollback"):
        site.move(action)
    assert (8, "shadow", "it is time", 8) == (
        site.standing().epoch, site.standing().stage, site.standing().rolled_back, site.standing().run,
    )  # fmt: skip
    assert [f"rollout.{each}" for each in ("advance", "hold", "resume", "pin", "unpin", "restart", "rollback")] == list(
        dict.fromkeys(action for _, action, _ in site.entries())
    )


def test_stale_is_stale(store: Store) -> None:
    """Even where somebody asks for the very same a second time."""
    site = Site(store)
    site.move("advance", epoch=0)
    assert ("stale-epoch", "stale-epoch") == site.no("advance", epoch=0)
    assert ("stale-epoch", "stale-epoch") == site.no("hold", epoch=2)
    assert ("stale-epoch", "stale-epoch") == site.no("approve", epoch=2)
    assert 1 == len(site.entries())


def test_one_of_many_who_saw_the_same_wins(store: Store) -> None:
    """From nothing, and from a row. The others get stale-epoch; each epoch has one entry."""
    site = Site(store)
    for epoch in range(2):
        together = threading.Barrier(8)

        def act(number: int, epoch: int = epoch, together: threading.Barrier = together) -> str:
            together.wait()
            try:
                return str(site.acting.advance(Wish("customers", f"cli:{number}", "race", epoch)).epoch)
            except RequestError as error:
                return error.problem

        with ThreadPoolExecutor(8) as threads:
            found = sorted(threads.map(act, range(8)))
        assert [str(epoch + 1), *["stale-epoch"] * 7] == found
    assert [1, 2] == [details["epoch"] for _, _, details in site.entries()]


def test_two_persons_have_to_agree(store: Store) -> None:
    """Whoever asks is one; his asking is kept. The same person twice is one person."""
    site = Site(store)
    site.upto("dualwrite")
    assert ("approval-needed", "approval") == site.no("advance")
    assert ("approval-needed", "approval") == site.no("advance")
    assert ("not-allowed-now", "already") == site.no("approve")
    site.move("approve", "cli:bob")
    assert "canary" == site.move("advance").stage
    said = [(actor, action) for actor, action, _ in site.entries()][-3:]
    assert [("cli:ann", "rollout.ask"), ("cli:bob", "rollout.approve"), ("cli:ann", "rollout.advance")] == said
    assert ["cli:ann", "cli:bob"] == site.entries()[-1][2]["approved"]


def test_whoever_was_asked_may_do_it_himself(store: Store) -> None:
    """The one who asked first has agreed by asking."""
    site = Site(store)
    site.upto("canary", 5000)
    site.no("advance")
    assert "live" == site.move("advance", "cli:bob").stage


def test_an_approval_is_of_what_stood_then(store: Store) -> None:
    """Whatever happens to the feature in between makes it worthless."""
    site = Site(store)
    site.upto("dualwrite")
    site.move("approve", "cli:bob")
    site.move("hold")
    assert ("approval-needed", "approval") == site.no("advance")


def test_the_judge_is_no_person(store: Store) -> None:
    """Two others have to agree to what he does, and he leaves no word of his own."""
    site = Site(store)
    site.upto("dualwrite")
    site.move("approve", "cli:bob")
    assert ("approval-needed", "approval") == site.no("advance", "judge", verdict="v")
    site.move("approve", "cli:ann")
    assert ("canary", "v") == (site.move("advance", "judge", verdict="v").stage, site.standing().verdict)


def test_from_complete_back_two_persons_who_accept_what_is_lost(store: Store) -> None:
    """Neither is enough alone; the audit says both."""
    site = Site(store)
    site.upto("complete")
    assert ("not-allowed-now", "data-loss") == site.no("rollback")
    assert ("approval-needed", "approval") == site.no("rollback", accept_data_loss=True)
    site.move("approve", "cli:bob", to="shadow")
    assert ("approval-needed", "approval") == site.no("rollback", accept_data_loss=True)
    site.move("approve", "cli:bob")
    assert "dualwrite" == site.move("rollback", accept_data_loss=True).stage
    assert site.entries()[-1][2]["accept_data_loss"]


def test_back_needs_nobody_else(store: Store) -> None:
    """From live it is one person and one command."""
    site = Site(store)
    site.upto("live")
    assert "dualwrite" == site.move("rollback", reason="wrong prices").stage
    assert "legacy" == site.move("rollback", to="legacy").stage


def test_evidence_that_is_not_enough_keeps_it(store: Store) -> None:
    """A person may go on despite it, and the audit says so, and what was missing."""
    site = Site(store, gate=Gate(False, "v", "412 more comparisons"))
    site.move("advance")
    assert ("not-allowed-now", "gate") == site.no("advance")
    assert ("dualwrite", "") == (site.move("advance", despite=True).stage, site.standing().verdict)
    assert "412 more comparisons" == site.entries()[-1][2]["despite"]


def test_what_the_gate_said_of_another_epoch_does_not_count(store: Store) -> None:
    """Somebody moved it while the judge was asked."""
    site = Site(store)
    site.move("advance")

    def gates(what: Feature, standing: Standing) -> Gate:
        site.move("hold")
        return Gate(True)

    asking = Acting(lambda: store, {"customers": feature()}, lambda: MONDAY, gates)
    with pytest.raises(RequestError) as refused:
        asking.advance(Wish("customers", "cli:bob", "go"))
    assert "stale-epoch" == refused.value.problem


def test_windows_and_frozen_days_are_for_the_way_forward(store: Store) -> None:
    """By the clock of the plan's zone: Monday at noon in Berlin is in the window, at 17:00 it is not."""
    windows = ClosedRule((window("mon-fri 09:00-16:00"),), "Europe/Berlin")
    site = Site(store, feature(windows=windows, freeze=(("2026-12-20", "2027-01-06"),)))
    site.move("advance")
    site.at = MONDAY + 5 * 3600
    assert ("not-allowed-now", "window") == site.no("advance")
    site.at = datetime(2026, 12, 31, 12, tzinfo=UTC).timestamp()
    assert ("not-allowed-now", "frozen") == site.no("advance")
    assert "legacy" == site.move("rollback").stage


@pytest.mark.parametrize(
    ("act", "problem", "kind"),
    [
        (lambda site: site.no("advance", reason=""), "invalid-request", "no-reason"),
        (lambda site: site.no("advance", to="life"), "invalid-request", "unknown-stage"),
        (lambda site: site.no("advance", to="canary 10"), "invalid-request", "skips-a-step"),
        (lambda site: site.no("rollback", to="canary 7"), "invalid-request", "unknown-stage"),
        (lambda site: site.no("rollback", to="live"), "not-allowed-now", "no-way-back"),
        (lambda site: site.no("resume"), "not-allowed-now", "already"),
        (lambda site: site.no("approve"), "not-allowed-now", "already"),
    ],
)
def test_what_is_asked_wrongly(store: Store, act: Callable[[Site], tuple[str, str]], problem: str, kind: str) -> None:
    """Is said by a problem type and a word."""
    site = Site(store)
    site.upto("canary", 1000)
    assert (problem, kind) == act(site)


def test_a_feature_that_is_none(store: Store) -> None:
    """Its name is not found, and those that are there are named."""
    with pytest.raises(RequestError) as refused:
        Site(store).acting.hold(Wish("custommers", "cli:ann", "typing"))
    assert ("no-such-feature", 404) == (refused.value.problem, refused.value.status)
    assert "customers" in refused.value.detail


def test_what_is_shown(store: Store) -> None:
    """What is next and who has to agree; who did what; a pin only while it counts."""
    site = Site(store)
    site.upto("dualwrite")
    site.move("approve", "cli:bob")
    seen = site.acting.show("customers")
    assert ("canary 1", True, ["cli:bob"]) == (str(seen.next), seen.two, [each.actor for each in seen.approved])
    assert ["rollout.advance"] * 2 + ["rollout.approve"] == [each.action for each in seen.history]
    site.move("pin", until=MONDAY + 10)
    assert None is not site.acting.list()[0].standing.pinned
    site.at += 10
    assert None is site.acting.list()[0].standing.pinned
