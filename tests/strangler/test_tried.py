"""Writes at ``shadow`` as callers meet them: the whole application, a pretend ERP, and a service that is played."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from adapter import virtual
from adapter.durable import Durable
from adapter.settings import Settings
from adapter.store import rollouts
from tests.callers.known import SECRET
from tests.microservice import microservice
from tests.stack import ROOT
from tests.strangler.rehearsing import honours, knows_nothing
from tests.strangler.standing import stand_in
from tests.strangler.test_sides import Place, placed
from tests.unit.loopback import PATIENCE, serving

BODY = {"kind": "person", "name": "Muster", "first_name": "Erika", "credit_limit": "1500", "status": "active"}
OWN = "{ignore: [/changed_at, /created_on, /account_number, /version, /revenue]}"
HTTP = "http: {service: customers, path: /customers}"
SUFFIX = "      name_suffix: Name2\n"


@pytest.fixture(scope="module")
def erp() -> Iterator[virtual.Server]:
    """One pretend ERP for all tests."""
    with virtual.running(ROOT) as server:
        yield server


def until(client: FlaskClient, line: str) -> str:
    """Return the metrics once they have a line, or as they are when the patience is over."""
    end = time.monotonic() + PATIENCE
    while line not in (told := client.get("/metrics").get_data(as_text=True)) and time.monotonic() < end:
        time.sleep(0.02)
    return told


def counted(operation: str, outcome: str) -> str:
    """Return the line of one comparison."""
    return f'adapter_rollout_compared_total{{operation="customers.{operation}",outcome="{outcome}"}} 1.0'


def test_a_write_at_shadow_is_compared_and_not_sent(tmp_path: Path, erp: virtual.Server) -> None:
    """Both requests are the same; the new service hears of none."""
    with placed(tmp_path, erp) as (place, service):
        client = place.client("shadow")
        assert 201 == client.post("/v1/customers", json=BODY).status_code
        assert counted("create", "same") in until(client, counted("create", "same"))
        assert 0 == service.connections


def test_what_differs_is_told_with_the_name_of_the_write(tmp_path: Path, erp: virtual.Server) -> None:
    """What the facade says to the ERP otherwise than callers do, the service has to do itself."""
    with placed(tmp_path, erp) as (place, service):
        place.change(SUFFIX, "      name_suffix: {soap: Name2, convert: trimmed}\n")
        client = place.client("shadow")
        assert 201 == client.post("/v1/customers", json={**BODY, "name_suffix": "und Sohn "}).status_code
        assert counted("create", "differs") in until(client, counted("create", "differs"))
        assert 0 == service.connections


@pytest.mark.parametrize(
    ("beside", "headers"), [("{writes: off}", {}), ("{share: 0%}", {}), ("{}", {"Shadow": "true"})]
)
def test_what_is_not_to_be_tried_is_not(
    tmp_path: Path, erp: virtual.Server, beside: str, headers: dict[str, str]
) -> None:
    """Where the mapping says so, and where a request is somebody's shadow already."""
    with placed(tmp_path, erp) as (place, service):
        place.change("          compare: {ignore", f"          beside: {beside}, compare: {{ignore")
        client = place.client("shadow")
        assert 201 == client.post("/v1/customers", json=BODY, headers=headers).status_code
        assert 200 == client.get("/v1/customers/42").status_code
        told = until(client, 'operation="customers.read"') if "share" not in beside else ""
        assert 'operation="customers.create",outcome="same"' not in told
        assert all(b"POST" not in each for each in service.requests)


def dry(folder: Path, erp: virtual.Server, url: str) -> Place:
    """Return a project whose customers make dry runs of writes at a service."""
    place = Place(folder, erp, url, {})
    place.change("          compare: {ignore: [/changed_at]}", f"          beside: {{writes: dry_run}}, compare: {OWN}")
    return place


