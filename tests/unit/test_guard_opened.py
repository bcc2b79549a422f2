"""The guard in its place: around each call of an endpoint, one for all who name it, counted, and told of in the log."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapter.app import application
from adapter.built import build, credentials_of
from adapter.opened import open_backends
from adapter.shared import open_shared
from adapter.shared.isolated import tell
from adapter.telemetry import Telemetry
from tests.cases import SHAPES, shape_project
from tests.replay import Replay, replaying
from tests.resilience import engines

EVERYONE = {"ADAPTER_CALLERS": "everyone"}
HOST = {"Host": "localhost"}


@pytest.fixture
def replay() -> Iterator[Replay]:
    """An ERP that answers 500 without an envelope."""
    with replaying() as server:
        server.status, server.reply = 500, b"kaputt"
        yield server


@pytest.fixture
def lonely() -> Iterator[str]:
    """A Valkey of one's own, since a process that knew of something writes it down again."""
    try:
        with engines.valkey() as server:
            yield server.url
    except engines.Absent as absent:
        pytest.skip(str(absent))


class Adapter:
    """The adapter on the shape ``breaker``, and what it writes."""

    def __init__(self, project: Path, environ: dict[str, str]) -> None:
        self.lines = io.StringIO()
        telemetry = Telemetry("INFO", self.lines)
        self.client = application(build(project, {**EVERYONE, **environ}), telemetry).test_client()

    def get(self) -> Any:
        """Make a call."""
        return self.client.get("/v1/orders/7", headers=HOST)

    def events(self) -> list[dict[str, Any]]:
        """Return the log lines that are none of requests."""
        found = [json.loads(line) for line in self.lines.getvalue().splitlines()]
        return [line for line in found if line["event"] != "request"]

    def metrics(self, name: str) -> list[str]:
        """Return the samples of a metric."""
        text = self.client.get("/metrics", headers=HOST).text
        return [line for line in text.splitlines() if line.startswith(name)]


def test_five_failures_and_the_erp_is_left_alone(replay: Replay, tmp_path: Path) -> None:
    """Then callers get 503 with Retry-After, and nothing is sent; log and metrics tell of it."""
    adapter = Adapter(shape_project(SHAPES / "breaker", tmp_path / "project", replay.url), {})
    assert [502] * 5 == [adapter.get().status_code for _ in range(5)]
    refused = adapter.get()

    assert (503, "/problems/backend-unavailable") == (refused.status_code, refused.json["type"])
    assert "2" == refused.headers["Retry-After"]
    assert 5 == len(replay.sent)
    told = [(line["event"], line["endpoint"], line["state"]) for line in adapter.events()]
    assert [("breaker", "AuftragService.AuftragPort", "open")] == told
    assert ['adapter_breaker_state{endpoint="AuftragService.AuftragPort"} 2.0'] == adapter.metrics("adapter_breaker_st")
    labels = 'endpoint="AuftragService.AuftragPort",enforced="yes",reason="breaker"'
    assert [f"adapter_guard_refused_total{{{labels}}} 1.0"] == adapter.metrics("adapter_guard_refused_total")


def test_watching_counts_and_lets_all_in(replay: Replay, tmp_path: Path) -> None:
    """With ADAPTER_GUARD=watch each call reaches the ERP, and a line says which would not have."""
    project = shape_project(SHAPES / "breaker", tmp_path / "project", replay.url)
    adapter = Adapter(project, {"ADAPTER_GUARD": "watch"})
    assert [502] * 7 == [adapter.get().status_code for _ in range(7)]

    assert 7 == len(replay.sent)
    would = [line for line in adapter.events() if line["event"] == "guard-would-refuse"]
    assert {"breaker"} == {line["cause"] for line in would}
    assert {"orders.read"} == {line["operation"] for line in would}


def test_tries_are_counted(replay: Replay, tmp_path: Path) -> None:
    """A read that may be made three times is; two of them are repeats."""
    adapter = Adapter(shape_project(SHAPES / "tries", tmp_path / "project", replay.url), {})
    assert 502 == adapter.get().status_code
    assert 3 == len(replay.sent)
    labels = 'endpoint="AuftragService.AuftragPort",problem="backend-reply-invalid"'
    assert [f"adapter_guard_tries_total{{{labels}}} 2.0"] == adapter.metrics("adapter_guard_tries_total")


@pytest.mark.parametrize("guard", ["enforce", "watch"])
def test_what_operators_isolate_is_refused_and_shown(guard: str, replay: Replay, tmp_path: Path, lonely: str) -> None:
    """A process that starts knows of it at its first call, also where its guard only watches."""
    shared = open_shared(lonely)
    assert shared is not None
    assert tell(shared, "AuftragService.AuftragPort", "stock-taking (cli:eva)")
    project = shape_project(SHAPES / "breaker", tmp_path / "project", replay.url)
    adapter = Adapter(project, {"ADAPTER_GUARD": guard, "ADAPTER_SHARED": lonely})
    refused = adapter.get()

    assert (503, "/problems/backend-unavailable") == (refused.status_code, refused.json["type"])
    assert [] == replay.sent
    told = [(line["event"], line["endpoint"], line["cause"]) for line in adapter.events()]
    assert [("isolated", "AuftragService.AuftragPort", "stock-taking (cli:eva)")] == told
    assert ['adapter_guard_isolated{endpoint="AuftragService.AuftragPort"} 1.0'] == adapter.metrics("adapter_guard_iso")
    labels = 'endpoint="AuftragService.AuftragPort",enforced="yes",reason="isolated"'
    assert [f"adapter_guard_refused_total{{{labels}}} 1.0"] == adapter.metrics("adapter_guard_refused_total")


def test_one_endpoint_has_one_guard(tmp_path: Path) -> None:
    """Two files whose ports are at one address share a guard, with what one of them says about it."""
    project = shape_project(SHAPES / "breaker", tmp_path / "project", "http://127.0.0.1:9/")
    text = (project / "mappings" / "mapping.yaml").read_text("utf-8")
    other = text.replace("orders", "others").replace("port: AuftragPort\n", "port: AuftragPort\n  strict: true\n")
    begin, end = other.index("  guard:"), other.index("types:")
    other = other[:begin] + "  identity: {basic: erp}\n" + other[end:]
    (project / "mappings" / "others.yaml").write_text(other, "utf-8")
    login = {f"ADAPTER_CREDENTIAL_ERP_{part}": "some-words-here" for part in ("USER", "PASSWORD")}
    built = build(project, {**EVERYONE, **login})
    credentials = credentials_of(project, built.settings)
    backends = open_backends(built.settings, built.endpoints, built.contracts, credentials)

    assert 2 == len(backends.soap)
    assert 1 == len({id(port.guard) for port in backends.soap.values()})
