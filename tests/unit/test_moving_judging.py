"""The judge at work on both engines: what workers noted becomes a verdict, is kept, told, and acted on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.errors import RequestError, StoreUnavailable
from adapter.moving.acting import Acting, Wish
from adapter.moving.judged import gates
from adapter.moving.judging import WHOLE, Judging
from adapter.moving.noting import Notes
from adapter.rollout.evalue import Known
from adapter.rollout.evidence import Failed
from adapter.rollout.verdict import replay
from adapter.store import Store, audit, forgotten, observed, rollouts, verdicts
from tests.resilience.stores import ENGINES, place
from tests.strangler.plans import feature
from tests.strangler.site import NOW, Heard, Site


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new store on each engine."""
    store = place(request.param, tmp_path).store()
    yield store
    store.close()


def test_a_broken_service_is_out(store: Store) -> None:
    """Three entities that fail in a row, at an ERP that does not: back, by the judge, with the verdict in the audit."""
    site = Site(store, share=5000)
    site.calls("soap", True, *map(str, range(300)))
    site.look()
    site.calls("http", False, "a", "b", "c")
    site.look()
    assert "canary" == site.standing().stage  # at 2.9 % four are asked for, and E is 5.3
    site.calls("http", False, "d")
    site.look()
    after = site.standing()
    assert ("dualwrite", "failures-in-a-row", "judge", 2) == (
        after.stage, after.rolled_back, after.actor, after.epoch
    )  # fmt: skip
    assert [("back", "failures-in-a-row")] == site.heard.events
    kept = site.verdicts()[0]
    assert (kept.id, "back", 1) == (after.verdict, kept.kind, kept.epoch)
    entry = store.read(lambda connection: audit.latest(connection, 1))[0]
    assert ("rollout.rollback", kept.id) == (entry.action, json.loads(entry.details)["verdict"])
    again = replay(kept.numbers)
    assert again.same
    assert tuple("abcd") == again.record.evidence.streak


def test_two_failures_at_one_percent(store: Store) -> None:
    """E alone is enough: two failing entities among a hundredth."""
    site = Site(store, share=100)
    site.calls("http", False, "a", "b")
    site.look()
    assert ("dualwrite", "more-failures") == (site.standing().stage, site.standing().rolled_back)


def test_an_open_breaker(store: Store) -> None:
    """It is enough by itself."""
    site = Site(store, "live", 0)
    site.notes.opened("customers", 1)
    site.notes.write()
    site.look()
    assert ("dualwrite", "breaker-open") == (site.standing().stage, site.standing().rolled_back)


def test_advice_is_said_aloud_once(store: Store) -> None:
    """With ``judge: advise`` nothing moves; the metric stays, the line is written once."""
    site = Site(store, share=100, judge="advise")
    site.calls("http", False, "a", "b")
    site.look()
    site.look(WHOLE)
    assert (1, ["back", "back"]) == (site.standing().epoch, site.heard.kinds)
    assert [("should go back", "more-failures")] == site.heard.events
    assert 1 == len(site.verdicts())


@pytest.mark.parametrize("flag", ["paused", "pinned"])
def test_held_by_people(store: Store, flag: str) -> None:
    """The judge moves nothing that is on hold or pinned; it says so once, and aloud what should be done."""
    site = Site(store, share=100)
    wish = Wish("customers", "cli:ann", "wait")
    acting = Acting(lambda: store, {"customers": site.feature}, lambda: site.at)
    (acting.hold if flag == "paused" else acting.pin)(wish)
    site.calls("http", False, "a", "b")
    for _ in range(3):
        site.look(WHOLE)
    assert ("canary", 2) == (site.standing().stage, site.standing().epoch)
    assert [("held", "rollback", flag), ("should go back", "more-failures")] == site.heard.events


