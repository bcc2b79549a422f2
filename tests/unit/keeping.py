"""One write and an ERP that remembers what it did, for tests of keys, rows and outcomes: no HTTP, no XML."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapter.deliver.settle import Keeping
from adapter.deliver.steady import Steady
from adapter.deliver.way import Way
from adapter.errors import BackendFault, BackendLost, BackendUnreachable, RequestError
from adapter.mapping.model import Place as Line
from adapter.mapping.model.write import ResolveRule, WriteRule
from adapter.mapping.references import reference
from adapter.messages import Caller, Checked, Handler, Request, Response
from adapter.steps.once import once
from adapter.store import writes
from adapter.store.tables import WRITES
from adapter.store.writes import Write
from tests.resilience.stores import Place

LOST = BackendLost("backend-lost", 502, sent="maybe", cause="reset")
DOWN = BackendUnreachable("backend-unreachable", 503, sent="no")
NO = BackendFault("order-closed", 409, "Too late", title="Closed", cause="fault AB-423", sent="yes", code="AB-423")
HERE = Line("mappings/orders.yaml", 1, 1)
AFTER = 5.0


@dataclass
class Erp:
    """An ERP that takes orders by reference. ``then`` may break what it answers; ``made`` counts what it did."""

    made: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    then: Callable[[Response], Response] = lambda response: response
    before: Callable[[Request], None] = lambda request: None
    refuses: RequestError | None = None

    def create(self, request: Request) -> Response:
        """Make an order, and answer it."""
        self.before(request)
        body = json.loads(request.body)
        self.made[body["reference"]] += 1
        return self.then(self.answer(body["reference"]))

    def find(self, request: Request) -> Response | None:
        """Say whether there is an order with the reference of a request."""
        self.asked += 1
        if self.refuses is not None:
            raise replace(self.refuses)
        wanted = json.loads(request.body)["reference"]
        return self.answer(wanted) if self.made[wanted] else None

    def answer(self, wanted: str) -> Response:
        """Return the answer about one order."""
        body = json.dumps({"id": "500001", "reference": wanted}).encode()
        return Response(201, body, headers={"Location": "/v1/orders/500001"})


def fill(request: Request, row: str) -> tuple[Request, str]:
    """Put the reference of a row into a request that has none."""
    body = json.loads(request.body)
    if body.get("reference"):
        return request, body["reference"]
    ours = reference(row, 26)
    return replace(request, body=json.dumps({**body, "reference": ours}).encode()), ours


def way(erp: Erp, *, resolves: bool = True, repeatable: bool = False, **rule: Any) -> Way:
    """Return the way of orders to an ERP."""
    found = ResolveRule(HERE, "list", {"reference": "reference"}, after=AFTER) if resolves else None
    return Way(
        "orders.create",
        WriteRule(HERE, resolve=found, **rule),
        repeatable,
        erp.create,
        erp.find if resolves else None,
        lambda request: json.loads(request.body).get("customer", ""),
        lambda request: request.caller.id,
        fill,
    )


class Clock:
    """A wall clock that stands still, until time goes by (``now``), or it is set (``off``: seconds ahead)."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now, self.off = now, 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now + self.off

    def steady(self, machine: str = "here", ago: float = 0.0) -> Steady:
        """Return the time that nobody sets, of a machine that was started some seconds earlier or later."""
        return Steady(lambda: self.now + ago, machine)


class Desk:
    """A process: one store, one vault, and the step of one operation before an ERP."""

    def __init__(self, place: Place, erp: Erp, clock: Clock | None = None, **more: Any) -> None:
        self.erp, self.clock = erp, clock or Clock()
        self.outcomes: Counter[str] = Counter()
        self.store = place.store()
        self.keeping = Keeping(self.store, place.vault(), 86400.0, self.clock, self._count)
        self.keeping = replace(self.keeping, steady=self.clock.steady())
        self.way = way(erp, **more)
        self.handle: Handler = once(self.way, self.keeping)(erp.create)
        self._counting = threading.Lock()

    def _count(self, operation: str, outcome: str) -> None:
        with self._counting:
            self.outcomes[outcome] += 1

    def ask(self, key: str | None = '"one"', seconds: float = 10.0, **more: Any) -> Response:
        """Ask for an order."""
        return self.handle(asked(key, seconds, **more))

    def rows(self) -> list[Write]:
        """Return all rows, oldest first."""
        query = WRITES.select().order_by(WRITES.c.sequence)
        return self.store.read(lambda connection: [writes.write_of(row) for row in connection.execute(query)])

    def set(self, **values: Any) -> None:
        """Change columns of all rows."""
        self.store.run(lambda connection: connection.execute(WRITES.update().values(**values)))


def asked(
    key: str | None = '"one"',
    seconds: float = 10.0,
    caller: str = "shop",
    body: Mapping[str, Any] | None = None,
    id: str = "r-1",
) -> Request:
    """Return a request for an order."""
    given = {"item": "A-1"} if body is None else dict(body)
    return Request(
        operation="orders.create",
        id=id,
        deadline=time.monotonic() + seconds,
        method="POST",
        body=json.dumps(given).encode(),
        content_type="application/json",
        headers={} if key is None else {"idempotency-key": key},
        caller=Caller(caller),
        checked=Checked(body=given),
    )


def raising(error: Exception) -> Callable[[Response], Response]:
    """Return what loses every answer with an error."""

    def lose(response: Response) -> Response:
        raise error

    return lose


def problem(act: Callable[[], object]) -> RequestError:
    """Return the error that an act ends with."""
    with pytest.raises(RequestError) as caught:
        act()
    return caught.value
