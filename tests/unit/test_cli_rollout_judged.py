"""``adapter rollout explain``: what the judge says, as people read it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from adapter.built import build
from adapter.moving.features import features
from adapter.moving.judging import Judging
from adapter.store import Store, verdicts
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
