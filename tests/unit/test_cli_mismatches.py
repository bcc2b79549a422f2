"""``adapter rollout mismatches``: what was seen to differ, by group and example; and ``adapter erase``, its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter import cli, settings
from adapter.__main__ import main
from adapter.durable import Durable
from adapter.moving.examples import Examples
from adapter.store.observed import Batch, add
from tests.strangler.project import moving_reads
from tests.strangler.standing import stand
from tests.unit.test_moving_examples import example, reading

SECRET = "a secret of tests which is longer than it must be"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example project, with reads of customers that move."""
    monkeypatch.delenv("ADAPTER_STORE", raising=False)
    monkeypatch.setenv("ADAPTER_STORE_KEY", SECRET)
    monkeypatch.setenv("ADAPTER_PROJECT", str(tmp_path))
    return moving_reads(tmp_path)


def mismatches(folder: Path, *words: str) -> int:
    """Run the command."""
    return main(["rollout", "mismatches", "customers", *words, "--project", str(folder)])


def seen(folder: Path) -> str:
    """Let a difference be seen; return its group."""
    durable = Durable(settings.read(folder, {"ADAPTER_STORE_KEY": SECRET}), folder)
    run = stand(durable.store, "customers", "shadow").run
    found = example({"name": "Eva", "status": "active"}, {"name": "Ewa", "status": "active"}, run=run)
    (group,) = found.groups
    batch = Batch("customers", run)
    batch.mismatches[group, "customers.read", "/name", "value"] = [3, 1e6, 1e6]
    durable.store.run(lambda connection: add(connection, batch))

    def failed(error: Exception) -> None:
        raise error

    Examples(lambda: durable.store, lambda: durable.vault, failed).of(reading(show=("/status",)))(found)
    return group


def test_groups_and_examples(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Groups are listed with their counts; an example shows what the mapping shows."""
    assert 0 == mismatches(shop)
    assert "Nothing was seen to differ since epoch 0.\n" == capsys.readouterr().out
    group = seen(shop)
    assert 0 == mismatches(shop)
    head, line = capsys.readouterr().out.splitlines()
    assert ["GROUP", "OPERATION", "POINTER", "KIND", "COUNT", "LAST", "EXAMPLES"] == head.split()
    assert [group, "customers.read", "/name", "value", "3", "1970-01-12", "13:46:40", "1"] == line.split()
    assert 0 == mismatches(shop, "--examples", group)
    told = capsys.readouterr().out
    assert '"status": "active"' in told
    assert '"name": "(text, 3)"' in told
    assert "Eva" not in told
    assert 0 == mismatches(shop, "--examples", "unknown")
    assert "There are no examples of unknown since epoch 1.\n" == capsys.readouterr().out


def test_whoever_is_erased_is_in_no_example(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rows of examples go with the key that they are sealed with."""
    group = seen(shop)
    assert 0 == cli.run(["erase", "42"])
    assert "Examples of differences between both sides (rollout) that were deleted: 1.\n" in capsys.readouterr().out
    assert 0 == mismatches(shop, "--examples", group)
    assert f"There are no examples of {group} since epoch 1.\n" == capsys.readouterr().out