def test_forward_and_no_further(store: Store) -> None:
    """One step, once all was seen; at the next one it begins to wait again."""
    site = Site(store, share=1000)
    site.enough()
    site.look(59)
    assert (1000, "hold") == (site.standing().share, site.verdicts()[0].kind)
    site.look(WHOLE)
    assert (5000, 2, "judge") == (site.standing().share, site.standing().epoch, site.standing().actor)
    assert [("forward",)] == site.heard.events
    site.look(WHOLE)
    assert 5000 == site.standing().share
    assert "minutes" == site.verdicts()[0].cause


def test_after_a_rollback_a_person_sends_it_on(store: Store) -> None:
    """However good what is seen then."""
    site = Site(store, "dualwrite", 0)
    back = replace(site.start, epoch=2, rolled_back="more-failures")
    store.run(lambda connection: rollouts.put(connection, site.start, back, NOW, "rollback"))
    site.enough()
    site.calls("soap", True, *"abcde")
    site.look(61)
    assert (2, "rolled-back") == (site.standing().epoch, site.verdicts()[0].cause)


def test_two_persons_are_not_the_judge(store: Store) -> None:
    """A step that two persons have to agree to is not taken, and that is said once."""
    site = Site(store, "canary", 5000)
    site.feature = feature(writes=True, judge="automatic", gate=site.feature.rule.gate)
    site.judge = site.another(site.heard)
    site.enough()
    site.look(61)
    site.look(WHOLE)
    assert 1 == site.standing().epoch
    assert [("held", "advance", "approval")] == site.heard.events
    assert "forward" == site.verdicts()[0].kind


def test_nothing_new_is_not_judged_again(store: Store) -> None:
    """Between two looks at the whole, only what may lead back is looked for."""
    site = Site(store)
    site.look()
    site.look()
    site.compared(3)
    site.look()
    assert ["hold"] == site.heard.kinds
    site.calls("http", False, "a")
    site.look()
    site.look(WHOLE)
    assert ["hold"] * 3 == site.heard.kinds
    assert 1 == len(site.verdicts())


def test_a_feature_at_legacy_costs_one_read(store: Store) -> None:
    """Nothing is judged, and nothing kept; where it went back to legacy, the metrics are cleared once."""
    site = Site(store)
    site.look()
    legacy = replace(site.start, epoch=2, stage="legacy", share=0)
    store.run(lambda connection: rollouts.put(connection, site.start, legacy, NOW, "rollback"))
    site.look()
    site.look()
    assert (["hold", ""], 1) == (site.heard.kinds, len(site.verdicts()))


def test_of_two_judges_one_moves_it(store: Store) -> None:
    """Both see the same, one wins, and it went back once."""
    site = Site(store, share=100)
    site.calls("http", False, "a", "b")
    heard = [Heard() for _ in range(4)]
    judges = [site.another(each) for each in heard]
    threads = [threading.Thread(target=judge.look, args=(site.feature,)) for judge in judges]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert 2 == site.standing().epoch
    assert 1 == sum(("back", "more-failures") in each.events for each in heard)
    changes = store.read(lambda connection: audit.about(connection, "customers", "rollout.rollback", 10))
    assert 1 == len(changes)


def test_a_store_that_is_away(store: Store) -> None:
    """It is asked again after a while, and not four times a second."""
    site, asked = Site(store), 0

    def gone() -> Store:
        nonlocal asked
        asked += 1
        raise StoreUnavailable("store-unavailable", 503)

    judge = Judging(gone, {}, Heard(), lambda: site.at, lambda: site.at)
    with pytest.raises(StoreUnavailable):
        judge.look(site.feature)
    judge.look(site.feature)
    assert 1 == asked
    site.at += WHOLE
    with pytest.raises(StoreUnavailable):
        judge.look(site.feature)