def test_a_dry_run_changes_nothing_at_the_new_service(tmp_path: Path, erp: virtual.Server) -> None:
    """The demonstration's microservice answers as it would, and forgets it: what it has is what it had."""
    with microservice() as url:
        client = dry(tmp_path, erp, url).client("shadow")
        before = _total(url)
        assert 201 == client.post("/v1/customers", json=BODY).status_code
        line = 'adapter_rollout_dry_runs_total{operation="customers.create",outcome="same"} 1.0'
        assert line in until(client, line)
        assert counted("create", "same") in client.get("/metrics").get_data(as_text=True)
        assert before == _total(url)


def _total(url: str) -> int:
    with urllib.request.urlopen(f"{url}/customers?limit=1") as answer:
        return int(json.load(answer)["page"]["total"])


def test_without_the_marker_they_are_off_for_all(tmp_path: Path, erp: virtual.Server) -> None:
    """The store says why; metrics, list and show do too; who comes to shadow anew may try again."""
    service = knows_nothing()
    with serving(service.script) as server:
        place = dry(tmp_path, erp, f"http://127.0.0.1:{server.port}")
        client = place.client("shadow")
        assert 201 == client.post("/v1/customers", json=BODY).status_code
        assert counted("create", "same") in until(client, counted("create", "same"))
        line = 'adapter_rollout_dry_runs_off{feature="customers"} 1.0'
        assert line in until(client, line)
        assert 201 == client.post("/v1/customers", json=BODY).status_code
        off = 'adapter_rollout_dry_runs_total{operation="customers.create",outcome="off"} 1.0'
        assert off in until(client, off)
        assert (1, []) == (service.probes, service.carried_out)
        store = Durable(Settings(store_key=SECRET), tmp_path).store
        why = store.read(lambda connection: rollouts.of(connection, "customers")).dry_runs_off
        assert "customers.create: status 204 without Shadow-Honoured: dry-run" == why
        store.close()
        stand_in(place.folder, "customers", "shadow", 0, place.environ)
        line = line.replace("1.0", "0.0")
        assert line in until(client, line)


@pytest.mark.parametrize("method", ["post", "patch"])
def test_a_write_that_is_marked_as_a_dry_run_is_refused(tmp_path: Path, erp: virtual.Server, method: str) -> None:
    """Whoever asks us for one believes that nothing is done; nothing is, at any stage, and the answer has no marker."""
    with placed(tmp_path, erp) as (place, service):
        client = place.client()
        path = "/v1/customers" if method == "post" else "/v1/customers/42"
        answered = client.open(path, method=method.upper(), json=BODY, headers={"Shadow": "Dry-Run"})
        assert (422, "Shadow") == (answered.status_code, answered.get_json()["errors"][0]["pointer"])
        assert "Shadow-Honoured" not in answered.headers
        assert "Shadow-Honoured" not in client.options(path, headers={"Shadow": "dry-run"}).headers
        assert 0 == service.connections
        assert 200 == client.get("/v1/customers/42", headers={"Shadow": "dry-run"}).status_code


def test_a_dry_run_is_asked_for_with_what_is_ours(tmp_path: Path, erp: virtual.Server) -> None:
    """The credentials of calls beside, never those of the caller or of calls that count."""
    service = honours()
    with serving(service.script) as server:
        place = dry(tmp_path, erp, f"http://127.0.0.1:{server.port}")
        place.change(HTTP, HTTP[:-1] + ", credentials: real, shadow: beside}")
        place.environ |= {"ADAPTER_CREDENTIAL_REAL_TOKEN": "counts", "ADAPTER_CREDENTIAL_BESIDE_TOKEN": "is beside"}
        client = place.client("shadow")
        headers = {"Authorization": "Bearer the caller's", "Idempotency-Key": '"k-1"'}
        assert 201 == client.post("/v1/customers", json=BODY, headers=headers).status_code
        line = 'adapter_rollout_dry_runs_total{operation="customers.create",outcome="differs"} 1.0'
        assert line in until(client, line)
        assert [b"OPTIONS", b"POST"] == [each.split(b" ")[0] for each in service.heads]
        for head in service.heads:
            assert b"\r\nAuthorization: Bearer is beside\r\n" in head
            assert b"the caller's" not in head
            assert b"idempotency-key" not in head.lower()
