"""A write of a feature that is tried out, at a desk that sees all that comes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

from adapter.errors import StoreUnavailable
from adapter.mapping.bound import Endpoint
from adapter.mapping.model import Place
from adapter.mapping.model.service import SaidRule
from adapter.messages import Placed, Request, Response
from adapter.moving import dry_runs
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
from tests.unit.watching import Watching

PLACED = Placed("customers", "shadow", 2, 0, "42", 17)
BODY = {"kind": "person", "name": "Muster", "first_name": "Erika", "status": "active", "credit_limit": "1500"}
MADE = Response(201, b'{"id": "42"}')


@dataclass
class Desk(Watching):
    """One write of a feature, tried out; ``notes`` fills as trials end."""

    endpoint: Endpoint = field(default_factory=lambda: writing())
    trial: Trial | None = None
    standing: Standing = field(default_factory=lambda: Standing("customers", 3, "shadow", run=2))
    brake: frozenset[str] | None = None

    def __post_init__(self) -> None:
        super().__init__(self.endpoint.name)
        made = self.trial or trial(self.endpoint, unset)
        assert made is not None
        self.dry: list[str] = []
        dry = dry_runs.Telling(lambda operation, outcome: self.add(self.dry, outcome))
        switch = Switch(self._store, dry)
        snapshot = lambda: Snapshot({"customers": self.standing}, True, self.brake)  # noqa: E731
        trying = Trying(snapshot, self, b"key", 5.0, self.telling, switch=switch)
        self.tell = trying.of(self.endpoint, made)

    def _store(self) -> Store:
        raise StoreUnavailable("store-unavailable", 503)


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
