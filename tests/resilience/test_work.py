"""`adapter work` beside the web process: real rows, a pretend ERP that speaks SOAP, and a process that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from adapter import virtual
from adapter.app import create_app
from adapter.built import build
from adapter.telemetry import Telemetry
from adapter.work import Work
from tests.resilience.stores import ENGINES, place
from tests.stack import ROOT, erp_settings

PATIENCE = 60.0
ORDER = {"customer_id": "42", "lines": [{"item_id": "A-00001", "quantity": "2"}]}
ASYNC = {"Prefer": "respond-async"}
CREATE = "LegeAuftragAn"


@dataclass
class Site:
    """One installation: an ERP, the environment of its processes, and a client of the web process."""

    erp: virtual.Server
    environ: Mapping[str, str]
    client: FlaskClient

    def order(self, headers: Mapping[str, str] = ASYNC, **more: Any) -> TestResponse:
        """Ask for an order."""
        return self.client.post("/v1/orders", json={**ORDER, **more}, headers=dict(headers))

    def get(self, where: str) -> Any:
        """Return an operation as its caller sees it."""
        answer = self.client.get(where)
        assert 200 == answer.status_code, answer.data
        return answer.json

    def wait(self, *where: str) -> list[Any]:
        """Return operations once all have ended."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = [self.get(each) for each in where]
            if all(each["status"] not in ("queued", "running", "unknown") for each in found):
                return found
            threading.Event().wait(0.05)
        raise AssertionError(f"not ended: {Counter(each['status'] for each in found)}")

    @contextmanager
    def working(self) -> Iterator[Work]:
        """Run the background process in a thread of this one."""
        work = Work(build(ROOT, self.environ), Telemetry("ERROR", sys.stderr), at_once=3)
        thread = threading.Thread(target=work.run)
        thread.start()
        try:
            yield work
        finally:
            work.stop()
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def process(self) -> subprocess.Popen[bytes]:
        """Start the background process."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("ADAPTER_")}
        command = [sys.executable, "-m", "adapter", "work", "--project", str(ROOT)]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, cwd=ROOT, env={**own, **self.environ}, stdout=quiet, stderr=quiet)


@pytest.fixture(params=ENGINES)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """An installation on each engine."""
    where = place(request.param, tmp_path)
    with virtual.running(ROOT) as erp:
        environ = {
            **erp_settings(erp),
            "ADAPTER_STORE": where.store_url,
            "ADAPTER_SUBJECTS": where.subjects_url,
            "ADAPTER_CALLERS": "everyone",
            "ADAPTER_TIMEOUT": "2",
        }
        yield Site(erp, environ, create_app(ROOT, environ).test_client())


def test_what_is_asked_for_later_is_done_later(site: Site) -> None:
    """202 with where to ask, and there the answer that would have come at once: status, Location and every digit."""
    accepted = site.order()
    assert 202 == accepted.status_code
    assert "respond-async" == accepted.headers["Preference-Applied"]
    where = accepted.headers["Location"]
    assert f"/v1/operations/{accepted.json['id']}" == where  # type: ignore[index]
    assert int(accepted.headers["Retry-After"]) >= 1
    assert "queued" == site.get(where)["status"]
    assert 0 == site.erp.control.counts[CREATE]
    with site.working():
        (done,) = site.wait(where)
    assert ("done", 1, 201) == (done["status"], done["attempts"], done["result"]["status"])
    made = done["result"]["body"]
    assert f"/v1/orders/{made['id']}" == done["result"]["headers"]["Location"]
    assert site.client.get(f"/v1/orders/{made['id']}").json == made
    assert 1 == site.erp.control.counts[CREATE]


def test_a_refusal_of_the_erp_is_the_result(site: Site) -> None:
    """As the problem that it would have been at once."""
    where = site.order(customer_id="4711").headers["Location"]
    with site.working():
        (refused,) = site.wait(where)
    assert "refused" == refused["status"]
    assert refused["result"]["body"]["type"].startswith("/problems/")
    assert refused["result"]["status"] == refused["result"]["body"]["status"]


def test_what_is_not_valid_is_not_promised(site: Site) -> None:
    """It is refused at once, and no row is made."""
    answer = site.order(lines="none")
    assert 422 == answer.status_code


def test_a_write_that_waits_can_be_cancelled_and_no_other(site: Site) -> None:
    """Once it has ended it is too late; what nobody made is not there."""
    where, other = (site.order().headers["Location"] for _ in range(2))
    cancelled = site.client.delete(where)
    assert (200, "cancelled") == (cancelled.status_code, cancelled.json["status"])  # type: ignore[index]
    assert 200 == site.client.delete(where).status_code
    with site.working():
        assert ["cancelled", "done"] == [each["status"] for each in site.wait(where, other)]
    answer = site.client.delete(other)
    assert (409, "/problems/operation-begun") == (answer.status_code, answer.json["type"])  # type: ignore[index]
    for missing in (site.client.get(f"{where}0"), site.client.delete("/v1/operations/x")):
        assert (404, "/problems/no-such-operation") == (missing.status_code, missing.json["type"])  # type: ignore[index]
    assert 1 == site.erp.control.counts[CREATE]


def test_writes_of_one_entity_keep_their_order(site: Site) -> None:
    """Whatever goes wrong on the way: connections that break, faults that say "later", answers that are lost."""
    for deed in (
        {"close": "read"},
        {"fault": {"code": "Server", "text": "x"}},
        {"close": "executed"},
        {"reset": "unread"},
    ):
        site.erp.control.add(CREATE, 1, **deed)
    where = [site.order(reference=f"ORDER-{number}").headers["Location"] for number in range(6)]
    with site.working():
        ended = site.wait(*where)
    assert ["done"] * 6 == [each["status"] for each in ended]
    numbers = [int(each["result"]["body"]["id"]) for each in ended]
    assert sorted(numbers) == numbers
    assert [f"ORDER-{number}" for number in range(6)] == [each["result"]["body"]["reference"] for each in ended]


def test_a_repeated_key_is_answered_202_and_then_with_the_answer(site: Site) -> None:
    """One order, however often it is asked for."""
    headers = {**ASYNC, "Idempotency-Key": '"one"'}
    first, again = site.order(headers), site.order(headers)
    assert (202, 202) == (first.status_code, again.status_code)
    assert first.headers["Location"] == again.headers["Location"]
    with site.working():
        (done,) = site.wait(first.headers["Location"])
    replayed = site.order(headers)
    assert (201, done["result"]["body"]) == (replayed.status_code, replayed.json)
    assert 1 == site.erp.control.counts[CREATE]


def test_two_that_work_at_once_do_each_write_once(site: Site) -> None:
    """Two processes' worth of threads race for the same rows."""
    where = [site.order(customer_id=str(number), reference=f"R-{number}").headers["Location"] for number in (42, 7) * 5]
    with site.working(), site.working():
        site.wait(*where)
    assert 10 == site.erp.control.counts[CREATE]


