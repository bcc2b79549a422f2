"""A project full of data: features at every stage, mismatches, verdicts, an audit, parked writes, and long names."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from adapter.deliver import kept
from adapter.deliver.settle import Keeping
from adapter.durable import Durable
from adapter.messages import Request
from adapter.rollout.rules import Stage
from adapter.rollout.stages import Pin
from adapter.store import Connection, Store, examples, rollouts, writes
from adapter.store.observed import Batch, add
from adapter.store.rollouts import no_dry_runs
from adapter.store.tables import OBSERVED
from adapter.store.writes import PARKED, QUEUED, Write
from adapter.vault import Subject
from tests.resilience.project import kept_orders
from tests.stack import ROOT
from tests.strangler.standing import stand

LONG: Final = "the-delivery-addresses-of-contact-persons-in-northern-branches"
HOSTILE: Final = "<script>alert('&\"x\"')</script>"
STANDS: Final[tuple[tuple[str, Stage, int], ...]] = (
    ("customers", "canary", 1000),
    ("contacts", "legacy", 0),
    ("leads", "shadow", 0),
    ("prices", "dualwrite", 0),
    ("offers", "live", 0),
    ("returns", "rampdown", 0),
    ("vouchers", "complete", 0),
    (LONG, "canary", 100),
)
OFF: Final = "leads.create: status 201 without Shadow-Honoured: dry-run"
NOW_AGO: Final = 3 * 86400.0


def filled_project(folder: Path, now: float) -> tuple[Path, tuple[str, ...]]:
    """Make the project with the features of ``STANDS``; return it and their names."""
    project = kept_orders(folder)
    text = (ROOT / "mappings" / "customers.yaml").read_text("utf-8")
    for name, _, _ in STANDS[1:]:
        mapping = text.replace("resource: customers\n", f"resource: {name}\n")
        mapping = mapping.replace("path: /v1/customers\n", f"path: /v1/{name}\n")
        (project / "mappings" / f"{name}.yaml").write_text(mapping, "utf-8")
    return project, tuple(name for name, _, _ in STANDS)


def fill(store: Store, now: float, every: int = 20) -> None:
    """Put the features where they stand, with what was seen of them: calls in one of so many minutes."""
    for at, (name, stage, share) in enumerate(STANDS):
        if stage == "legacy":
            continue
        more = {"since": now - 3600 * (3 + at), "actor": "key:ann", "reason": "the numbers are good"}
        if name == "offers":
            more |= {"pinned": Pin("key:bob", "the year is closed in these days", now + 86400)}
        if name == "prices":
            more |= {"paused": True, "rolled_back": "failures-in-a-row: 5 different entities failed in a row."}
        standing = stand(store, name, stage, share, **more)
        store.run(lambda connection, name=name, run=standing.run: _seen(connection, name, run, now, every))  # type: ignore[misc]
        if stage == "shadow":
            store.run(partial(no_dry_runs, feature=name, run=standing.run, why=OFF, now=now, actor="dry-runs"))
        if stage not in ("rampdown", "complete"):
            store.run(lambda connection, name=name, standing=standing: _judged(connection, name, standing.epoch, now))  # type: ignore[misc]


def _seen(connection: Connection, name: str, run: int, now: float, every: int) -> None:
    """Note calls of three days, which move from the ERP to the new service, comparisons and mismatches."""
    batch = Batch(name, run)
    last = int(now // 60)
    for minute in range(last - 3 * 24 * 60, last, every):
        part = 1 - (last - minute) / (3 * 24 * 60)
        wave = 1.4 + math.sin(minute / 230)
        for operation, many in ((f"{name}.read", 40), (f"{name}.list", 9), (f"{name}.update", 4)):
            soap, http = round(many * wave * (1 - 0.9 * part)), round(many * wave * 0.9 * part)
            batch.calls[operation, "soap", minute, "ok", 250] = soap
            batch.calls[operation, "soap", minute, "failed", 1000] = int(minute % 7 == 0)
            batch.calls[operation, "http", minute, "ok", 50 if minute % 3 else 100] = http
            batch.calls[operation, "http", minute, "failed", 500] = int(minute % 11 == 0)
    batch.compared[f"{name}.read", last - 3] = [412, 6, 3]
    for at, (pointer, kind) in enumerate(PLACES):
        batch.mismatches[f"f{at}", f"{name}.read", pointer, kind] = [40 - 9 * at, now - 7200, now - 60 * at]
    add(connection, batch)


PLACES: Final = (("/status", "value"), ("/phones/*/number", "missing"), ("/revenue/value", "value"), ("/note", "extra"))


def exemplify(durable: Durable, now: float) -> None:
    """Keep examples of the mismatches of customers: one value that may be shown, and others that are hidden."""
    run = durable.store.read(lambda connection: rollouts.of(connection, "customers")).run
    legacy = {"id": "(text, 2)", "status": "active", "phones": [{"number": "(text, 11)", "kind": "mobile"}]}
    candidate = {"id": "(text, 2)", "status": HOSTILE, "phones": [{"kind": "mobile"}], "note": "(text, 31)"}
    for at, (pointer, kind) in enumerate(PLACES[:2]):
        told = {
            "operation": "customers.read", "time": int(now), "request_id": "r", "path": [["id", "(text, 2)"]],
            "query": [], "pointer": pointer.replace("*", "0"), "kind": kind,
            "legacy": {"status": 200, "document": legacy}, "candidate": {"status": 200, "document": candidate},
        }  # fmt: skip
        place = f"rollout/customers/{run}/f{at}/0"
        sealed = durable.vault.seal(Subject("whose"), json.dumps(told).encode(), place)
        one = examples.Kept("customers", run, f"f{at}", 0, now - 90, "whose", sealed)
        durable.store.run(lambda connection, one=one: examples.put(connection, one))  # type: ignore[misc]


def copied(durable: Durable, now: float) -> None:
    """Let a copy be late, and another one be refused by the new service."""
    for state, cause in ((QUEUED, ""), (PARKED, "the new service refused it: 422 invalid-request")):
        row = Write("", "offers.update", state, now - 900, cause=cause, target="http", copy=True, due=now + 60)
        durable.store.run(lambda connection, row=row: writes.insert(connection, row))  # type: ignore[misc]


def _judged(connection: Connection, name: str, epoch: int, now: float) -> None:
    needs = [
        {
            "kind": "comparisons",
            "words": "288 more comparisons without a mismatch, about 6 minutes at the present rate",
        },
        {"kind": "minutes", "words": "4 minutes more at this step"},
    ]
    said = {"kind": "hold", "cause": "comparisons", "numbers": {"more": 288, "rate": 0.8}, "needs": needs}
    connection.execute(
        OBSERVED["rollout_verdicts"].insert().values(
            id=f"v-{name}"[:40], feature=name, epoch=epoch, time=now - 5, kind="hold", cause="comparisons",
            numbers=json.dumps({"verdict": said}),
        )
    )  # fmt: skip


ORDER: Final = {
    "customer_id": "42",
    "reference": "SHOP-1",
    "lines": [{"item_id": "A-00001", "quantity": "2"}, {"item_id": "A-00002", "quantity": "12"}],
}
CAUSES: Final = (
    "12 attempts: 503 backend-unreachable",
    "the ERP refused to say what became of it: 502 backend-fault (an error that no mapping explains)",
    "nothing says how to find out",
)


def park(durable: Durable, now: float) -> list[str]:
    """Let orders wait for a person; return their ids."""
    keeping = Keeping(durable.store, durable.vault)
    ids = []
    for at, cause in enumerate(CAUSES):
        body = json.dumps({**ORDER, "reference": f"SHOP-{at}"}).encode()
        request = Request("orders.create", f"r-{at}", now + 60, method="POST", body=body)
        request = replace(request, content_type="application/json")
        row = Write("key:shop", "orders.create", PARKED, now - 7200 * (at + 1), cause=cause, subject=f"shop-{at}")
        row = replace(
            row, attempts=12, promised=True, request=keeping.seal(row, "request", kept.packed(request)), entity=f"e{at}"
        )
        durable.store.run(lambda connection, row=row: writes.insert(connection, row))  # type: ignore[misc]
        ids.append(row.id)
    return ids
