"""``adapter rollout``: where features stand, and what moves them, as people see it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from adapter import settings
from adapter.__main__ import main
from adapter.durable import Durable
from adapter.settings import read
from adapter.store import Store, audit, rollouts
from adapter.store.observed import Batch, add
from tests.strangler.project import moving_reads


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example project, with reads of customers that move."""
    for name in ("ADAPTER_STORE_KEY", "ADAPTER_STORE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ADAPTER_STORE_KEY", "a secret of tests which is longer than it must be")
    return moving_reads(tmp_path)


def run(folder: Path, *words: str) -> int:
    """Run a command."""
    try:
        return main(["rollout", *words, "--project", str(folder)])
    except SystemExit as end:
        return int(str(end.code))


def test_a_feature_that_never_moved(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Stands at legacy."""
    assert 0 == run(shop, "list")
    head, line = capsys.readouterr().out.splitlines()
    assert ["FEATURE", "STAGE", "SINCE", "EPOCH", "SOAP", "HTTP", "NEXT", "FLAGS"] == head.split()
    assert ["customers", "legacy", "-", "0", "0", "0", "shadow", "-"] == line.split()


def test_the_way_on_and_back(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command prints where it stands then; the audit has who and why."""
    assert 0 == run(shop, "advance", "customers", "--reason", "begin", "--actor", "ann")
    assert 0 == run(shop, "advance", "customers", "--reason", "on", "--to", "canary 10", "--epoch", "1", "--despite")
    assert 0 == run(shop, "hold", "customers", "--reason", "month end")
    assert 0 == run(shop, "pin", "customers", "--hours", "2", "--reason", "audit")
    assert 0 == run(shop, "rollback", "customers", "--reason", "wrong prices", "--to", "legacy")
    assert [
        "customers: shadow at epoch 1", "customers: canary 10 at epoch 2", "customers: canary 10 at epoch 3",
        "customers: canary 10 at epoch 4", "customers: legacy at epoch 5",
    ] == capsys.readouterr().out.splitlines()  # fmt: skip
    assert 0 == run(shop, "list")
    assert "paused, pinned, rolled back" in capsys.readouterr().out
    entries = store(shop).read(lambda connection: audit.about(connection, "customers", "rollout.", 9))
    assert "cli:ann" == entries[0].actor
    assert all(each.actor.startswith("cli:") for each in entries)


def test_what_is_refused_says_why(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1 for what may not be, 2 for what is no command."""
    run(shop, "advance", "customers", "--reason", "begin")
    capsys.readouterr()
    for words, status, said in (
        (["advance", "customers", "--reason", "x", "--epoch", "0"], 1, "stale-epoch: it is at epoch 1"),
        (["advance", "customers", "--reason", "x", "--to", "live"], 1, "the step after shadow is canary 10"),
        (["advance", "customers", "--reason", "x", "--to", "life"], 1, "'life' is no stage"),
        (["advance", "customers", "--reason", " "], 1, "say why"),
        (["advance", "customers"], 2, "--reason"),
        (["advance", "orders", "--reason", "x"], 1, "There is no feature orders; there are: customers"),
        (["advance", "customers", "--reason", "x", "--actor", "a b"], 2, "letters, digits"),
    ):
        assert status == run(shop, *words), words
        assert said in capsys.readouterr().err


def test_another_person_approves(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 3 says that somebody else has to."""
    for _ in range(4):
        assert 0 == run(shop, "advance", "customers", "--reason", "on", "--despite")
    capsys.readouterr()
    assert 3 == run(shop, "advance", "customers", "--reason", "done", "--actor", "ann", "--despite")
    assert "adapter rollout approve customers" in capsys.readouterr().err
    assert 0 == run(shop, "approve", "customers", "--reason", "seen", "--actor", "bob")
    assert "customers: cli:bob approves 'advance complete' at epoch 4" in capsys.readouterr().out
    assert 0 == run(shop, "advance", "customers", "--reason", "done", "--actor", "ann", "--despite")


def test_one_feature_is_shown(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is next, what was asked of each side lately, and what was done."""
    run(shop, "advance", "customers", "--reason", "begin")
    minute = int(time.time() // 60)
    calls = {("customers.read", "soap", minute, outcome, 5): 3 for outcome in ("ok", "failed")}
    store(shop).run(lambda connection: add(connection, Batch("customers", 1, calls)))
    capsys.readouterr()
    assert 0 == run(shop, "show", "customers")
    said = {line.split("  ")[0]: line for line in capsys.readouterr().out.splitlines() if line}
    assert said["operations"].endswith("customers.list, customers.read")
    assert said["next"].endswith("canary 10")
    assert said["calls in an hour"].endswith("soap 6, 3 failed, http 0")
    assert any("legacy -> shadow" in line and line.endswith("begin") for line in said.values())


def test_the_verdict_is_shown(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the judge took a feature back, the verdict that led there can be asked for by its id."""
    run(shop, "advance", "customers", "--reason", "begin")
    before = store(shop).read(rollouts.everything)["customers"]
    after = replace(before, epoch=2, stage="legacy", rolled_back="streak", verdict="v-17", actor="judge")
    assert store(shop).run(lambda connection: rollouts.put(connection, before, after, 1.0, "rolled-back"))
    capsys.readouterr()
    assert 0 == run(shop, "show", "customers")
    said = {line.split("  ")[0]: line for line in capsys.readouterr().out.splitlines() if line}
    assert said["rolled back"].endswith("streak")
    assert said["verdict"].endswith("v-17")


def test_that_dry_runs_are_off_is_shown(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list says so, and the feature says why; who did it is in what was done."""
    run(shop, "advance", "customers", "--reason", "begin")
    why = "customers.create: status 204 without Shadow-Honoured: dry-run"
    store(shop).run(lambda connection: rollouts.no_dry_runs(connection, "customers", 1, why, 1.0, "dry-runs"))
    capsys.readouterr()
    assert 0 == run(shop, "list")
    assert capsys.readouterr().out.splitlines()[1].endswith("dry runs off")
    assert 0 == run(shop, "show", "customers")
    said = {line.split("  ")[0]: line for line in capsys.readouterr().out.splitlines() if line}
    assert said["writes at shadow"].endswith(f"compare, off: {why}")
    assert any("dry-runs-off" in line and line.endswith(why) for line in said.values())


def test_the_brake_is_shown(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its names that are typing errors: those stop nothing."""
    (shop / "rollout.brake").write_text("customers\ncustommers\n", "utf-8")
    assert 0 == run(shop, "list")
    said = capsys.readouterr()
    assert said.out.splitlines()[1].endswith("brake")
    assert "custommers" in said.err


def test_a_project_in_which_nothing_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is told what is missing."""
    monkeypatch.setenv("ADAPTER_STORE_KEY", "a secret of tests which is longer than it must be")
    assert 2 == run(moving_reads(tmp_path, ""), "list")
    assert "`rollout:`" in capsys.readouterr().err


def store(folder: Path) -> Store:
    """The store of a project."""
    return Durable(read(folder, settings.environment()), folder).store