def test_killed_in_the_middle_nothing_is_lost_and_nothing_doubled(site: Site) -> None:
    """SIGKILL while the ERP carries one out. The next process finds out what became of it, and does the others."""
    where = [site.order(reference=f"KILL-{number}").headers["Location"] for number in range(4)]
    site.erp.control.add(CREATE, 1, delay=1.0)
    first = site.process()
    until = time.monotonic() + PATIENCE
    while site.erp.control.counts[CREATE] == 0 and time.monotonic() < until:
        threading.Event().wait(0.01)
    first.kill()
    first.wait()
    second = site.process()
    try:
        ended = site.wait(*where)
    finally:
        second.send_signal(signal.SIGTERM)
        assert 0 == second.wait(PATIENCE)
    assert ["done"] * 4 == [each["status"] for each in ended]
    made = [each["result"]["body"] for each in ended]
    assert [f"KILL-{number}" for number in range(4)] == [each["reference"] for each in made]
    listed = site.client.get("/v1/orders?limit=100&reference=KILL-0").json
    assert 4 == len({each["id"] for each in made})
    assert 1 == len([each for each in listed["items"] if each["reference"] == "KILL-0"])  # type: ignore[index]


def test_metrics_say_what_waits(site: Site) -> None:
    """How many rows are in a state, and how old the oldest is."""
    site.order()
    site.erp.control.add(CREATE, None, fault={"code": "Server", "text": "x"})
    with site.working() as work:
        until = time.monotonic() + PATIENCE
        while b"adapter_deliveries_waiting{" not in work.render() and time.monotonic() < until:
            threading.Event().wait(0.05)
        text = work.render().decode()
    assert 'operation="orders.create"' in text
    assert "adapter_work_looked_timestamp_seconds" in text
