"""The demonstration's microservice, over real HTTP: it has to answer as the ERP's customers do through the adapter."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.demo.customers import serve

PERSON = {"kind": "person", "name": "Neu", "first_name": "Nina"}
Call = Callable[..., tuple[int, Any]]


@pytest.fixture
def call(tmp_path: Path) -> Iterator[Call]:
    """Call a service of its own with a new database: method, target, perhaps a body; status and JSON come back."""
    with serve(0, str(tmp_path / "customers.sqlite3")) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        line = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)

        def call(method: str, target: str, body: Any = None) -> tuple[int, Any]:
            content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
            line.request(method, target, content)
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())

        yield call
        line.close()
        server.shutdown()
        thread.join()


def test_a_page_is_a_part_of_all(call: Call) -> None:
    """A page holds the wanted part in the order of the ids, and how many there are in all."""
    status, page = call("GET", "/customers?limit=2&offset=9")
    assert (200, ["10", "11"]) == (status, [customer["id"] for customer in page["items"]])
    assert {"limit": 2, "offset": 9, "total": 72} == page["page"]


def test_a_descending_sort_reverses_the_ascending_one(call: Call) -> None:
    """A minus before the field turns the order round."""
    up = [customer["created_on"] for customer in call("GET", "/customers?limit=99&sort=created_on")[1]["items"]]
    down = [customer["created_on"] for customer in call("GET", "/customers?limit=99&sort=-created_on")[1]["items"]]
    assert sorted(up) == up
    assert list(reversed(up)) == down


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("name=ABTEILUNG+4", lambda customer: "Abteilung 4" in (customer.get("name_suffix") or "")),
        ("name=MEIER", lambda customer: "Meier" in customer["name"]),
        ("city=Wien", lambda customer: (customer.get("address") or {}).get("city") == "Wien"),
        ("status=dormant", lambda customer: customer["status"] == "dormant"),
        ("blocked=true", lambda customer: customer["blocked"]),
        ("tag=ROT%26BLAU", lambda customer: "ROT&BLAU" in (customer.get("tags") or [])),
    ],
)
def test_a_filter_keeps_those_that_fit(call: Call, query: str, fits: Callable[[Any], bool]) -> None:
    """Each filter keeps exactly the customers that it describes."""
    everyone = call("GET", "/customers?limit=99")[1]["items"]
    expected = [customer for customer in everyone if fits(customer)]
    assert 0 < len(expected) < len(everyone)
    assert expected == call("GET", f"/customers?limit=99&{query}")[1]["items"]


def test_a_created_customer_can_be_read(call: Call) -> None:
    """Creating gives the next id, and reading that id gives what creating answered. An id that is there is refused."""
    assert 409 == call("POST", "/customers", {**PERSON, "id": "1"})[0]
    status, created = call("POST", "/customers", {**PERSON, "credit_limit": "1500", "version": 9})
    assert (201, "73", 1, "1500.00") == (status, created["id"], created["version"], created["credit_limit"])
    assert (200, created) == call("GET", "/customers/73")


def test_an_update_replaces_all_but_what_the_service_owns(call: Call) -> None:
    """PUT drops what is left out, keeps id, dates and account, and counts the version up."""
    old = call("GET", "/customers/2")[1]
    status, new = call("PUT", "/customers/2", {**PERSON, "version": old["version"]})
    assert (200, "Neu", old["version"] + 1) == (status, new["name"], new["version"])
    assert (old["id"], old["created_on"], old["account_number"]) == (
        new["id"],
        new["created_on"],
        new["account_number"],
    )
    assert "address" not in new


def test_a_patch_changes_only_what_was_sent(call: Call) -> None:
    """PATCH leaves absent fields alone, keeps null as null and merges the address."""
    old = call("GET", "/customers/1")[1]
    status, new = call("PATCH", "/customers/1", {"email": None, "address": {"city": "Ulm"}})
    assert 200 == status
    assert {**old["address"], "city": "Ulm"} == new["address"]
    changed = {"email": None, "address": new["address"], "version": old["version"] + 1, "changed_at": new["changed_at"]}
    assert {**old, **changed} == new


@pytest.mark.parametrize(
    ("status", "slug", "method", "target", "body"),
    [
        (404, "customer-not-found", "GET", "/customers/999", None),
        (404, "customer-not-found", "PATCH", "/customers/x", {}),
        (404, "customer-not-found", "GET", "/customers/%D9%A1", None),
        (404, "no-such-path", "GET", "/elsewhere", None),
        (405, "method-not-allowed", "PUT", "/customers", PERSON),
        (400, "malformed-json", "POST", "/customers", b"{"),
        (422, "invalid-request", "POST", "/customers", []),
        (422, "invalid-request", "POST", "/customers", {"kind": "person", "name": "Neu"}),
        (422, "invalid-request", "POST", "/customers", {**PERSON, "credit_limit": "much"}),
        (422, "invalid-request", "GET", "/customers?sort=email", None),
        (422, "invalid-request", "GET", "/customers?limit=-1", None),
        (422, "invalid-request", "PUT", "/customers/2", PERSON),
        (409, "version-conflict", "PATCH", "/customers/2", {"version": 0}),
    ],
)
def test_what_cannot_be_done_is_a_problem(
    call: Call, status: int, slug: str, method: str, target: str, body: Any
) -> None:
    """A call that cannot be carried out is answered by the problem that says why, and changes nothing."""
    before = call("GET", "/customers?limit=99")
    answered, problem = call(method, target, body)
    assert (status, f"/problems/{slug}", status) == (answered, problem["type"], problem["status"])
    assert before == call("GET", "/customers?limit=99")


def test_an_unknown_method_is_a_problem(call: Call) -> None:
    """A method that the library itself refuses is answered in JSON too."""
    status, problem = call("DELETE", "/customers/2")
    assert (501, 501) == (status, problem["status"])


def test_what_was_kept_survives_a_restart(tmp_path: Path) -> None:
    """A database that holds customers is not seeded again."""
    database = str(tmp_path / "customers.sqlite3")
    with serve(0, database) as server:
        store = server.RequestHandlerClass.store  # type: ignore[attr-defined]
        created = store.once("", lambda sql: store.create(sql, dict(PERSON)))
    with serve(0, database) as server:
        assert created == server.RequestHandlerClass.store.read("73")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("method", "target", "body", "expected"),
    [
        ("POST", "/customers", PERSON, 201),
        ("PUT", "/customers/2", {**PERSON, "version": 1}, 200),
        ("PATCH", "/customers/2", {"note": "another"}, 200),
        ("POST", "/customers", {"kind": "person"}, 422),
        ("PATCH", "/customers/999", {"note": "another"}, 404),
        ("PATCH", "/customers/2", {"note": "another", "version": 99}, 409),
        ("OPTIONS", "/customers", None, 204),
        ("GET", "/nothing", None, 404),
    ],
)
def test_a_dry_run_is_answered_and_changes_nothing(
    tmp_path: Path, method: str, target: str, body: Any, expected: int
) -> None:
    """It is answered as the write would be, refusals too, and each answer says that it was none."""
    server = serve(0, str(tmp_path / "customers.sqlite3"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    line = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)

    def ask(method: str, target: str, body: Any, **headers: str) -> tuple[int, str | None, bytes]:
        line.request(method, target, None if body is None else json.dumps(body), headers)
        answer = line.getresponse()
        return answer.status, answer.headers["Shadow-Honoured"], answer.read()

    version = json.loads(ask("GET", "/customers/2", None)[2])["version"]
    sent = {**body, "version": version} if method == "PUT" else body
    before = ask("GET", "/customers?limit=99", None)
    answered = ask(method, target, sent, Shadow="dry-run", **{"Idempotency-Key": "k"})
    assert (expected, "dry-run") == answered[:2]
    assert before == ask("GET", "/customers?limit=99", None)
    if expected == 200:
        assert version + 1 == json.loads(answered[2])["version"]
    assert None is ask("GET", "/customers/2", None)[1]
    line.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("deviation", "probe"), [("no-dry-runs", None), ("dry-runs-lie", "dry-run")])
def test_a_service_can_be_made_to_break_its_promise(tmp_path: Path, deviation: str, probe: str | None) -> None:
    """It does what it was asked not to, and does not say that it did not."""
    with serve(0, str(tmp_path / "customers.sqlite3"), [deviation]) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        line = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
        marks = []
        for method, body in (("OPTIONS", None), ("POST", json.dumps(PERSON))):
            line.request(method, "/customers", body, {"Shadow": "dry-run"})
            answer = line.getresponse()
            marks.append(answer.headers["Shadow-Honoured"])
            answer.read()
        assert [probe, None] == marks
        line.request("GET", "/customers?limit=1")
        assert 73 == json.loads(line.getresponse().read())["page"]["total"]
        line.close()
        server.shutdown()
        thread.join()
