"""What is asked beside a read: off the caller's path, bounded, sampled, compared, and never anything but a read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapter.errors import BackendFault, BackendTimeout, BuildError, RequestError
from adapter.guard.gates import refused
from adapter.mapping.bound import Endpoint
from adapter.messages import Placed, Request, Response, Stream
from adapter.moving.beside import LARGEST, Besides, sampled
from adapter.moving.follow import Snapshot
from adapter.moving.lane import FEW
from adapter.rollout.rules import BesideRule, Side
from adapter.rollout.stages import Standing
from tests.unit.mapped import erp
from tests.unit.watching import PATIENCE, Watching

PLACED = Placed("customers", "dualwrite", 2, 0, "42", 17)
NO = BackendFault("customer-not-found", 404, sent="yes", code="customer-not-found")
Said = Response | Exception


def answer(text: str) -> Response:
    """Return an answer with JSON."""
    return Response(200, text.encode())


@dataclass
class Desk(Watching):
    """One operation with both sides, asked beside; ``told`` fills as comparisons end."""

    says: dict[Side, Callable[[Request], Response]] = field(default_factory=dict)
    rule: BesideRule = field(default_factory=lambda: BesideRule(noise=0.0))
    standing: Standing = field(default_factory=lambda: Standing("customers", 3, "dualwrite", run=2))
    brake: frozenset[str] | None = None
    arriving: Callable[[Placed, float], bool] = lambda placed, seconds: False

    def __post_init__(self) -> None:
        super().__init__("customers.read")
        self.requests: list[tuple[Side, Request]] = []
        self.pairs: list[tuple[str, bool, bool]] = []
        snapshot = Snapshot({"customers": self.standing}, True, self.brake)
        asking = Besides(lambda: snapshot, self, b"key", 5.0, self.telling, lambda *what: self.arriving(*what))
        self.tell = asking.of(reading(self.rule), self._side("soap"), self._side("http"))

    def noise(self, feature: str, run: int, operation: str, pointer: str, *, candidate: bool, legacy: bool) -> None:
        """Note a pair."""
        self.add(self.pairs, (pointer, candidate, legacy))

    def _side(self, side: Side) -> Callable[[Request], Response]:
        def handle(request: Request) -> Response:
            self.add(self.requests, (side, request))
            return self.says[side](request)

        return handle


def reading(rule: BesideRule) -> Endpoint:
    """Return a read of a feature with a rule."""
    endpoint = erp()["customers.read"]
    rollout = endpoint.resource.rollout
    assert rollout is not None
    return replace(endpoint, resource=replace(endpoint.resource, rollout=replace(rollout, beside=rule)))


def says(said: Said) -> Callable[[Request], Response]:
    """Return a side that says one thing."""

    def handle(request: Request) -> Response:
        if isinstance(said, Exception):
            raise said
        return said

    return handle


def asks(id: str = "1", **more: Any) -> Request:
    """Return a request that was answered."""
    return Request("customers.read", id, time.monotonic() + 1, placed=PLACED, side="soap", **more)


@pytest.mark.parametrize(("side", "other"), [("soap", "http"), ("http", "soap")])
def test_the_other_side_is_asked_as_a_shadow_with_time_of_its_own(side: Side, other: Side) -> None:
    """What is asked is the same request, marked; the caller's own deadline is none of it."""
    desk = Desk({other: says(answer('{"id": "42"}'))})
    desk.tell(replace(asks(path={"id": "42"}), deadline=time.monotonic()), side, answer('{"id": "42"}'))
    desk.wait(desk.notes)
    assert [([], False)] == desk.notes
    ((asked, request),) = desk.requests
    assert (other, "shadow", other, {"id": "42"}) == (asked, request.kind, request.side, request.path)
    assert request.deadline > time.monotonic()
    assert ["same"] == desk.outcomes


@pytest.mark.parametrize(
    ("expected", "legacy", "candidate"),
    [
        ([("/name", "value")], answer('{"name": "A"}'), answer('{"name": "B"}')),
        ([("/name", "missing")], answer('{"name": "A"}'), answer("{}")),
        ([("", "status")], answer("{}"), NO),
        ([("", "status")], NO, answer("{}")),
        ([], NO, NO),
        ([("", "status")], answer("{}"), BackendTimeout("backend-timeout", 504)),
        ([("", "status")], answer("{}"), Response(202, b"{}")),
        ([("", "status")], answer("{}"), Response(200, b" " * LARGEST + b"{}")),
        ([], Response(204), Response(204)),
    ],
)
def test_answers_and_refusals_are_compared(expected: list[tuple[str, str]], legacy: Said, candidate: Said) -> None:
    """The legacy's is the one that counts, whoever answered; a new service that fails is a difference."""
    desk = Desk({"http": says(candidate)})
    desk.tell(asks(), "soap", legacy)  # type: ignore[arg-type]
    desk.wait(desk.notes)
    assert [(expected, False)] == desk.notes
    if isinstance(candidate, BackendTimeout) or (isinstance(candidate, RequestError) and candidate.status >= 500):
        return
    back = Desk({"soap": says(legacy)})
    back.tell(asks(), "http", candidate)  # type: ignore[arg-type]
    back.wait(back.outcomes)
    assert [(expected, False)] == back.notes or ["skipped"] == back.outcomes


