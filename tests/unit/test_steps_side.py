"""The step that gives a request its side: by stage, entity and brake; testers choose; nobody guesses."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapter.errors import InvalidRequest, Moved, RequestError
from adapter.messages import Caller, Handler, Request, Response
from adapter.moving.follow import Snapshot
from adapter.moving.needed import Told
from adapter.moving.placing import Placing, folded, named, unit
from adapter.rollout.bucket import bucket
from adapter.rollout.rules import STAGES, Stage
from adapter.rollout.stages import Standing
from adapter.steps.side import placing
from tests.strangler.moving import Notebook, moving
from tests.unit.mapped import erp

KEY = b"of these tests"
TESTER = Caller("me", frozenset({"rollout.test"}))


def _request(operation: str, **more: Any) -> Request:
    given = {"path": {"id": "42"}} if operation.partition(".")[2] in ("read", "update", "patch") else {}
    return Request(operation, "1", time.monotonic() + 10, **{**given, **more})


def _standing(stage: Stage, share: int = 0, epoch: int = 7) -> Standing:
    return Standing("customers", epoch, stage, share, run=5)


def _snapshot(stage: Stage, share: int = 0, **more: Any) -> Snapshot:
    return Snapshot(**{"standings": {"customers": _standing(stage, share)}, "known": True, **more})


class Step:
    """The step of one operation before a handler that keeps what it was given."""

    def __init__(self, operation: str, snapshot: Snapshot, then: Handler | None = None, **more: Any) -> None:
        self.seen: list[Request] = []
        self.unkeyed: Counter[str] = Counter()
        told = Told(unkeyed=lambda name: self.unkeyed.update([name]))
        self.operation = operation
        self.moving = replace(moving(Notebook(), snapshot), key=KEY, told=told, **more)
        (step,) = placing(erp()[operation], self.moving)
        self._handle = step(then or self._then)

    def _then(self, request: Request) -> Response:
        self.seen.append(request)
        return Response(200)

    def __call__(self, **more: Any) -> Request:
        """Send a request through the step, and return what comes out."""
        self._handle(_request(self.operation, **more))
        return self.seen[-1]


HERE = bucket(KEY, "customers", "42")


@pytest.mark.parametrize(
    ("operation", "stage", "share", "expected"),
    [
        ("customers.read", "legacy", 0, "soap"),
        ("customers.read", "shadow", 0, "soap"),
        ("customers.read", "dualwrite", 0, "soap"),
        ("customers.read", "canary", HERE, "soap"),
        ("customers.read", "canary", HERE + 1, "http"),
        ("customers.read", "live", 0, "http"),
        ("customers.read", "rampdown", 0, "http"),
        ("customers.read", "complete", 0, "http"),
        ("customers.update", "dualwrite", 0, "soap"),
        ("customers.patch", "canary", HERE, "soap"),
        ("customers.patch", "canary", HERE + 1, "http"),
        ("customers.patch", "live", 0, "http"),
        ("customers.create", "canary", 10_000, "soap"),
        ("customers.create", "live", 0, "soap"),
        ("customers.create", "rampdown", 0, "soap"),
        ("customers.create", "complete", 0, "http"),
        ("customers.list", "canary", 10_000, "soap"),
        ("customers.list", "live", 0, "http"),
    ],
)
def test_sides(operation: str, stage: Stage, share: int, expected: str) -> None:
    """Reads and writes of an entity have one side, by its bucket in a canary; creates move last, lists with live."""
    request = Step(operation, _snapshot(stage, share))()
    assert (expected, 7) == (request.side, request.epoch)
    assert request.placed is not None
    assert ("customers", stage, 5, share) == (
        request.placed.feature,
        request.placed.stage,
        request.placed.run,
        request.placed.share,
    )


def test_at_legacy_no_key_is_looked_for() -> None:
    """Where it decides nothing it costs nothing."""
    placed = Step("customers.read", _snapshot("legacy"))().placed
    assert placed is not None
    assert ("", None) == (placed.entity, placed.bucket)


def test_at_legacy_what_is_known_is_always_of_now() -> None:
    """Requests share what is known of a feature back at legacy, until it stands elsewhere or the brake is pulled."""
    one = _snapshot("legacy")
    other = _snapshot("legacy", standings={"customers": replace(_standing("legacy", epoch=9), run=9)})
    pulled = replace(other, brake=frozenset())
    row = [one, one, other, pulled, other, _snapshot("shadow"), one]
    step = Step("customers.read", one, now=lambda: row.pop(0))
    seen = [step() for _ in range(len(row))]
    places = [(request, request.placed) for request in seen if request.placed is not None]
    found = [(request.side, request.epoch, at.run, at.braked, at.stage) for request, at in places]
    back, later = ("soap", 7, 5, False, "legacy"), ("soap", 9, 9, False, "legacy")
    shadow = ("soap", 7, 5, False, "shadow")
    assert [back, back, later, ("soap", 9, 9, True, "legacy"), later, shadow, back] == found
    assert seen[0].placed is seen[1].placed


def test_one_that_never_moved_goes_on_as_it_came() -> None:
    """Where the store has no row of a feature, its requests are not even copied."""
    step = Step("customers.read", Snapshot(known=True))
    request = _request("customers.read")
    step._handle(request)
    assert request is step.seen[-1]


def test_an_operation_that_does_not_move_has_no_step() -> None:
    """Neither has one of a process in which nothing moves."""
    assert [] == list(placing(erp()["orders.read"], moving(Notebook(), Snapshot(known=True))))
    assert [] == list(placing(erp()["customers.read"], None))


@pytest.mark.parametrize("written", ["A-42", "00A-42"])
def test_an_entity_has_one_bucket_however_it_is_written(written: str) -> None:
    """ERPs take ids with zeros in front: who writes one so must not meet the other side."""
    endpoint = erp()["items.read"]
    assert "a-42" == named(endpoint, "id")(Request("items.read", "1", 0.0, path={"id": written}))


@pytest.mark.parametrize(
    ("text", "expected"), [("0", "0"), ("000", "0"), (" 007 ", "7"), ("Ab", "ab"), ("", ""), ("  ", "")]
)
def test_folded(text: str, expected: str) -> None:
    """A zero alone is one, and nothing is nothing."""
    assert expected == folded(text)


def test_what_cannot_be_a_key_has_none() -> None:
    """A key that the contract does not take is refused later; here it has no bucket, and no share takes it."""
    request = Step("customers.read", _snapshot("canary", 10_000))(path={"id": "no such number at all"})
    assert request.placed is not None
    assert ("", None, "soap") == (request.placed.entity, request.placed.bucket, request.side)


def test_requests_without_a_key_are_counted() -> None:
    """Only while the feature is on its way; at legacy no key is needed."""
    step = Step("customers.list", _snapshot("shadow"))
    step()
    assert {"customers.list": 1} == dict(step.unkeyed)
    quiet = Step("customers.list", _snapshot("legacy"))
    quiet()
    keyed = Step("customers.read", _snapshot("shadow"))
    keyed()
    assert ({}, {}) == (dict(quiet.unkeyed), dict(keyed.unkeyed))


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("brake", [frozenset(), frozenset({"customers"}), frozenset({"orders"})])
def test_the_brake(stage: Stage, brake: frozenset[str]) -> None:
    """It sends reads to the ERP, by name or all; not in rampdown and complete, and never a write."""
    counts = "orders" not in brake and stage not in ("rampdown", "complete")
    read = Step("customers.read", _snapshot(stage, 10_000, brake=brake))()
    write = Step("customers.update", _snapshot(stage, 10_000, brake=brake))()
    free = "http" if STAGES.index(stage) >= STAGES.index("canary") else "soap"
    assert ("soap" if counts else free, free) == (read.side, write.side)
    assert read.placed is not None
    assert counts == read.placed.braked


@pytest.mark.parametrize("side", ["soap", "http"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_tester_chooses(stage: Stage, side: str) -> None:
    """With the scope, at every stage, of reads."""
    step = Step("customers.read", _snapshot(stage, 10_000))
    request = step(headers={"rollout-side": side}, caller=TESTER)
    assert request.placed is not None
    assert (side, True) == (request.side, request.placed.asked_for)


@pytest.mark.parametrize(
    ("operation", "caller", "given", "expected"),
    [
        ("customers.read", Caller("you", frozenset({"customers.read"})), "http", (403, "forbidden")),
        ("customers.read", Caller(), "soap", (403, "forbidden")),
        ("customers.read", TESTER, "rest", (422, "invalid-request")),
        ("customers.patch", TESTER, "http", (422, "invalid-request")),
    ],
)
def test_nobody_else_chooses(operation: str, caller: Caller, given: str, expected: tuple[int, str]) -> None:
    """Without the scope 403, whatever is asked for; a write has its side, and there are two sides."""
    step = Step(operation, _snapshot("canary", 10_000))
    with pytest.raises(RequestError) as refused:
        step(headers={"rollout-side": given}, caller=caller)
    assert expected == (refused.value.status, refused.value.problem)
    assert [] == step.seen
    if isinstance(refused.value, InvalidRequest):
        assert ["Rollout-Side"] == [field.pointer for field in refused.value.fields]


def test_nobody_guesses_where_a_feature_stands() -> None:
    """Where the store was never read the ERP may be the old one: 503, unless somebody pulls the brake."""
    for operation in ("customers.read", "customers.update"):
        with pytest.raises(RequestError) as refused:
            Step(operation, Snapshot())()
        assert (503, "store-unavailable") == (refused.value.status, refused.value.problem)
    assert "http" != Step("customers.read", Snapshot(brake=frozenset()))().side


def test_a_write_that_meets_another_epoch_is_placed_anew_once() -> None:
    """The store is looked at, and the write goes to the new side; the second time its caller is told to come again."""
    snapshots = [_snapshot("dualwrite"), _snapshot("live")]
    seen: list[str] = []

    def then(request: Request) -> Response:
        seen.append(request.side)
        if len(seen) == 1:
            raise Moved("feature-moved", 503)
        return Response(200)

    step = Step("customers.update", snapshots[0], then)
    object.__setattr__(step.moving, "look", lambda: snapshots[1])
    step._handle(_request("customers.update"))
    assert ["soap", "http"] == seen


def test_it_is_told_why() -> None:
    """Whoever explains a call sees side, stage, share and bucket; the brake and a tester's wish too."""
    told: list[tuple[str, bytes]] = []

    def trace(kind: str, message: bytes) -> None:
        told.append((kind, message))

    Step("customers.read", _snapshot("canary", HERE + 1))(trace=trace)
    Step("customers.list", _snapshot("shadow", brake=frozenset()))(trace=trace)
    Step("customers.list", Snapshot(known=True))(trace=trace, headers={"rollout-side": "http"}, caller=TESTER)
    share = f"{(HERE + 1) / 100:g}"
    assert [
        f'{{"side":"http","why":"customers stands at canary {share} % (epoch 7), bucket {HERE} of 10000"}}',
        '{"side":"soap","why":"customers stands at shadow (epoch 7), no key says which entity it is about, '
        'the brake is pulled"}',
        '{"side":"http","why":"customers stands at legacy (epoch 0), Rollout-Side asks for it"}',
    ] == [message.decode() for _, message in told]


