"""Every operation at every stage, asked as callers ask: what was asked beside, and of whom."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from adapter import virtual
from adapter.app import create_app
from adapter.backends.sides import sides
from adapter.mapping.bound import Endpoint
from adapter.mapping.model import Place
from adapter.mapping.model.rollout import RolloutRule
from adapter.messages import Handler, Placed, Request, Response
from adapter.moving.beside import Besides
from adapter.moving.dry_runs import Switch, Telling
from adapter.moving.follow import Snapshot
from adapter.moving.needed import Trial
from adapter.moving.noting import Notes
from adapter.moving.trying import Trying
from adapter.rollout import stages
from adapter.rollout.rules import STAGES, BesideRule, Side, Stage
from adapter.rollout.stages import Standing
from adapter.store import Store
from tests.everyone import EVERYONE
from tests.stack import ROOT, erp_settings
from tests.strangler.candidate import JSON, customer
from tests.strangler.moving import moving
from tests.strangler.rehearsing import Rehearsing
from tests.strangler.standing import stand_in
from tests.unit.loopback import Peer, Script, answer, serving

SECRET = "a secret of tests which is longer than it must be"
_LINE = re.compile(rb"^([A-Z]+) (\S+) ")
_QUIET = 1.0
"""Seconds without a call beside after which there comes no more."""


@dataclass
class Seen:
    """What reached both sides: calls beside that read, those that do not, and all the others.

    ``dry``: dry runs where they may be. One elsewhere is among those that are not to be.
    """

    reads: int = 0
    others: list[str] = field(default_factory=list)
    counted: int = 0
    dry: int = 0


def handled(endpoints: Iterable[Endpoint], seen: Seen) -> None:
    """Ask each operation of some mappings at each stage, with and without a key, by each side, at its handlers."""
    for endpoint in endpoints:
        rule = RolloutRule(Place("m.yaml", 1, 1), endpoint.resource.name, beside=BesideRule(queue=1000, noise=1.0))
        moves = replace(endpoint, resource=replace(endpoint.resource, rollout=rule))
        for stage in STAGES:
            _at_handlers(moves, stage, seen)


def _at_handlers(endpoint: Endpoint, stage: Stage, seen: Seen) -> None:
    standing = Standing(endpoint.resource.name, 3, stage, 5000, run=2)
    asked: list[Request] = []
    done = threading.Semaphore(0)

    def side(name: Side) -> Handler:
        def handle(request: Request) -> Response:
            asked.append(request)
            if request.kind == "shadow" and name == "soap":
                done.release()
            return Response(200, b"{}")

        return handle

    rehearsed: list[Request] = []

    def send(request: Request) -> Response:
        rehearsed.append(request)
        done.release()
        return Response(200, b"{}")

    notes = Notes(nowhere, lambda error: None)
    notes.write = lambda: None  # type: ignore[method-assign]
    snapshot = Snapshot({standing.feature: standing}, True)
    besides = Besides(lambda: snapshot, notes, b"key", 5.0)
    trying = Trying(lambda: snapshot, notes, b"key", 5.0, switch=Switch(nowhere, Telling()))
    reads = endpoint.policy.effect == "read"
    trial = None if reads else Trial(None, lambda request: {}, lambda request: None, send)
    both = moving(notes, snapshot, beside=besides.of, trying=trying.of)  # type: ignore[arg-type]
    handle = sides(endpoint, side("soap"), side("http"), both, trial)
    beside = reads and stages.beside(standing)
    for bucket in (None, 1, 9999):
        placed = Placed(standing.feature, stage, 2, 5000, "" if bucket is None else "42", bucket)
        chosen = stages.answering(standing, bucket)
        handle(Request(endpoint.name, str(bucket), time.monotonic() + 5, side=chosen, placed=placed))
        if beside:  # the legacy is asked the second time, or as the other side and again
            for _ in range(1 if chosen == "soap" else 2):
                done.acquire(timeout=5)
        elif not reads and stage == "shadow":
            done.acquire(timeout=5)
    for request in rehearsed:
        seen.dry += stage == "shadow"
        seen.others += [f"a dry run of {request.operation} at {stage}"] if stage != "shadow" else []
    for request in asked:
        _noted(seen, endpoint.policy.effect == "read", request.kind == "shadow", f"{endpoint.name} at {stage}")


def nowhere() -> Store:
    """Open no store."""
    raise RuntimeError("nothing is written")


def _noted(seen: Seen, reads: bool, beside: bool, what: str) -> None:
    if not beside:
        seen.counted += 1
    elif reads:
        seen.reads += 1
    else:
        seen.others.append(what)


def served(project: Path, stage: Stage, erp: virtual.Server, seen: Seen) -> None:
    """Make every golden call of the example project at one stage, twice; the new service is a real one that notes."""

    def script(peer: Peer) -> None:
        while request := peer.request():
            found = _LINE.match(request)
            method, path = (found[1].decode(), found[2].decode()) if found else ("?", "?")
            beside = b"\r\nshadow: true" in request.lower()
            _noted(seen, method == "GET", beside, f"{method} {path} at {stage}")
            peer.send(answer(customer(path.rpartition("/")[2]), media_type=JSON))

    played(project, stage, erp, script)


def rehearsed(project: Path, stage: Stage, erp: virtual.Server, service: Rehearsing, seen: Seen) -> None:
    """Make the same calls of a project that makes dry runs, in front of a service that honours them, or does not."""
    played(project, stage, erp, service.script)
    marked = [each for each in service.heads if b"\r\nshadow: dry-run" in each.lower()]
    if stage == "shadow":
        seen.dry += service.dry
    else:
        seen.others += [f"a dry run at {stage}" for _ in marked]


def played(project: Path, stage: Stage, erp: virtual.Server, script: Script) -> None:
    """Make every golden call twice, and wait until the new service has heard the last of it."""
    stand_in(project, "customers", stage, 5000, {"ADAPTER_STORE_KEY": SECRET})
    last = [time.monotonic()]

    def noting(peer: Peer) -> None:
        script(replace(peer, requests=_Noting(last)))

    with serving(noting) as server:
        environ = {
            **erp_settings(erp), **EVERYONE, "ADAPTER_VALUE_CLIENT": "100", "ADAPTER_STORE_KEY": SECRET,
            "ADAPTER_LOG_LEVEL": "error",
            "ADAPTER_SERVICE_CUSTOMERS": f"http://127.0.0.1:{server.port}",
        }  # fmt: skip
        client = create_app(project, environ).test_client()
        for call in (*_calls(), *_calls()):
            client.open(call["path"], method=call["method"], json=call.get("body"), headers={"Host": "localhost"})
        while time.monotonic() - last[0] < _QUIET:
            time.sleep(0.05)


class _Noting(list[bytes]):
    """The requests of one connection; the last moment is noted."""

    def __init__(self, last: list[float]) -> None:
        super().__init__()
        self._last = last

    def append(self, request: bytes) -> None:
        """Take one more."""
        self._last[0] = time.monotonic()
        super().append(request)


def _calls() -> Iterator[dict[str, object]]:
    for file in sorted((ROOT / "tests" / "golden").glob("*/*/request.json")):
        yield json.loads(file.read_text("utf-8"))
