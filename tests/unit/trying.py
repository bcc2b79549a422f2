"""A write of a feature that is tried out, at a desk that sees all that comes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from adapter.errors import StoreUnavailable
from adapter.mapping.bound import Endpoint
from adapter.mapping.model import Place
from adapter.mapping.model.service import SaidRule
from adapter.messages import Placed, Request, Response
from adapter.moving import dry_runs
from adapter.moving.beside import Example, Telling
from adapter.moving.dry_runs import Switch
from adapter.moving.follow import Snapshot
from adapter.moving.needed import Trial
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