@pytest.mark.parametrize(
    ("expected", "noted", "said"),
    [
        ("dropped", [([], True)], refused("breaker", 1.0)),
        ("silent", [], BackendTimeout("backend-timeout", 504)),
        ("skipped", [], Response(200, Stream(iter(()), lambda: None))),
    ],
)
def test_a_legacy_that_says_nothing_is_no_mismatch(expected: str, noted: Any, said: Said) -> None:
    """Asked beside a live service, an ERP that is down or shut off says nothing about it."""
    desk = Desk({"soap": says(said)})
    desk.tell(asks(), "http", answer("{}"))
    desk.wait(desk.outcomes)
    assert ([expected], noted) == (desk.outcomes, desk.notes)


@pytest.mark.parametrize("said", [Response(200, Stream(iter(()), lambda: None)), Response(200, b" " * LARGEST + b"{}")])
def test_streams_and_large_answers_are_skipped_and_counted(said: Response) -> None:
    """Nobody is asked, since there is nothing to compare it with."""
    desk = Desk()
    desk.tell(asks(), "soap", said)
    assert (["skipped"], [], []) == (desk.outcomes, desk.notes, desk.requests)


def test_what_finds_no_room_is_dropped_and_counted_while_the_new_service_hangs() -> None:
    """A few are under way, as many as may wait do, and the rest is counted; the caller's thread never waits."""
    goes_on = threading.Event()

    def hanging(request: Request) -> Response:
        assert goes_on.wait(PATIENCE)
        return answer("{}")

    desk = Desk({"http": hanging}, BesideRule(queue=5, noise=0.0))
    for number in range(FEW):
        desk.tell(asks(str(number)), "soap", answer("{}"))
        desk.wait(desk.requests, number + 1)
    for number in range(100):
        desk.tell(asks(str(number)), "soap", answer("{}"))
    assert ["dropped"] * 95 == desk.outcomes
    assert [([], True)] * 95 == desk.notes
    goes_on.set()
    desk.wait(desk.outcomes, 104)
    assert ["same"] * 9 == desk.outcomes[95:]


def test_the_share_is_kept_to_and_is_the_same_for_one_request_everywhere() -> None:
    """Which requests are asked beside is a keyed hash: nobody can choose it, and every worker chooses alike."""
    desk = Desk({"http": says(answer("{}"))}, BesideRule(share=0.25, queue=1000, noise=0.0))
    ids = [str(number) for number in range(1000)]
    for id in ids:
        desk.tell(asks(id), "soap", answer("{}"))
    chosen = [id for id in ids if sampled(b"key", "customers.read", id)[0] < 0.25]
    desk.wait(desk.outcomes, len(chosen))
    assert 200 < len(chosen) < 300
    assert sorted(chosen) == sorted(request.id for _, request in desk.requests)
    assert chosen != [id for id in ids if sampled(b"other", "customers.read", id)[0] < 0.25]


def test_the_legacy_is_asked_twice_to_see_what_differs_by_itself() -> None:
    """Each pointer that differed in either pair is noted, and the pair itself by the empty pointer."""
    answers = iter([answer('{"name": "B", "note": "2"}'), answer('{"name": "A", "note": "3"}')])
    desk = Desk({"http": lambda request: next(answers), "soap": lambda request: next(answers)}, BesideRule(noise=1.0))
    desk.tell(asks(), "soap", answer('{"name": "A", "note": "1"}'))
    desk.wait(desk.pairs, 3)
    assert [("", False, False), ("/name", True, False), ("/note", True, True)] == desk.pairs
    assert ["http", "soap"] == [side for side, _ in desk.requests]
    assert all(request.kind == "shadow" for _, request in desk.requests)


@pytest.mark.parametrize(
    "changed",
    [
        {"standing": Standing("customers", 4, "legacy", run=2)},
        {"standing": Standing("customers", 4, "dualwrite", run=4)},
        {"brake": frozenset()},
    ],
)
def test_what_waited_while_the_feature_moved_or_the_brake_was_pulled_is_not_asked(changed: Any) -> None:
    """Nothing is asked beside for evidence that nobody wants any more."""
    desk = Desk(**changed)
    desk.tell(asks(), "soap", answer("{}"))
    desk.wait(desk.outcomes)
    assert (["dropped"], [], []) == (desk.outcomes, desk.requests, desk.notes)


def test_a_defect_of_ours_is_told_and_ends_nothing() -> None:
    """A translator that breaks over an answer is a bug that somebody hears of; the next read is compared."""
    answers: Any = iter([ZeroDivisionError("ours"), answer("{}")])

    def broken(request: Request) -> Response:
        return says(next(answers))(request)

    desk = Desk({"http": broken})
    desk.tell(asks("1"), "soap", answer("{}"))
    desk.wait(desk.bugs)
    desk.tell(asks("2"), "soap", answer("{}"))
    desk.wait(desk.outcomes)
    assert (["ZeroDivisionError"], ["same"]) == (desk.bugs, desk.outcomes)


def test_an_example_has_the_request_and_both_answers() -> None:
    """What differs is shown by an example of each group."""
    desk = Desk({"http": says(answer('{"name": "B"}'))})
    desk.tell(asks(path={"id": "42"}), "soap", answer('{"name": "A"}'))
    desk.wait(desk.examples)
    (example,) = desk.examples
    assert {"id": "42"} == example.request.path
    assert ({"name": "A"}, {"name": "B"}) == (example.legacy.document, example.candidate.document)
    assert ["/name"] == [each.pointer for each in example.groups.values()]


@pytest.mark.parametrize("name", [name for name, each in erp().items() if each.policy.effect != "read"])
def test_only_what_reads_can_be_asked_beside(name: str) -> None:
    """Whoever would ask a write beside does not build."""
    asking = Besides(lambda: Snapshot({}, True), Desk())
    with pytest.raises(BuildError, match="would be asked beside"):
        asking.of(erp()[name], says(answer("{}")), says(answer("{}")))
