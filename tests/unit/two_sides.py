"""A feature that moves between two sides that remember what they did, for tests of copies and the fence: no HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from adapter.deliver.keeping import Keeping
from adapter.deliver.row import Deliveries
from adapter.deliver.steady import Steady
from adapter.deliver.way import Copied, TwoSides, Way
from adapter.errors import BackendLost, BackendUnreachable, Moved, RequestError
from adapter.mapping.model import Place as Line
from adapter.mapping.model.write import WriteRule
from adapter.messages import Caller, Checked, Handler, Request, Response
from adapter.rollout import stages
from adapter.rollout.rules import Side, Stage
from adapter.rollout.stages import Standing
from adapter.steps.once import once
from adapter.store import due, rollouts, writes
from adapter.store.tables import WRITES
from adapter.store.writes import Write
from tests.resilience.stores import Place
from tests.unit.keeping import Clock

FEATURE = "things"
HERE = Line("mappings/things.yaml", 1, 1)
LOST = BackendLost("backend-lost", 502, sent="maybe", cause="reset")
DOWN = BackendUnreachable("backend-unreachable", 503, sent="no")


class Killed(BaseException):
    """The process was killed here."""


def nothing(request: Request) -> None:
    """Let a call pass."""


@dataclass
class There:
    """One side: what it did, as (entity, value), and its last value by entity. It does one key once.

    ``before`` and ``after`` are called around an effect, and may break something.
    """

    name: Side
    done: list[tuple[str, int]] = field(default_factory=list)
    keys: dict[str, Response] = field(default_factory=dict)
    before: Callable[[Request], None] = nothing
    after: Callable[[Request], None] = nothing

    def write(self, request: Request) -> Response:
        """Do what is asked for, or give the first answer again."""
        self.before(request)
        body = json.loads(request.body)
        key = request.headers.get("idempotency-key", "") if self.name == "http" else body["reference"]
        if key not in self.keys:
            self.done.append((request.path["id"], body["value"]))
            self.keys[key] = Response(200, request.body, answered_by=self.name)
        self.after(request)
        return self.keys[key]

    def find(self, request: Request) -> Response | None:
        """Say what became of a write."""
        return self.keys.get(json.loads(request.body)["reference"])

    @property
    def now(self) -> dict[str, int]:
        """The last value of each entity."""
        return dict(self.done)


def bucket(request: Request) -> int:
    """Return where an entity is: what comes behind its name, as hundreds."""
    return int(request.path["id"][1:]) * 100


def side(request: Request, standing: Standing) -> Side:
    """Return who has the say."""
    return stages.answering(standing, bucket(request))


def way(soap: There, http: There, **rule: object) -> Way:
    """Return the way of writes of things to both sides."""

    def send(request: Request) -> Response:
        return (http if request.side == "http" else soap).write(request)

    sides = TwoSides(FEATURE, side, lambda request, answer, target: Copied(replace(request, checked=None), ""), {
        "soap": send, "http": send,
    })  # fmt: skip
    made = Way(
        "things.patch", WriteRule(HERE, **rule), False, send, soap.find,  # type: ignore[arg-type]
        lambda request: f"things id={request.path['id']}", lambda request: "shop", lambda request, row: (request, ""),
        sides, 0.0,
    )  # fmt: skip

    def again(request: Request) -> Response | None:
        return http.write(request)

    return replace(made, http=replace(made, resolve=again))


class World:
    """A store, a vault, both sides and two processes: one that answers, and one that delivers."""

    def __init__(self, place: Place, *, seconds: float = 20.0, **rule: object) -> None:
        self.clock, self.seconds = Clock(), seconds
        self.store = place.store()
        self.keeping = Keeping(self.store, place.vault(), 86400.0, self.clock, steady=Steady(self.clock, "here"))
        self.soap, self.http = There("soap"), There("http")
        self.way = way(self.soap, self.http, **rule)
        self.handle: Handler = once(self.way, self.keeping, patience=0.0)(self.way.send)
        self.deliveries = Deliveries(self.keeping, {"things.patch": self.way}, {"things.patch": 5.0}, "work")
        self.number = 0

    def stand(self, stage: Stage, share: int = 0) -> Standing:
        """Let the feature stand somewhere."""
        before = self.standing()
        after = Standing(FEATURE, before.epoch + 1, stage, share, actor="me", reason="a test", since=self.clock.now)
        assert self.store.run(lambda connection: rollouts.put(connection, before, after, self.clock.now, "moved"))
        return after

    def standing(self) -> Standing:
        """Return where it stands."""
        return self.store.read(lambda connection: rollouts.of(connection, FEATURE))

    def ask(
        self, thing: str = "t1", *, seen: Standing | None = None, key: str | None = None, seconds: float = 0.0
    ) -> Response:
        """Change a thing, as a process does that saw the feature stand somewhere; placed anew once where it moved."""
        self.number += 1
        body = {"value": self.number, "reference": f"r{self.number}"}
        request = Request(
            "things.patch", f"q{self.number}", time.monotonic() + (seconds or self.seconds), "PATCH", {"id": thing},
            body=json.dumps(body).encode(), headers={} if key is None else {"idempotency-key": f'"{key}"'},
            caller=Caller("shop"), checked=Checked(body=body),
        )  # fmt: skip
        try:
            return self.handle(self._placed(request, seen or self.standing()))
        except Moved:
            return self.handle(self._placed(request, self.standing()))

    def deliver(self, most: int = 100) -> int:
        """Look once at each row that is due; return how many there were."""
        found = self.store.read(lambda connection: due.due(connection, self.clock.now, most))
        for id, _ in found:
            self.deliveries.deliver(id)
        return len(found)

    def settle(self) -> None:
        """Deliver until nothing is due any more, however late."""
        for _ in range(60):
            self.clock.now += 700
            for row in self.rows():
                self.store.run(lambda connection, row=row: due.lost(connection, row, self.clock.now, 0.0))  # type: ignore[misc]
            if not self.deliver():
                return
        raise AssertionError([(row.state, row.cause) for row in self.rows()])

    def rows(self) -> list[Write]:
        """Return all rows in their order."""
        query = WRITES.select().order_by(WRITES.c.sequence)
        return self.store.read(lambda connection: [writes.write_of(row) for row in connection.execute(query)])

    def told(self) -> list[tuple[str, str, bool]]:
        """Return state, target and whether it is a copy, of each row in order."""
        return [(row.state, row.target, row.copy) for row in self.rows()]

    def _placed(self, request: Request, seen: Standing) -> Request:
        return replace(request, side=side(request, seen), epoch=seen.epoch) if seen.epoch else request


def failing(error: BaseException) -> Callable[[Request], None]:
    """Return what breaks a call."""

    def fail(request: Request) -> None:
        raise replace(error) if isinstance(error, RequestError) else error

    return fail
