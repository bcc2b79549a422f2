"""A feature that moves, as callers meet it: the whole application, a pretend ERP, and a new service that is played."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter import virtual
from adapter.app import create_app
from adapter.durable import Durable
from adapter.rollout.rules import Stage
from adapter.settings import Settings
from tests.callers.known import SECRET, made_key
from tests.everyone import EVERYONE
from tests.stack import ROOT, erp_settings
from tests.strangler.standing import stand_in
from tests.unit.loopback import PATIENCE, Server, answer, replying, serving

JSON = "application/json"
NEW = b'{"kind": "person", "id": "42", "name": "New", "first_name": "Erika", "version": 1}'
FINE = answer(NEW, media_type=JSON)
SHORT = "    timeout: 2\n"


@pytest.fixture(scope="module")
def erp() -> Iterator[virtual.Server]:
    """One pretend ERP for all tests."""
    with virtual.running(ROOT) as server:
        yield server


class Place:
    """A project of its own, whose customers stand somewhere."""

    def __init__(self, folder: Path, erp: virtual.Server, service: str, more: dict[str, str]) -> None:
        self.folder = folder
        for name in ("wsdl", "mappings"):
            shutil.copytree(ROOT / name, folder / name)
        self.environ = {
            **erp_settings(erp), **EVERYONE, "ADAPTER_VALUE_CLIENT": "100", "ADAPTER_STORE_KEY": SECRET,
            "ADAPTER_SERVICE_CUSTOMERS": service, **more,
        }  # fmt: skip

    def change(self, old: str, new: str) -> None:
        """Change the mapping of customers."""
        file = self.folder / "mappings" / "customers.yaml"
        text = file.read_text("utf-8")
        assert 1 == text.count(old)
        file.write_text(text.replace(old, new), "utf-8")

    def client(self, stage: Stage = "legacy", share: int = 0) -> FlaskClient:
        """Move customers there, and start the application."""
        if stage != "legacy":
            stand_in(self.folder, "customers", stage, share, self.environ)
        return create_app(self.folder, self.environ).test_client()


@contextmanager
def placed(folder: Path, erp: virtual.Server, *answers: bytes, **more: str) -> Iterator[tuple[Place, Server]]:
    """Make a project, and play the new service."""
    with serving(replying(*(answers or (FINE,)))) as service:
        yield Place(folder, erp, f"http://127.0.0.1:{service.port}", more), service


def _name(client: FlaskClient, path: str = "/v1/customers/42", **headers: str) -> Any:
    found = client.get(path, headers={name.replace("_", "-"): text for name, text in headers.items()})
    return found.get_json().get("name", found.status_code)


def test_at_legacy_the_new_service_is_not_asked(tmp_path: Path, erp: virtual.Server) -> None:
    """A mapping that says that a feature moves has moved nothing."""
    with placed(tmp_path, erp) as (place, service):
        assert "New" != _name(place.client())
        assert 0 == service.connections


def test_in_a_canary_its_entities_are_at_the_new_service(tmp_path: Path, erp: virtual.Server) -> None:
    """All of them at 100 %; the list has no key, and stays."""
    with placed(tmp_path, erp) as (place, _):
        client = place.client("canary", 10_000)
        assert "New" == _name(client)
        assert len(client.get("/v1/customers?limit=3").get_json()["items"]) == 3
        told = client.get("/metrics").get_data(as_text=True)
        assert 'adapter_rollout_unkeyed_total{operation="customers.list"} 1.0' in told
        assert 'adapter_rollout_stage{feature="customers"} 3.0' in told
        assert 'adapter_rollout_share_percent{feature="customers"} 100.0' in told


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (answer(b"<html>down</html>", status="502 Bad Gateway", media_type="text/html"), "backend-reply-invalid"),
        (answer(b"<html>hello</html>", media_type="text/html"), "backend-reply-invalid"),
        (answer(b'{"nothing": "of a customer"}', media_type=JSON), "backend-reply-invalid"),
        (answer(b"", status="503 Service Unavailable"), "backend-busy"),
        (answer(b"", status="401 Unauthorized"), "backend-refused-us"),
    ],
)
def test_what_the_new_service_breaks_the_erp_answers(
    tmp_path: Path, erp: virtual.Server, broken: bytes, problem: str
) -> None:
    """The caller gets his customer, the log and two counters say why."""
    with placed(tmp_path, erp, broken) as (place, service):
        client = place.client("live")
        assert "New" != _name(client)
        assert 1 <= service.connections
        told = client.get("/metrics").get_data(as_text=True)
        assert f'adapter_rollout_fallbacks_total{{operation="customers.read",problem="{problem}"}} 1.0' in told
        assert (
            'adapter_backend_oddities_total{note="answered-by-the-other-side",operation="customers.read"} 1.0' in told
        )


def test_who_is_not_there_is_answered_by_the_new_service(tmp_path: Path, erp: virtual.Server) -> None:
    """A refusal that the fault table declares is its answer."""
    no = answer(
        b'{"type": "/problems/customer-not-found"}', status="404 Not Found", media_type="application/problem+json"
    )
    with placed(tmp_path, erp, no) as (place, _):
        assert 404 == _name(place.client("live"))


def test_the_brake(tmp_path: Path, erp: virtual.Server) -> None:
    """A file in the project sends reads to the ERP; that of another name does, where the setting says so."""
    with placed(tmp_path, erp) as (place, service):
        (tmp_path / "rollout.brake").write_text("orders\n", "utf-8")
        assert "New" == _name(place.client("live"))
        (tmp_path / "rollout.brake").write_text("# stop\ncustomers\n", "utf-8")
        assert "New" != _name(place.client())
        (tmp_path / "rollout.brake").rename(tmp_path / "stop")
        place.environ["ADAPTER_BRAKE"] = "stop"
        assert "New" != _name(place.client())
        assert 1 == service.connections


def test_nobody_knows_where_it_stands(tmp_path: Path, erp: virtual.Server) -> None:
    """A store that was never read: features are 503, until the brake says that the ERP is right."""
    with placed(tmp_path, erp) as (place, _):
        (tmp_path / "adapter.db").mkdir()
        client = place.client()
        answered = client.get("/v1/customers/42")
        assert (503, "/problems/store-unavailable") == (answered.status_code, answered.get_json()["type"])
        assert "1" == answered.headers["Retry-After"]
        assert 404 == client.get("/v1/items/A-100").status_code
        (tmp_path / "rollout.brake").touch()
        assert "New" != _name(place.client())


def test_testers(tmp_path: Path, erp: virtual.Server) -> None:
    """A key with the scope chooses who answers a read, before anything has moved; it is in OpenAPI and for browsers."""
    origin = "https://app.example"
    with placed(tmp_path, erp, ADAPTER_CALLERS="known", ADAPTER_CORS_ORIGINS=origin) as (place, _):
        client = place.client()
        store = Durable(Settings(store_key=SECRET), tmp_path)
        tester = made_key(store, scopes=("customers.read", "customers.write", "rollout.test"))
        other = made_key(store, scopes=("customers.read",))
        client = place.client()
        assert "New" == _name(client, X_API_Key=tester, Rollout_Side="http")
        assert "New" != _name(client, X_API_Key=tester, Rollout_Side="soap")
        assert 403 == _name(client, X_API_Key=other, Rollout_Side="http")
        assert 422 == _name(client, X_API_Key=tester, Rollout_Side="both")
        headers = {"X-API-Key": tester, "Rollout-Side": "http"}
        assert 422 == client.patch("/v1/customers/42", json={"kind": "person"}, headers=headers).status_code
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        preflight = client.options("/v1/customers/42", headers=asked)
        assert "rollout-side" in preflight.headers["Access-Control-Allow-Headers"]
        paths = client.get("/openapi.json").get_json()["paths"]
        named = {each.get("name") for each in paths["/v1/customers/{id}"]["get"]["parameters"]}
        assert "Rollout-Side" in named
        assert "403" in paths["/v1/customers/{id}"]["get"]["responses"]
        assert "Rollout-Side" not in json.dumps(paths["/v1/customers/{id}"]["patch"])


def test_kept_answers_are_of_an_epoch(tmp_path: Path, erp: virtual.Server) -> None:
    """What one side said is not given for the other, nor what was said before a feature moved."""
    with placed(tmp_path, erp) as (place, service):
        place.change("    call: LesePartner\n", "    call: LesePartner\n    cache: {fresh: 3600}\n")
        client = place.client("live")
        assert ["New", "New"] == [_name(client), _name(client)]
        assert 1 == len(service.requests)
        stand_in(place.folder, "customers", "legacy", 0, place.environ)
        until = time.monotonic() + PATIENCE
        while "New" == _name(client) and time.monotonic() < until:  # until the worker has seen it
            pass
        assert "New" != _name(client)


def test_a_project_without_a_feature_loads_nothing_of_it(tmp_path: Path) -> None:
    """Neither SQLAlchemy nor what follows the store."""
    for name in ("wsdl", "mappings"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("customers", "orders"):
        (tmp_path / "mappings" / f"{name}.yaml").unlink()
    code = (
        "import sys, pathlib; from adapter.app import create_app\n"
        f"create_app(pathlib.Path({str(tmp_path)!r}), dict(a.split('=', 1) for a in sys.argv[1:]))\n"
        "print(sorted({'sqlalchemy', 'adapter.store', 'adapter.moving.follow'} & set(sys.modules)))"
    )
    given = {
        **EVERYONE, "ADAPTER_VALUE_CLIENT": "100", "ADAPTER_ENDPOINT_ERPSERVICE": "http://127.0.0.1",
        "ADAPTER_ENDPOINT_LAGERSERVICE": "http://127.0.0.1",
    }  # fmt: skip
    words = [f"{name}={value}" for name, value in given.items()]
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "[]" == done.stdout.splitlines()[-1], done.stderr[-2000:]
