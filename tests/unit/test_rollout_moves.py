"""What may follow where a feature stands: one step on, or back; who may, and what two persons have to agree to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.rollout import moves
from adapter.rollout.moves import By, Moved, Plan, Refusal
from adapter.rollout.rules import STAGES, Step, step_of
from adapter.rollout.stages import Pin, Standing
from tests.strangler.plans import WHOLE, plan, steps

ME = By("cli:ann", "since it is time", 1000.0)
JUDGE = By(moves.JUDGE, "enough was seen", 1000.0, "v1")


def at(text: str, **more: object) -> Standing:
    """A feature that stands at a step of the whole plan, at epoch 7, with evidence since epoch 3."""
    step = step_of(text)
    assert step is not None
    done = sum(each.stage != "legacy" and _before(each, step) for each in steps())
    standing = Standing("customers", 7, step.stage, step.share, done, 3, since=10.0, actor="cli:bob", reason="before")
    return replace(standing, **more)  # type: ignore[arg-type]


def _before(one: Step, other: Step) -> bool:
    return (STAGES.index(one.stage), one.share) <= (STAGES.index(other.stage), other.share)


def kind(found: Moved | str | None) -> str:
    """The kind of a refusal; "" for none."""
    return found.kind if isinstance(found, Refusal) else ""


def moved(found: Moved) -> Standing:
    """A standing that was moved to."""
    assert isinstance(found, Standing), found
    return found


def test_a_whole_plan_is_gone_step_by_step() -> None:
    """Each step is the next one, with the next epoch; what is seen counts from the first on."""
    standing = Standing("customers")
    for done, step in enumerate(steps(), 1):
        standing = moved(moves.advance(standing, plan(), ME))
        assert (step.stage, step.share, done, done, 1) == (
            standing.stage, standing.share, standing.step, standing.epoch, standing.run,
        )  # fmt: skip
    assert "no-step" == kind(moves.advance(standing, plan(), ME))


def test_who_moved_it_and_why_is_kept() -> None:
    """With the verdict that led there, and the time since when it stands there."""
    standing = moved(moves.advance(at("shadow"), plan(), JUDGE))
    assert ("judge", "enough was seen", "v1", 1000.0) == (
        standing.actor, standing.reason, standing.verdict, standing.since,
    )  # fmt: skip


@pytest.mark.parametrize("move", [moves.advance, moves.back])
@pytest.mark.parametrize("reason", ["", "  \n", "x" * 1001])
def test_a_reason_has_to_be_given(move: object, reason: str) -> None:
    """And it is none if it is empty, or a book."""
    by = replace(ME, reason=reason)
    assert "no-reason" == kind(move(at("canary 1"), plan(), by))  # type: ignore[operator]
    for each in (moves.hold, moves.resume, moves.pin, moves.unpin, moves.restart):
        assert "no-reason" == kind(each(at("shadow"), by))
    assert "no-reason" == kind(moves.approvable(at("dualwrite"), plan(), by))


@pytest.mark.parametrize(("to", "said"), [("canary 1", ""), ("canary 10", "skips-a-step"), ("shadow", "skips-a-step")])
def test_no_step_is_skipped(to: str, said: str) -> None:
    """Whoever names another step than the next one gets a refusal."""
    assert said == kind(moves.advance(at("dualwrite"), plan(), ME, to=step_of(to)))


def test_a_plan_that_was_edited_may_not_skip_dualwrite() -> None:
    """The new service would not have the data; a plan without writes needs none."""
    edited = "shadow, canary 10, live"
    assert "skips-a-step" == kind(moves.advance(at("shadow"), plan(edited), ME))
    assert "canary" == moved(moves.advance(at("shadow"), plan(edited, writes=False), ME)).stage


def test_a_plan_that_was_edited_is_found_by_the_stage() -> None:
    """What comes next is what is further on, whatever number the step had before."""
    edited = plan("shadow, dualwrite, canary 5, canary 20, live")
    standing = moved(moves.advance(at("canary 10"), edited, ME))
    assert ("canary", 2000, 4) == (standing.stage, standing.share, standing.step)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("complete", "dualwrite"), ("live", "dualwrite"), ("canary 50", "dualwrite"), ("canary 1", "dualwrite"),
        ("dualwrite", "shadow"), ("shadow", "legacy"),
    ],
)  # fmt: skip
def test_back_is_where_the_erp_answers(here: str, there: str) -> None:
    """To the last step before a canary; from there one step. Evidence begins anew, and it says why."""
    standing = moved(moves.back(at(here), plan(), ME, accept_data_loss=True))
    assert (there, 0, 8, 8, ME.reason) == (
        standing.stage, standing.share, standing.epoch, standing.run, standing.rolled_back,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("here", "to", "said"),
    [
        ("live", "canary 10", ""), ("live", "legacy", ""), ("live", "live", "no-way-back"),
        ("canary 1", "canary 10", "no-way-back"), ("live", "canary 7", "unknown-stage"),
        ("legacy", "", "no-way-back"), ("complete", "", "data-loss"),
    ],
)  # fmt: skip
def test_back_is_any_earlier_step(here: str, to: str, said: str) -> None:
    """Of the plan, or legacy; from complete only if one accepts what is lost."""
    assert said == kind(moves.back(at(here), plan(), ME, to=step_of(to) if to else None))


def test_what_was_rolled_back_is_sent_on_by_a_person() -> None:
    """Not by the judge. Then it counts as any other."""
    standing = moved(moves.back(at("canary 10"), plan(), JUDGE))
    assert "rolled-back" == kind(moves.advance(standing, plan(), JUDGE))
    assert "" == moved(moves.advance(standing, plan(), ME)).rolled_back


def test_a_pause_binds_the_judge_only() -> None:
    """In both directions."""
    standing = moved(moves.hold(at("canary 10"), ME))
    assert standing.paused
    assert "paused" == kind(moves.advance(standing, plan(), JUDGE))
    assert "paused" == kind(moves.back(standing, plan(), JUDGE))
    assert moved(moves.advance(standing, plan(), ME)).paused
    assert "already" == kind(moves.hold(standing, ME))
    assert not moved(moves.resume(standing, ME)).paused
    assert "already" == kind(moves.resume(at("shadow"), ME))


def test_a_pin_binds_everybody_but_on_the_way_back() -> None:
    """Until its time; a person may always go back, and so may the brake, which a person pulled."""
    pinned = moved(moves.pin(at("canary 10"), ME, 2000.0))
    assert Pin("cli:ann", ME.reason, 2000.0) == pinned.pinned
    for by in (ME, JUDGE):
        assert "pinned" == kind(moves.advance(pinned, plan(), by))
    assert "pinned" == kind(moves.back(pinned, plan(), JUDGE))
    brake = replace(ME, actor=moves.BRAKE)
    assert ["dualwrite"] * 2 == [moved(moves.back(pinned, plan(), by)).stage for by in (ME, brake)]
    later = replace(ME, time=2000.0)
    assert None is moved(moves.advance(pinned, plan(), later)).pinned


def test_a_pin_that_is_none() -> None:
    """One whose time is over, and one that is taken off where none is."""
    assert "already" == kind(moves.pin(at("shadow"), ME, 1000.0))
    assert "already" == kind(moves.unpin(at("shadow"), ME))
    assert None is moved(moves.unpin(at("shadow", pinned=Pin("a", "b")), ME)).pinned


def test_evidence_begins_anew_where_it_stands() -> None:
    """After something was mended; the time at this step too. At legacy there is none."""
    standing = moved(moves.restart(at("canary 10", rolled_back="was bad"), ME))
    assert ("canary", 8, 8, 1000.0, "was bad") == (
        standing.stage, standing.epoch, standing.run, standing.since, standing.rolled_back,
    )  # fmt: skip
    assert "already" == kind(moves.restart(Standing("customers"), ME))


def test_what_the_calendar_closes_is_closed_forward_only() -> None:
    """The refusal is the calendar's."""
    closed = Refusal("frozen", "frozen until Monday")
    assert closed == moves.advance(at("shadow"), plan(), ME, closed=closed)


