"""``adapter rollout explain`` and ``simulate``: what the judge says, and would say, as people read it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from adapter.built import build
from adapter.moving.features import features
from adapter.moving.judging import Judging
from adapter.store import Store, recorded, rollouts, verdicts
from adapter.store.observed import Batch, add
from tests.strangler.site import Heard
from tests.unit.test_cli_rollout import run, shop, store

__all__ = ["shop"]


def seen(shop: Path) -> Store:
    """Bring customers to shadow, where 268 comparisons were made."""
    run(shop, "advance", "customers", "--reason", "begin")
    batch = Batch("customers", 1, compared={("customers.read", int(time.time() // 60)): [268, 0, 0]})
    place = store(shop)
    place.run(lambda connection: add(connection, batch))
    return place


def test_a_feature(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What it needs, and the numbers, as of now; nothing is kept by asking."""
    place = seen(shop)
    capsys.readouterr()
    assert 0 == run(shop, "explain", "customers")
    told = capsys.readouterr().out
    for line in (
        "as of now, not kept", "hold: comparisons", "412 more comparisons without a mismatch, about 15 minutes",
        "50 more different entities that the ERP is asked for", "268, 0 differ, 0 count (0 places are noise)",
        "1 (back at 100, no further from 10)", "the same, to the bit",
    ):  # fmt: skip
        assert line in told
    assert [] == place.read(lambda connection: verdicts.last(connection, "customers", 9))


def test_dry_runs_that_are_off(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is compared of writes is less than the plan asks for, and why is told."""
    place = seen(shop)
    place.run(lambda connection: rollouts.no_dry_runs(connection, "customers", 1, "status 204", 1.0, "me"))
    capsys.readouterr()
    assert 0 == run(shop, "explain", "customers")
    assert "off: status 204" in capsys.readouterr().out


def test_a_verdict(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One that was kept, by its id or as the feature's last one; one that was changed is not the same."""
    place = seen(shop)
    found = features(build(shop, {}).endpoints)
    Judging(lambda: place, found, Heard()).look(found["customers"])
    kept = place.read(lambda connection: verdicts.last(connection, "customers", 1))[0]
    capsys.readouterr()
    for what in (kept.id, "customers"):
        assert 0 == run(shop, "explain", what, "--json")
        document = json.loads(capsys.readouterr().out)
        assert (kept.id, True, 268) == (document["id"], document["same"], document["evidence"]["compared"])
        assert document["again"] == document["verdict"]
    text = kept.numbers.replace('"compared":268', '"compared":999')
    tampered = verdicts.Kept(kept.id, kept.feature, kept.epoch, kept.time, kept.kind, kept.cause, text)
    place.run(lambda connection: verdicts.put(connection, tampered))
    assert 1 == run(shop, "explain", kept.id)
    assert "NOT THE SAME" in capsys.readouterr().out


def test_what_is_not_there(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A clear word, and status 2."""
    assert 2 == run(shop, "explain", "nothing")
    assert "there is no feature and no verdict nothing; features are: customers" in capsys.readouterr().err


def test_a_made_up_day(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When each step comes, how often it goes back and why; the same seed gives the same."""
    words = ("simulate", "customers", "--rate", "600", "--errors", "0.5%", "--candidate", "30%", "--runs", "5")
    assert 0 == run(shop, *words)
    told = capsys.readouterr().out
    assert "rolled back 5 of 5 times: " in told
    assert 0 == run(shop, *words)
    assert told == capsys.readouterr().out
    assert 0 == run(shop, *words, "--json")
    document = json.loads(capsys.readouterr().out)
    assert (5, {"step": "shadow", "days": 5, "seconds": 0.0}) == (document["back"]["days"], document["steps"][0])


def test_a_recorded_day(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As it was seen, minute by minute; without one it says so."""
    assert 2 == run(shop, "simulate", "customers", "--recorded")
    assert "nothing was recorded of customers in the last day" in capsys.readouterr().err
    place, minute = store(shop), int(time.time() // 60) - 30
    calls = {
        ("customers.read", side, minute - each, outcome, 25): many
        for each in range(60)
        for side, outcome, many in (
            ("soap", "ok", 199),
            ("soap", "failed", 1),
            ("http", "ok", 50),
            ("http", "failed", 50),
        )
    }
    batch = Batch("customers", 3, calls=calls, compared={("customers.read", minute): [100, 0, 0]})
    place.run(lambda connection: add(connection, batch))
    since = 60.0 * (minute - 60)
    found = place.read(lambda connection: recorded.minutes(connection, "customers", since, 62))
    assert [recorded.Minute(0, 1 / 200, 0.5, 0.0), recorded.Minute(300, 1 / 200, 0.5, 0.0)] == found[:2]
    assert recorded.Minute(0, 1 / 200, 0.5, 0.0) == found[61]
    assert 0 == run(shop, "simulate", "customers", "--recorded", "--runs", "3")
    assert "3 times 24 hours" in capsys.readouterr().out


@pytest.mark.parametrize("words", [("--errors", "200%"), ("--errors", "nan"), ("--runs", "0"), ("--rate", "-1")])
def test_a_day_that_cannot_be(shop: Path, words: tuple[str, str]) -> None:
    """Status 2."""
    assert 2 == run(shop, "simulate", "customers", *words)
