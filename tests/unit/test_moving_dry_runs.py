"""Dry runs of writes: asked for first, believed only with the marker, off for all at the first answer without one."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from adapter.backends.http import dry_runs, unknown
from adapter.errors import BackendFault, RequestError, StoreUnavailable
from adapter.guard import UNGUARDED
from adapter.guard.gates import refused
from adapter.mapping.bound import Endpoint
from adapter.messages import Request, Response
from adapter.moving.beside import LARGEST
from adapter.moving.dry_runs import DryRuns, Switch, Telling
from adapter.moving.needed import Trial
from adapter.rollout.stages import Standing
from adapter.store import Store
from tests.strangler.candidate import customer
from tests.strangler.rehearsing import Rehearsing, honours, knows_nothing, lies
from tests.unit.exchanges import exchange_with
from tests.unit.loopback import answer, serving
from tests.unit.mapped import erp

BODY = {"kind": "person", "name": "Muster", "first_name": "Erika"}
SAME = Response(201, customer("42"))
"""What the ERP says: the new service says the same, but for the id."""
STANDING = Standing("customers", 3, "shadow", run=2)


class Desk:
    """The dry runs of one operation, with a store or without one."""

    def __init__(self, store: Store | None = None, standing: Standing = STANDING) -> None:
        self.outcomes: list[str] = []
        self.off: list[tuple[str, str]] = []
        self.failed: list[Exception] = []
        self.store, self.standing, self.clock = store, standing, 0.0
        telling = Telling(
            lambda operation, outcome: self.outcomes.append(outcome),
            lambda feature, why: self.off.append((feature, why)),
            self.failed.append,
        )
        self.switch = Switch(self._store, telling, clock=lambda: self.clock)

    def _store(self) -> Store:
        if self.store is None:
            raise StoreUnavailable("store-unavailable", 503)
        return self.store

    def runs(self, trial: Trial, endpoint: Endpoint | None = None) -> DryRuns:
        """Return the dry runs."""
        return DryRuns(endpoint or writing(), trial, self.switch, 2.0)

    def made(self, service: Rehearsing, *, many: int = 1, what: Response | RequestError = SAME, **more: Any) -> Any:
        """Make some against a service, and return what the last one gave."""
        found: Any = None
        with asked(service) as trial:
            runs = self.runs(trial)
            for _ in range(many):
                found = runs.made(asks(**more), self.standing, what)
        return found


def writing(name: str = "customers.create") -> Endpoint:
    """Return a write of a feature that makes dry runs."""
    endpoint = erp()[name]
    rule = endpoint.resource.rollout
    assert rule is not None
    rule = replace(rule, beside=replace(rule.beside, writes="dry_run"))
    return replace(endpoint, resource=replace(endpoint.resource, rollout=rule))


def asks(**more: Any) -> Request:
    """Return a write that the ERP answered, with all that a caller may have sent."""
    headers = {"authorization": "Bearer the caller's", "idempotency-key": '"k"', "x-api-key": "his", **more}
    return Request(
        "customers.create", "r-1", time.monotonic() - 1, "POST", body=json.dumps(BODY).encode(),
        content_type="application/json", headers=headers,
    )  # fmt: skip


@contextmanager
def asked(service: Rehearsing, name: str = "customers.create") -> Iterator[Trial]:
    """Play a service, and yield what asks it."""
    with serving(service.script) as server, exchange_with(f"http://127.0.0.1:{server.port}") as exchange:
        made = dry_runs(writing(name), exchange, UNGUARDED, unknown)
        yield Trial(None, lambda request: None, made.probe, made.send)


def test_what_the_service_would_answer_is_compared() -> None:
    """It is asked once whether it has dry runs; the id that the ERP gave is no difference, a name is."""
    desk, service = Desk(), honours()
    found = desk.made(service, many=3, what=Response(201, customer("42").replace(b"From", b"Of")))
    assert ([("/name", "value")], ["differs"] * 3) == ([(e.pointer, e.kind) for e in found.differences], desk.outcomes)
    assert (1, 3, []) == (service.probes, service.dry, service.carried_out)
    assert desk.made(service).differences == ()


def test_a_dry_run_is_marked_and_is_nobody_elses() -> None:
    """Probe and call are marked; nothing that stands for the caller, or for the write that counts, goes on."""
    service = honours()
    Desk().made(service, **{"if-match": '"3"'})
    for head in service.heads:
        told = head.lower()
        assert b"\r\nshadow: dry-run\r\n" in told
        assert all(each not in told for each in (b"authorization", b"idempotency-key", b"x-api-key", b"the caller's"))
    assert b'\r\nif-match: "3"\r\n' in service.heads[1].lower()
    assert b'"first_name": "Erika"' in service.heads[1]
    assert service.heads[0].startswith(b"OPTIONS /customers HTTP/1.1")


def test_a_service_that_knows_nothing_of_it_gets_no_write() -> None:
    """The first question says so; nothing more is sent in this run."""
    desk, service = Desk(), knows_nothing()
    assert desk.made(service, many=3) is None
    assert (1, 0, []) == (service.probes, service.dry, service.carried_out)
    assert ["unmarked", "off", "off"] == desk.outcomes
    assert [("customers", "customers.create: status 204 without Shadow-Honoured: dry-run")] == desk.off


def test_a_service_that_lies_gets_one_write() -> None:
    """What it carries out once it never gets again."""
    desk, service = Desk(), lies()
    assert desk.made(service, many=3) is None
    assert (1, ["POST /customers"]) == (service.probes, service.carried_out)
    assert ["unmarked", "off", "off"] == desk.outcomes


@pytest.mark.parametrize(
    "broken",
    [
        answer(b'{"error": "no"}', status="500 Internal Server Error", media_type="application/json"),
        answer(b"", status="404 Not Found"),
        answer(b"", status="302 Found", fields="Location: http://127.0.0.1:9/\r\n"),
        answer(b"<html>Welcome</html>", media_type="text/html"),
        answer(b"x" * 2**21, media_type="application/json"),
    ],
    ids=["500", "404", "redirects", "HTML", "too much"],
)
def test_an_answer_of_any_kind_without_the_marker_turns_them_off(broken: bytes) -> None:
    """Also where something in front of the service answered: whatever it was has made no promise."""
    desk, service = Desk(), Rehearsing(lambda method: method == "OPTIONS", lambda marker: broken)
    assert desk.made(service, many=2) is None
    assert ["unmarked", "off"] == desk.outcomes


@pytest.mark.parametrize("broken", ["a redirect", "too much"])
def test_where_the_marker_cannot_be_seen_there_is_none(broken: str) -> None:
    """An answer of which nothing is read may have it, and does not count as if."""

    def breaks(marker: str) -> bytes:
        if broken == "a redirect":
            return answer(b"", status="302 Found", fields=f"Location: http://127.0.0.1:9/\r\n{marker}")
        return answer(b"x" * 2**21, media_type="application/json", fields=marker)

    desk = Desk()
    assert desk.made(Rehearsing(lambda method: True, breaks)) is None
    assert ["unmarked"] == desk.outcomes


@pytest.mark.parametrize(
    "body", [b"<html>Welcome</html>", b'{"customer": 1}', b"[" * 10_000], ids=["HTML", "form", "deep"]
)
def test_a_marked_answer_that_is_none_is_a_difference(body: bytes) -> None:
    """The service kept its promise, and would have answered wrongly."""
    kind = "text/html" if body.startswith(b"<") else "application/json"
    desk = Desk()
    found = desk.made(Rehearsing(lambda method: True, lambda marker: answer(body, media_type=kind, fields=marker)))
    assert ["status"] == [each.kind for each in found.differences]
    assert (["differs"], []) == (desk.outcomes, desk.off)


def test_refusals_are_compared_too() -> None:
    """Both refuse alike, or one of them does not."""
    no = BackendFault("locked", 409, sent="yes", code="locked")
    found = Desk().made(honours(), what=no)
    assert [("status", "409 locked", "201")] == [(e.kind, e.legacy, e.candidate) for e in found.differences]


def test_no_answer_says_nothing_and_the_service_is_asked_again() -> None:
    """A connection that broke: who answers next may be another one, so it is asked anew whether it has dry runs."""
    broken = [True, False]
    service = Rehearsing(lambda method: True, lambda marker: b"" if broken.pop(0) else None)
    desk = Desk()
    desk.made(service, many=2)
    assert (["silent", "same"], 2, []) == (desk.outcomes, service.probes, desk.off)


def test_after_three_in_a_row_without_an_answer_none_is_made_any_more() -> None:
    """Each may have been carried out by a service that breaks its promise; one answer between them begins anew."""
    says = [b"", b"", None, b"", b"", b""]
    desk = Desk()
    desk.made(Rehearsing(lambda method: True, lambda marker: says.pop(0)), many=8)
    assert ["silent", "silent", "same", "silent", "silent", "unmarked", "off", "off"] == desk.outcomes
    assert [("customers", "customers.create: 3 in a row without an answer")] == desk.off


def test_a_service_that_is_down_says_nothing() -> None:
    """Not even the question gets there."""
    with exchange_with("http://127.0.0.1:9") as exchange:
        made = dry_runs(writing(), exchange, UNGUARDED, unknown)
        desk = Desk()
        runs = desk.runs(Trial(None, lambda request: None, made.probe, made.send))
        assert runs.made(asks(), STANDING, SAME) is None
    assert (["silent"], []) == (desk.outcomes, desk.off)


def test_what_a_guard_refuses_is_dropped() -> None:
    """The breaker of the service is open: nothing is sent."""

    def no(request: Request) -> None:
        raise refused("breaker", 1.0)

    desk = Desk()
    assert desk.runs(Trial(None, lambda request: None, no, lambda request: SAME)).made(asks(), STANDING, SAME) is None
    assert (["dropped"], []) == (desk.outcomes, desk.off)


def test_what_is_no_json_of_a_size_is_not_tried() -> None:
    """There is nothing to compare it with, so nothing is asked."""
    desk = Desk()
    with asked(honours()) as trial:
        runs = desk.runs(trial)
        assert not runs.wanted(STANDING, Response(200, b" " * (LARGEST + 1)))
        assert runs.wanted(STANDING, SAME)
    assert ["skipped"] == desk.outcomes


def test_they_are_off_for_a_run() -> None:
    """What begins anew at shadow is asked anew; what the store says of another process counts here."""
    desk = Desk()
    desk.made(knows_nothing())
    with asked(honours()) as trial:
        runs = desk.runs(trial)
        assert not runs.wanted(STANDING, SAME)
        anew = replace(STANDING, epoch=4, run=4)
        assert runs.wanted(anew, SAME)
        assert runs.made(asks(), anew, SAME) is not None
        assert not runs.wanted(replace(anew, dry_runs_off="another process saw it"), SAME)