@pytest.mark.parametrize(
    ("here", "writes", "said"),
    [
        ("legacy", True, ""), ("shadow", True, ""), ("dualwrite", True, "advance canary 1"), ("canary 1", True, ""),
        ("canary 50", True, "advance live"), ("live", True, ""), ("rampdown", True, "advance complete"),
        ("dualwrite", False, ""), ("canary 50", False, ""), ("rampdown", False, "advance complete"),
        ("complete", True, "rollback dualwrite"),
    ],
)  # fmt: skip
def test_what_two_persons_have_to_agree_to(here: str, writes: bool, said: str) -> None:
    """Where the say about writes changes hands, at complete, and on the way back from there."""
    found = moves.approvable(at(here), plan(writes=writes), ME)
    assert said == ("" if isinstance(found, Refusal) else found)


def test_the_step_that_is_approved_is_the_next_one() -> None:
    """Whoever names another has seen something else; at the end there is none."""
    assert "skips-a-step" == kind(moves.approvable(at("dualwrite"), plan(), ME, Step("live")))
    assert "no-step" == kind(moves.approvable(at("live"), plan("shadow, dualwrite, live"), ME))


@pytest.mark.parametrize(
    ("by", "approved", "enough"),
    [(ME, [], False), (ME, ["cli:ann"], False), (ME, ["cli:bob"], True), (JUDGE, ["cli:bob"], False),
     (JUDGE, ["cli:bob", "cli:ann"], True), (JUDGE, ["judge", "brake"], False)],
)  # fmt: skip
def test_two_persons_are_two(by: By, approved: list[str], enough: bool) -> None:
    """Whoever does it is one of them, unless it is no person."""
    assert enough == (moves.agreed(by, approved) is None)


