"""What callers meet while both sides are asked: the ERP's answer alone; and what is seen meanwhile."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from adapter import virtual
from adapter.durable import Durable
from adapter.moving import examples
from adapter.settings import read
from adapter.store.examples import Group
from tests.strangler.test_sides import JSON, Place, erp, placed
from tests.unit.loopback import answer

__all__ = ["erp"]
PATIENCE = 20.0


def groups(place: Place, run: int = 1) -> dict[tuple[str, str], Group]:
    """Wait until something was seen to differ, and return it by place and kind."""
    durable = Durable(read(place.folder, place.environ), place.folder)
    end = time.monotonic() + PATIENCE
    while True:
        found = durable.store.read(lambda connection: examples.groups(connection, "customers", run))
        if found and all(each.examples for each in found):
            durable.store.close()
            return {(each.pointer, each.kind): each for each in found}
        assert time.monotonic() < end, found
        threading.Event().wait(0.05)


def test_the_caller_gets_the_erps_answer_and_what_differs_is_kept(tmp_path: Path, erp: virtual.Server) -> None:
    """The new service is asked once, marked; groups and an example of each are there soon after."""
    with placed(tmp_path, erp, ADAPTER_LOG_LEVEL="error") as (place, service):
        said = place.client("shadow").get("/v1/customers/42")
        assert (200, "42") == (said.status_code, said.get_json()["id"])
        assert "New" != said.get_json()["name"]
        found = groups(place)
    assert ("/name", "value") in found
    assert {1} == {each.count for each in found.values()}
    (request,) = service.requests
    assert b"\r\nShadow: true\r\n" in request
    durable = Durable(read(place.folder, place.environ), place.folder)
    (example,) = examples.shown(durable.store, durable.vault, "customers", 1, found["/name", "value"].fingerprint)
    assert "(text, 3)" == example.document["candidate"]["document"]["name"]


def test_a_call_that_was_made_beside_another_is_not_asked_beside(tmp_path: Path, erp: virtual.Server) -> None:
    """Two of us before one another do not ask in a circle."""
    with placed(tmp_path, erp, ADAPTER_LOG_LEVEL="error") as (place, service):
        client = place.client("shadow")
        client.get("/v1/customers/42", headers={"Shadow": "true"})
        client.get("/v1/customers/42")
        groups(place)
    assert 1 == len(service.requests)


@pytest.mark.parametrize(
    "broken",
    [
        answer(b"<html>Welcome</html>", media_type="text/html"),
        answer(b'{"customer": {"no": 1}}', media_type=JSON),
        answer(b"", status="500 Internal Server Error"),
    ],
    ids=["HTML", "wrong shape", "500"],
)
def test_a_broken_new_service_is_a_counted_mismatch(tmp_path: Path, erp: virtual.Server, broken: bytes) -> None:
    """Whatever it says, the caller has his answer, and the difference is that it is none."""
    with placed(tmp_path, erp, broken, ADAPTER_LOG_LEVEL="error") as (place, _):
        assert 200 == place.client("shadow").get("/v1/customers/42").status_code
        assert {("", "status")} == set(groups(place))
