"""Writes at ``shadow`` as callers meet them: the whole application, a pretend ERP, and a service that is played."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from adapter import virtual
from tests.stack import ROOT
from tests.strangler.test_sides import placed
from tests.unit.loopback import PATIENCE

BODY = {"kind": "person", "name": "Muster", "first_name": "Erika", "credit_limit": "1500", "status": "active"}
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