def test_a_person_asks_the_judge(store: Store) -> None:
    """What is missing is said; despite it is possible; once it was seen the verdict goes into the audit."""
    site = Site(store, judge="advise")
    acting = Acting(lambda: store, {"customers": site.feature}, lambda: site.at, gates(lambda: store, lambda: site.at))
    wish = Wish("customers", "cli:ann", "it is time")
    with pytest.raises(RequestError, match="not-allowed-now") as refused:
        acting.advance(wish)
    assert ("gate", True) == (refused.value.members["kind"], "53 more comparisons" in refused.value.detail)
    site.enough()
    site.at += 60
    after = acting.advance(wish)
    kept = site.verdicts()[0]
    assert (5000, kept.id, "forward") == (after.share, after.verdict, kept.kind)


def test_a_person_may_not_go_on_with_what_fails(store: Store) -> None:
    """The judge's word is why."""
    site = Site(store, share=100, judge="advise")
    site.calls("http", False, "a", "b")
    acting = Acting(lambda: store, {"customers": site.feature}, lambda: site.at, gates(lambda: store, lambda: site.at))
    with pytest.raises(RequestError) as refused:
        acting.advance(Wish("customers", "cli:ann", "it is time"))
    assert "it should go back (more-failures)" == refused.value.detail


def test_a_verdict_of_another_epoch_is_not_kept(store: Store) -> None:
    """Nothing is written over what a feature was moved on."""
    site = Site(store)
    site.look()
    kept = site.verdicts()[0]
    assert None is store.run(lambda connection: verdicts.put(connection, replace(kept, epoch=7, id="other")))
    assert kept.id == store.run(lambda connection: verdicts.put(connection, replace(kept, id="other", cause="keys")))
    assert ("keys", kept.id) == (site.verdicts()[0].cause, site.verdicts()[0].id)
    older = replace(kept, id="older", time=NOW - 9, cause="calls")
    assert kept.id == store.run(lambda connection: verdicts.put(connection, older))
    assert "keys" == site.verdicts()[0].cause


def test_old_runs_are_forgotten(store: Store) -> None:
    """A week after the last thing was seen of a run that is over; the present one is kept, and what was acted on."""
    site = Site(store, share=100)
    site.compared(1)
    site.calls("http", False, "a", "b")
    site.look()
    assert 2 == site.standing().run
    site.notes.called("customers", 2, "customers.read", "soap", "z", 0, 0.1, True)
    site.notes.write()
    site.at += 7 * 86400 - 120
    site.judge.forget()
    evidence = store.read(lambda connection: observed.evidence(connection, "customers", 1, site.at))
    assert {"http": 2} == evidence.units
    site.at += 240
    site.judge.forget()
    evidence = store.read(lambda connection: observed.evidence(connection, "customers", 1, site.at))
    assert ({}, (), 0) == (evidence.units, evidence.failed, evidence.compared)
    assert {"soap": 1} == store.read(lambda connection: observed.evidence(connection, "customers", 2, site.at)).units
    assert ["back"] == [each.kind for each in site.verdicts()]
    assert store.read(lambda connection: forgotten.unfolded(connection, site.at)) is None


EVENTS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from([100, 500, 5000])), max_size=30)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EVENTS, st.integers(1, 10**6))
def test_the_store_counts_failures_as_the_rule_does(store: Store, events: list[tuple[int, int]], run: int) -> None:
    """Each unit at each share once, by what was known of it, and not again once it failed at the new service."""
    place, known, expected = f"f{run}-{len(events)}-{hash(tuple(events))}", Known(), dict[tuple[int, int, str], int]()
    notes = Notes(lambda: store, lambda error: None, lambda: NOW)
    for unit, share in sorted(events, key=lambda event: event[1]):
        side = "http" if 1000 * unit < share else "soap"  # its bucket is 1000 times its number
        notes.called(place, run, "read", side, str(unit), share, 0.01, False)  # type: ignore[arg-type]
        before = known.before(unit, side == "http", share)
        if before is not None:
            cell = share, before, side
            expected[cell] = expected.get(cell, 0) + 1
    notes.write()
    found = store.read(lambda connection: observed.evidence(connection, place, run, NOW)).failed
    assert tuple(sorted(Failed(*cell, many) for cell, many in expected.items())) == found  # type: ignore[arg-type]