def _key(operation: str, name: str) -> Callable[[Request], str]:
    return named(erp()[operation], name)


def test_keys_of_path_query_and_body() -> None:
    """The key may be a parameter of the query, once, or a property of the body; what cannot be read has none."""
    query = _key("orders.list", "customer_id")
    assert "42" == query(_request("orders.list", query=(("customer_id", "42"), ("limit", "1"))))
    assert "" == query(_request("orders.list", query=(("customer_id", "42"), ("customer_id", "43"))))
    assert "" == query(_request("orders.list"))
    body = _key("orders.create", "customer_id")
    assert "42" == body(_request("orders.create", body=b'{"customer_id": "42"}'))
    for given in (b"", b"{", b"[]", b'{"customer_id": null}', b'{"customer_id": 42}', b'{"customer_id": "no"}'):
        assert "" == body(_request("orders.create", body=given)), given
    assert "" == _key("orders.list", "")(_request("orders.list"))


def test_the_pseudonym_of_an_entity() -> None:
    """It is the same for the same key, feature and entity, tells none of them, and nothing has none."""
    known = unit(KEY, "customers", "42")
    assert "" == unit(KEY, "customers", "")
    assert "ebc4f90dce280b6758387ca7dfba3103" == known
    assert known == unit(KEY, "customers", "42")
    assert 4 == len({known, unit(b"", "customers", "42"), unit(KEY, "orders", "42"), unit(KEY, "customers", "43")})


def test_every_operation_of_a_feature_has_the_entity_of_the_others() -> None:
    """So its reads and its writes are at one side."""
    snapshot = _snapshot("canary", 5000)
    placed = [
        Placing(each, each.rollout, KEY).placed(_request(name), snapshot).placed
        for name in ("customers.read", "customers.update", "customers.patch")
        if (each := erp()[name]).rollout is not None
    ]
    assert [HERE] * 3 == [each.bucket for each in placed if each is not None]
