"""What is tried out of a write at ``shadow``: both requests are held against each other, beside the caller's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapter.errors import BackendFault, BuildError, NotHonoured, StoreUnavailable
from adapter.mapping.bound import Endpoint
from adapter.mapping.model import Place
from adapter.mapping.model.service import SaidRule
from adapter.messages import Placed, Request, Response
from adapter.moving import dry_runs
from adapter.moving.beside import LARGEST, Example, Telling
from adapter.moving.dry_runs import Switch
from adapter.moving.follow import Snapshot
from adapter.moving.needed import CannotSay, Trial
from adapter.moving.trying import Trying
from adapter.rollout.rules import BesideRule
from adapter.rollout.stages import Standing
from adapter.steps.validate import validate
from adapter.store import Store
from adapter.strict_json import encode
from adapter.translate.writer import unset
from adapter.trials import trial
from tests.unit.mapped import erp

PATIENCE = 10
PLACED = Placed("customers", "shadow", 2, 0, "42", 17)
BODY = {"kind": "person", "name": "Muster", "first_name": "Erika", "status": "active", "credit_limit": "1500"}
MADE = Response(201, b'{"id": "42"}')


@dataclass
class Desk:
    """One write of a feature, tried out; ``notes`` fills as trials end."""

    endpoint: Endpoint = field(default_factory=lambda: writing())
    trial: Trial | None = None
    standing: Standing = field(default_factory=lambda: Standing("customers", 3, "shadow", run=2))
    brake: frozenset[str] | None = None

    def __post_init__(self) -> None:
        self.outcomes: list[str] = []
        self.notes: list[tuple[list[tuple[str, str]], bool]] = []
        self.examples: list[Example] = []
        self.bugs: list[str] = []
        self._one = threading.Condition()
        telling = Telling(
            lambda operation, outcome: self._add(self.outcomes, outcome),
            lambda error, request_id, operation: self._add(self.bugs, type(error).__name__),
            lambda endpoint: lambda example: self._add(self.examples, example),
        )
        made = self.trial or trial(self.endpoint, unset)
        assert made is not None
        self.dry: list[str] = []
        dry = dry_runs.Telling(lambda operation, outcome: self._add(self.dry, outcome))
        switch = Switch(self._store, dry)
        snapshot = lambda: Snapshot({"customers": self.standing}, True, self.brake)  # noqa: E731
        trying = Trying(snapshot, self, b"key", 5.0, telling, switch=switch)
        self.tell = trying.of(self.endpoint, made)

    def _store(self) -> Store:
        raise StoreUnavailable("store-unavailable", 503)

    def compared(
        self,
        feature: str,
        run: int,
        operation: str,
        differences: Iterable[tuple[str, str, str]],
        *,
        dropped: bool = False,
    ) -> None:
        """Note a comparison."""
        assert ("customers", 2, self.endpoint.name) == (feature, run, operation)
        self._add(self.notes, ([(pointer, kind) for _, pointer, kind in differences], dropped))

    def noise(self, feature: str, run: int, operation: str, pointer: str, *, candidate: bool, legacy: bool) -> None:
        """Note a pair: of writes there is none."""
        raise AssertionError(operation)

    def _add(self, there: list[Any], what: Any) -> None:
        with self._one:
            there.append(what)
            self._one.notify_all()

    def wait(self, there: list[Any], many: int = 1) -> None:
        """Wait until something has come so often."""
        with self._one:
            assert self._one.wait_for(lambda: len(there) >= many, PATIENCE), there


def writing(name: str = "customers.create", said: tuple[SaidRule, ...] = (), **beside: Any) -> Endpoint:
    """Return a write of the example project; ``said`` is what the new service calls properties of a customer."""
    endpoint = erp()[name]
    resource = endpoint.resource
    assert resource.http is not None
    assert resource.rollout is not None
    http = replace(resource.http, fields={"Customer": said})
    rollout = replace(resource.rollout, beside=BesideRule(**beside))
    return replace(endpoint, resource=replace(resource, http=http, rollout=rollout))


def said(ours: str, **more: Any) -> SaidRule:
    """Return what the new service calls a property."""
    return SaidRule(Place("m.yaml", 1, 1), (ours,), (more.pop("theirs", ours),), **more)


def asks(endpoint: Endpoint, body: dict[str, Any], id: str = "1", **more: Any) -> Request:
    """Return a write as it stands before its side is asked."""
    found: list[Request] = []

    def keep(request: Request) -> Response:
        found.append(request)
        return MADE

    path = {each.name: "42" for each in endpoint.path_parameters()}
    request = Request(
        endpoint.name, id, time.monotonic() + 5, endpoint.method, path, body=encode(body),
        content_type="application/json", placed=PLACED, side="soap",
    )  # fmt: skip
    validate(endpoint, max_depth=64, max_digits=400)(keep)(request)
    return replace(found[0], **more)


def tried(endpoint: Endpoint, body: dict[str, Any]) -> list[tuple[str, str]]:
    """Return in what both requests of one write differ."""
    desk = Desk(endpoint)
    desk.tell(asks(endpoint, body), "soap", MADE)
    desk.wait(desk.notes)
    assert [] == desk.bugs
    return desk.notes[0][0]


@pytest.mark.parametrize(
    ("expected", "rules"),
    [
        ([], ()),
        ([], (said("name", theirs="fullName"), said("status", codes={"active": "A", "dormant": "D", "deleted": "L"}))),
        ([], (said("credit_limit", json="number"),)),
        ([("/status", "request-value")], (said("status", codes={"active": "A", "dormant": "A", "deleted": "L"}),)),
        ([("", "request-unbuildable")], (said("status", codes={"dormant": "D"}),)),
        ([("", "request-unbuildable")], (said("first_name", json="number"),)),
    ],
    ids=["the contract itself", "other names", "a number", "two words for one", "a word nobody knows", "no number"],
)
def test_both_sides_are_told_the_same(expected: list[tuple[str, str]], rules: tuple[SaidRule, ...]) -> None:
    """What the new service would be told is read back and held against what the ERP was told."""
    assert expected == tried(writing(said=rules), BODY)


def test_a_number_is_the_same_however_a_caller_writes_it() -> None:
    """The ERP is told 0000150000, the new service 1500; both are 1500.00 in the contract."""
    assert [] == tried(writing(), {**BODY, "credit_limit": "1500"})


@pytest.mark.parametrize("name", ["customers.update", "customers.patch"])
def test_changes_are_compared_too(name: str) -> None:
    """A change with null and with arrays is the same at both sides; what is not sent is made up by neither."""
    body = {**BODY, "version": 3, "phones": [{"kind": "mobile", "number": "1"}], "tags": [], "email": None}
    endpoint = writing(name)
    sent = {key: each for key, each in body.items() if name != "customers.update" or each is not None}
    assert [] == tried(endpoint, sent)


def test_to_a_partial_change_null_is_a_value() -> None:
    """A service that loses a null would keep what the ERP forgets."""
    endpoint = writing("customers.patch")
    lost = Trial(lambda request: {"email": None}, lambda request: {})
    desk = Desk(endpoint, lost)
    desk.tell(asks(endpoint, {"kind": "person", "version": 3}), "soap", MADE)
    desk.wait(desk.notes)
    assert ([("/email", "request-missing")], False) == desk.notes[0]


def test_an_example_has_both_requests() -> None:
    """Of a difference what each side was told is kept; of what cannot be said why, without a value."""
    desk = Desk(writing(said=(said("status", codes={"active": "A", "dormant": "A", "deleted": "L"}),)))
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    desk.wait(desk.examples)
    example = desk.examples[0]
    assert ("active", "dormant") == (example.legacy.document["status"], example.candidate.document["status"])
    assert 0 == example.legacy.status == example.candidate.status
    desk = Desk(writing(said=(said("status", codes={"dormant": "D"}),)))
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    desk.wait(desk.examples)
    assert "cannot be said: /status is a word that is not known" == desk.examples[0].candidate.problem


def test_a_write_that_the_erp_refused_is_compared_all_the_same() -> None:
    """What both were told does not depend on what became of it."""
    desk = Desk()
    desk.tell(asks(desk.endpoint, BODY), "soap", BackendFault("locked", 409, sent="yes", code="locked"))
    desk.wait(desk.notes)
    assert ([], False) == desk.notes[0]
    assert ["same"] == desk.outcomes


@pytest.mark.parametrize(
    "trial",
    [Trial(None, lambda request: {}), Trial(lambda request: _cannot(), lambda request: {})],
    ids=["never", "not this one"],
)
def test_what_cannot_be_read_back_of_the_erp_is_skipped(trial: Trial) -> None:
    """It says nothing of the new service, and counts as no comparison."""
    desk = Desk(trial=trial)
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    desk.wait(desk.outcomes)
    assert (["skipped"], []) == (desk.outcomes, desk.notes)


def _cannot() -> Any:
    raise CannotSay("it is too deep")


def test_what_is_large_is_skipped() -> None:
    """A large body would keep a worker from its callers; it may be freed as its call ends, too."""
    desk = Desk()
    desk.tell(replace(asks(desk.endpoint, BODY), body=b" " * (LARGEST + 1)), "soap", MADE)
    assert (["skipped"], []) == (desk.outcomes, desk.notes)


def test_a_share_is_tried_out() -> None:
    """The same share as of reads, by the id of the request."""
    desk = Desk(writing(share=0.0))
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    assert ([], []) == (desk.outcomes, desk.notes)


@pytest.mark.parametrize(
    "more",
    [
        {"standing": Standing("customers", 4, "dualwrite", run=4)},
        {"standing": Standing("customers", 4, "dualwrite", run=2)},
        {"standing": Standing("customers", 4, "shadow", run=4)},
        {"brake": frozenset[str]()},
    ],
    ids=["moved on", "another stage", "anew", "the brake"],
)
def test_what_waited_while_the_feature_moved_is_not_tried_out(more: dict[str, Any]) -> None:
    """Where it stands counts when its turn comes."""
    desk = Desk(**more)
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    desk.wait(desk.outcomes)
    assert (["dropped"], []) == (desk.outcomes, desk.notes)


def test_the_caller_does_not_wait() -> None:
    """More than there is room for is dropped and counted while the first one is still under way."""
    go = threading.Event()

    def slow(request: Request) -> Any:
        assert go.wait(PATIENCE)
        return {}

    desk = Desk(writing(queue=1), Trial(slow, lambda request: {}))
    for number in range(20):
        desk.tell(asks(desk.endpoint, BODY, str(number)), "soap", MADE)
    assert desk.outcomes.count("dropped") >= 15
    go.set()
    desk.wait(desk.notes, 20)


def test_a_defect_of_ours_is_told_and_the_next_one_is_tried() -> None:
    """The thread goes on."""
    desk = Desk(trial=Trial(lambda request: {}, _broken()))
    for number in range(2):
        desk.tell(asks(desk.endpoint, BODY, str(number)), "soap", MADE)
    desk.wait(desk.notes)
    assert (["ZeroDivisionError"], 1) == (desk.bugs, len(desk.notes))


def _broken() -> Callable[[Request], Any]:
    seen: list[str] = []

    def broken(request: Request) -> Any:
        seen.append(request.id)
        return 1 // (len(seen) - 1) and {}

    return broken


def test_a_read_is_not_tried_out_as_a_write() -> None:
    """It is asked beside."""
    endpoint = writing("customers.read")
    with pytest.raises(BuildError, match="would be tried out as one"):
        Trying(lambda: Snapshot({}, True), Desk(), b"").of(endpoint, Trial(None, lambda request: {}))
    assert trial(endpoint, unset) is None


def test_nothing_is_made_where_nothing_is_tried() -> None:
    """``off``, and a file that does not move."""
    assert trial(writing(writes="off"), unset) is None
    still = erp()["orders.create"]
    assert trial(still, unset) is None


def test_without_checked_values_nobody_can_say() -> None:
    """A request that never was checked was never sent either."""
    made = trial(writing(), unset)
    assert made is not None
    assert made.legacy is not None
    with pytest.raises(CannotSay, match="not checked"):
        made.legacy(Request("customers.create", "1", 0.0))


def rehearsed(send: Callable[[Request], Response], **more: Any) -> Desk:
    """Return a desk whose feature makes dry runs at a service that has some; both sides are told the same."""
    says: dict[str, Any] = {"legacy": lambda request: {}, "candidate": lambda request: {}, **more}
    return Desk(writing(writes="dry_run"), Trial(probe=lambda request: None, send=send, **says))


def test_a_write_counts_once_whatever_was_found() -> None:
    """What both are told, and what both answer, is one comparison; each difference says which of the two it is."""
    desk = rehearsed(
        lambda request: Response(201, b'{"id": "7", "name": "B"}'), candidate=lambda request: {"name": "B"}
    )
    desk.tell(asks(desk.endpoint, BODY), "soap", Response(201, b'{"id": "42", "name": "A"}'))
    desk.wait(desk.examples, 2)
    assert [([("/name", "request-extra"), ("/name", "value")], False)] == desk.notes
    assert (["differs"], ["differs"]) == (desk.outcomes, desk.dry)
    assert [0, 201] == [each.candidate.status for each in desk.examples]


def test_a_write_that_cannot_be_read_back_is_answered_all_the_same() -> None:
    """The dry run alone is a comparison."""
    desk = rehearsed(lambda request: MADE, legacy=None)
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    desk.wait(desk.notes)
    assert ([([], False)], ["same"]) == (desk.notes, desk.outcomes)


def test_one_dry_run_is_under_way_at_a_time() -> None:
    """Others wait for it, and what both are told is compared meanwhile; of two that break a promise one is sent."""
    sent: list[str] = []
    go = threading.Event()

    def breaks(request: Request) -> Response:
        sent.append(request.id)
        assert go.wait(PATIENCE)
        raise NotHonoured("backend-reply-invalid", 502, cause="status 201", sent="yes")

    desk = rehearsed(breaks)
    for number in range(10):
        desk.tell(asks(desk.endpoint, BODY, str(number)), "soap", MADE)
    go.set()
    desk.wait(desk.notes, 10)
    assert (1, ["same"] * 10) == (len(sent), desk.outcomes)
    assert ["off"] * 9 + ["unmarked"] == sorted(desk.dry)


def test_a_dry_run_without_room_is_dropped_and_the_rest_counts() -> None:
    """What both are told was compared before."""
    go = threading.Event()

    def slow(request: Request) -> Response:
        assert go.wait(PATIENCE)
        return MADE

    desk = rehearsed(slow)
    for number in range(80):
        desk.tell(asks(desk.endpoint, BODY, str(number)), "soap", MADE)
    desk.wait(desk.dry)
    assert "dropped" == desk.dry[0]
    assert "same" in desk.outcomes
    go.set()
    desk.wait(desk.notes, 80)


def test_a_feature_that_moved_on_while_a_dry_run_waited_makes_none() -> None:
    """From dualwrite on the service gets the writes themselves."""
    begun, go = threading.Event(), threading.Event()
    sent: list[str] = []

    def slow(request: Request) -> Response:
        sent.append(request.id)
        begun.set()
        assert go.wait(PATIENCE)
        return MADE

    desk = rehearsed(slow)
    for number in range(3):
        desk.tell(asks(desk.endpoint, BODY, str(number)), "soap", MADE)
    assert begun.wait(PATIENCE)
    desk.standing = replace(desk.standing, epoch=4, stage="dualwrite")
    go.set()
    desk.wait(desk.outcomes, 3)
    assert (1, ["dropped", "dropped", "same"]) == (len(sent), sorted(desk.outcomes))


def test_a_defect_in_a_dry_run_is_told() -> None:
    """The thread goes on."""
    desk = rehearsed(lambda request: Response(1 // 0))
    desk.tell(asks(desk.endpoint, BODY), "soap", MADE)
    desk.wait(desk.bugs)
    assert ["ZeroDivisionError"] == desk.bugs


def test_a_dry_run_is_no_deadline_of_the_callers() -> None:
    """The caller has gone by then."""
    left: list[float] = []

    def send(request: Request) -> Response:
        left.append(request.deadline - time.monotonic())
        assert ("shadow", "http", None) == (request.kind, request.side, request.trace)
        return MADE

    desk = rehearsed(send)
    desk.tell(asks(desk.endpoint, BODY, deadline=0.0), "soap", MADE)
    desk.wait(desk.notes)
    assert left[0] > 1
