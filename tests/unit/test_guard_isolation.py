"""Endpoints that operators take out of use: who follows, from where, and what is written about it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from adapter import cli
from adapter.background import Background
from adapter.built import build
from adapter.durable import Durable
from adapter.errors import BackendUnavailable
from adapter.guard import Guard
from adapter.guard.gates import NOT_ASKED
from adapter.guard.isolation import Isolation, place
from adapter.mapping.model.policy import ONCE
from adapter.messages import Request
from adapter.shared import Shared
from adapter.shared.isolated import seen, tell
from adapter.shared.link import Lost
from tests.cases import SHAPES, shape_project
from tests.resilience import engines

REQUEST = Request("orders.read", "id-1", 1e9)
PORT = "AuftragService.AuftragPort"
SECRET = "a secret that is long enough for this test"


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done beside the calls is done by the test."""
    monkeypatch.setattr(Background, "begun", lambda self: None)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose processes have the store open anyway, for the keys of callers."""
    found = shape_project(SHAPES / "breaker", tmp_path / "project", "http://127.0.0.1:9/")
    monkeypatch.setenv("ADAPTER_PROJECT", str(found))
    monkeypatch.setenv("ADAPTER_CALLERS", "known")
    monkeypatch.setenv("ADAPTER_STORE_KEY", SECRET)
    text = (found / "mappings" / "mapping.yaml").read_text("utf-8")
    text = text.replace("    call: LeseAuftrag\n", "    call: LeseAuftrag\n    scopes: [orders.read]\n")
    (found / "mappings" / "mapping.yaml").write_text(text, "utf-8")
    return found


def follower(project: Path) -> tuple[Isolation, list[tuple[str, str]]]:
    """Return what a worker of the project follows, and what it is told."""
    built = build(project, {"ADAPTER_STORE_KEY": SECRET})
    told: list[tuple[str, str]] = []
    read = place(Durable(built.settings, built.project), None)
    assert read is not None
    return Isolation(read, lambda endpoint, reason: told.append((endpoint, reason))), told


def test_all_workers_follow_what_is_said_by_hand(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Isolated by one command, the next round of each worker refuses calls; released, it lets them in again."""
    one, two = follower(project), follower(project)
    gate = two[0].gate({PORT, "Another.Port"})
    gate(REQUEST, "read")(NOT_ASKED)
    assert 0 == cli.run(["guard", "isolate", PORT, "--reason", "stock-taking"])
    for each, _ in (one, two):
        each.refresh()
    with pytest.raises(BackendUnavailable) as caught:
        gate(REQUEST, "read")
    assert ("guard: isolated", "no", "30") == (
        caught.value.cause,
        caught.value.sent,
        caught.value.headers["Retry-After"],
    )
    one[0].gate({"Another.Port"})(REQUEST, "read")
    assert 0 == cli.run(["guard", "list"])
    assert f"{PORT}  isolated  stock-taking (cli:" in capsys.readouterr().out
    assert 0 == cli.run(["guard", "release", PORT, "--reason", "counted"])
    two[0].refresh()
    gate(REQUEST, "read")
    assert [PORT, PORT] == [endpoint for endpoint, _ in two[1]]
    assert "" == two[1][1][1]
    assert 0 == cli.run(["audit", "list"])
    shown = capsys.readouterr().out
    assert f'endpoint.isolated  {PORT}  {{"reason":"stock-taking"}}' in shown
    assert f'endpoint.released  {PORT}  {{"reason":"counted"}}' in shown


def test_what_cannot_be_done_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An endpoint that is none, that is isolated already, or is not at all: exit 2, and nothing in the audit."""
    assert 2 == cli.run(["guard", "isolate", "AuftragService.AuftragPrt", "--reason", "x"])
    assert f"did you mean {PORT}?" in capsys.readouterr().err
    assert 2 == cli.run(["guard", "release", PORT, "--reason", "x"])
    assert 0 == cli.run(["guard", "isolate", PORT, "--reason", "x"])
    assert 2 == cli.run(["guard", "isolate", PORT, "--reason", "x"])
    capsys.readouterr()
    assert 0 == cli.run(["audit", "list"])
    assert 1 == capsys.readouterr().out.count("endpoint.")


def test_without_a_place_to_read_it_from_it_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where everybody may call, nothing is kept and nothing is shared, processes could not follow."""
    monkeypatch.setenv("ADAPTER_CALLERS", "everyone")
    assert 2 == cli.run(["guard", "isolate", PORT, "--reason", "x"])
    assert "set ADAPTER_SHARED" in capsys.readouterr().err


def test_with_a_shared_store_alone_it_is_told_there(
    project: Path, shared: Shared, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Workers that open no store of their own read it from Valkey; the audit has it too."""
    monkeypatch.setenv("ADAPTER_CALLERS", "everyone")
    monkeypatch.setenv("ADAPTER_SHARED", engines.shared_valkey().url)
    assert 0 == cli.run(["guard", "isolate", PORT, "--reason", "stock-taking"])
    worker = Isolation(place(None, shared) or _nowhere)
    worker.refresh()
    assert [PORT] == list(worker.known)
    assert 2 == cli.run(["guard", "isolate", PORT, "--reason", "again"])
    assert 0 == cli.run(["guard", "release", PORT, "--reason", "counted"])
    worker.refresh()
    assert {} == worker.known
    capsys.readouterr()
    assert 0 == cli.run(["audit", "list"])
    assert 2 == capsys.readouterr().out.count("endpoint.")


def _nowhere(known: Mapping[str, str]) -> None:
    raise AssertionError


def test_a_shared_store_that_came_back_empty_learns_it_again(shared: Shared) -> None:
    """Who knew goes on and writes it down; who comes new finds it. Released is released, nobody writes that back."""
    assert tell(shared, "erp", "down")
    old = Isolation(place(None, shared) or _nowhere)
    old.refresh()
    shared.command("FLUSHALL")
    old.refresh()
    assert {"erp": "down"} == old.known == seen(shared, {})
    assert tell(shared, "erp", "")
    assert not tell(shared, "erp", "")
    old.refresh()
    assert {} == old.known == seen(shared, {"erp": "down"})


def test_what_is_known_counts_while_it_cannot_be_read() -> None:
    """A store that is away ends no isolation, and begins none."""
    answers: list[Mapping[str, str] | None] = [{"erp": "down"}, None]
    isolation = Isolation(lambda known: answers.pop(0))
    isolation.refresh()
    isolation.refresh()
    assert {"erp": "down"} == isolation.known

    def store(question: object) -> object:
        raise Lost

    assert seen(Shared(store), {}) is None


def test_it_is_refused_also_by_a_guard_that_only_watches() -> None:
    """ADAPTER_GUARD=watch is about what the adapter finds out by itself, not about what an operator says."""
    isolation = Isolation(lambda known: {"erp": "down"})
    isolation.refresh()
    guard = Guard([isolation.gate({"erp"})], watch=True)
    with pytest.raises(BackendUnavailable):
        guard.run(REQUEST, lambda turn: None, ONCE)