def test_an_epoch_that_was_seen_is_the_one_that_counts() -> None:
    """None is whatever there is."""
    assert [None, None] == [moves.stale(at("live"), each) for each in (None, 7)]
    assert ["stale-epoch"] * 2 == [kind(moves.stale(at("live"), each)) for each in (6, 8)]
    assert "stale-epoch" == kind(moves.stale(Standing("customers"), 1))


@given(st.data())
def test_no_walk_leaves_the_plan(data: st.DataObject) -> None:
    """Whatever is done in whatever order: the epoch grows by one each time, and it stands at a step or at legacy."""
    chosen = plan(writes=data.draw(st.booleans()))
    standing = Standing("customers")
    for _ in range(20):
        by = data.draw(st.sampled_from([ME, JUDGE, replace(ME, actor=moves.BRAKE)]))
        to = data.draw(st.sampled_from([None, Step("legacy"), *chosen.steps]))
        found = data.draw(st.sampled_from([*_walks(standing, chosen, by, to)]))
        if isinstance(found, Refusal):
            continue
        assert standing.epoch + 1 == found.epoch
        assert found.run <= found.epoch
        here = Step(found.stage, found.share)
        assert here in (Step("legacy"), *chosen.steps)
        assert found.step == (chosen.steps.index(here) + 1 if here in chosen.steps else 0)
        standing = found


def _walks(standing: Standing, chosen: Plan, by: By, to: Step | None) -> list[Moved]:
    return [
        moves.advance(standing, chosen, by, to=to), moves.back(standing, chosen, by, to=to),
        moves.back(standing, chosen, by, accept_data_loss=True), moves.hold(standing, by), moves.resume(standing, by),
        moves.pin(standing, by, 1500.0), moves.unpin(standing, by), moves.restart(standing, by),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "life", "canary", "canary 0", "canary 101", "live 3", "canary 1.234", "canary -1", "canary 1%", "CANARY 1"],
)
def test_what_is_no_step(text: str) -> None:
    """A stage that nobody knows, and a share that is none."""
    assert None is step_of(text)


def test_a_step_is_written_as_it_is_read() -> None:
    """Both ways, with two decimals at most."""
    texts = [*WHOLE.split(", "), "legacy", "canary 0.01", "canary 12.5", "canary 100"]
    assert texts == [str(step_of(each)) for each in texts]
