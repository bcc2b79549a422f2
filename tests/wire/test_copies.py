"""A feature whose writes go to both sides: the real pipeline, the virtual ERP, and a microservice with a journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter import virtual
from adapter.app import application, build
from adapter.messages import Placed
from adapter.moving.arriving import Arriving
from adapter.moving.read_back import ReadBack
from adapter.moving.reconcile import looked
from adapter.store import copies, drifts, lagging, writes
from adapter.store.copies import Lagging
from adapter.store.lagging import Behind
from adapter.store.tables import WRITES
from adapter.store.writes import Write
from adapter.telemetry import Telemetry
from adapter.work import Work
from tests.everyone import EVERYONE
from tests.resilience import ledger
from tests.resilience.project import project
from tests.stack import ROOT, erp_settings
from tests.strangler.dual import FEATURE, dual_changes
from tests.strangler.moving import Notebook
from tests.strangler.service import Service
from tests.strangler.standing import stand

WHO = "42"


class Both:
    """The adapter in this process, its background work, and both sides."""

    def __init__(self, folder: Path, erp: virtual.Server, service: Service) -> None:
        environ = {
            **EVERYONE, **erp_settings(erp), "ADAPTER_SERVICE_CUSTOMERS": service.url,
            "ADAPTER_STORE": str(folder / "adapter.db"), "ADAPTER_SUBJECTS": str(folder / "subjects.db"),
            "ADAPTER_STORE_KEY": ledger.KEY,
        }  # fmt: skip
        built = build(project(folder / "project", dual_changes(stays="")), environ)
        self.service = service
        self.work = Work(built, Telemetry("ERROR"))
        self.store = self.work.keeping.store
        stand(self.store, FEATURE, "dualwrite")
        self.client: FlaskClient = application(built, Telemetry("ERROR")).test_client()
        self.reconciler = self.work.reconcilers[FEATURE]

    def change(self, note: str, **more: Any) -> int:
        """Change a customer; return the status."""
        body = {"kind": "person", "note": note, **more}
        return self.client.patch(f"/v1/customers/{WHO}", json=body).status_code

    def read(self, who: str = WHO) -> Any:
        """Read a customer as callers do."""
        return self.client.get(f"/v1/customers/{who}").json

    def deliver(self) -> None:
        """Deliver what is due, until nothing is."""
        while found := self.work.deliveries.due(100):
            for id, _ in found:
                self.work.deliveries.deliver(id)

    def rows(self) -> list[Write]:
        """Return all rows in their order."""
        query = WRITES.select().order_by(WRITES.c.sequence)
        return self.store.read(lambda connection: [writes.write_of(row) for row in connection.execute(query)])

    def drifting(self) -> int:
        """Return how many entities differ, as the background process shows it."""
        self.work.lag()
        shown = self.work.metrics.render().decode()
        return int(float(shown.partition(f'adapter_rollout_drifts{{feature="{FEATURE}"}} ')[2].split()[0]))

    def stand(self, stage: Any, share: int = 0) -> None:
        """Move the feature. Requests that saw it elsewhere are placed anew by the fence."""
        stand(self.store, FEATURE, stage, share)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    """Both sides with the same customer."""
    with virtual.running(ROOT) as erp, Service(tmp_path) as service:
        found = Both(tmp_path, erp, service)
        service.put({f"/customers/{WHO}": found.read()})
        yield found
        found.store.close()


def test_a_write_at_the_erp_arrives_at_the_new_service(both: Both) -> None:
    """It is answered by the ERP at once; the new service gets it with the id of its row as Idempotency-Key."""
    assert 200 == both.change("one")
    assert "one" != both.service.documents()[f"/customers/{WHO}"].get("note")
    both.deliver()
    assert "one" == both.service.documents()[f"/customers/{WHO}"]["note"]
    assert [("done", "soap", False), ("done", "http", True)] == [(r.state, r.target, r.copy) for r in both.rows()]


def test_a_write_at_the_new_service_arrives_at_the_erp(both: Both) -> None:
    """From live on the new service answers, and the ERP gets the copy; back at dualwrite the ERP shows it."""
    both.stand("live")
    assert 200 == both.change("two")
    both.deliver()
    stand(both.store, FEATURE, "dualwrite")
    assert [("done", "http", False), ("done", "soap", True)] == [(r.state, r.target, r.copy) for r in both.rows()]
    assert "same" == both.reconciler.look(WHO).outcome


def test_a_customer_whom_the_erp_makes_is_made_at_the_new_service(both: Both) -> None:
    """With the id that the ERP gave, and before what is changed of him next."""
    made = both.client.post("/v1/customers", json={"kind": "person", "name": "Muster", "first_name": "Eva"})
    assert 201 == made.status_code
    id = made.json["id"]  # type: ignore[index]
    assert 200 == both.client.patch(f"/v1/customers/{id}", json={"kind": "person", "note": "new"}).status_code
    both.deliver()
    there = both.service.documents()[f"/customers/{id}"]
    assert ("Muster", "new", id) == (there["name"], there["note"], there["id"])
    assert "same" == both.reconciler.look(id).outcome


def test_what_was_lost_at_the_new_service_is_sent_again_and_done_once(both: Both) -> None:
    """It dies between its effect and its answer; the key says that it was done."""
    both.service.die_after_effect()
    both.change("three")
    for id, _ in both.work.deliveries.due(100):
        both.work.deliveries.deliver(id)
    assert "unknown" == both.rows()[1].state
    both.service.start()
    both.store.run(lambda connection: connection.execute(WRITES.update().values(due=0.0)))
    both.deliver()
    assert ["done", "done"] == [row.state for row in both.rows()]
    assert 1 == len(both.service.effects())


def test_lag_and_conflicts_are_told(both: Both) -> None:
    """A copy on its way is a lag; one that is refused is a conflict, and none."""
    both.service.put({f"/customers/{WHO}": None})
    both.change("four")
    made = both.rows()[1].created
    assert Behind(7, 0) == both.store.read(lambda connection: lagging.behind(connection, ["customers.patch"], made + 7))
    assert [Lagging(FEATURE, "http", made, 1, 0)] == both.store.read(copies.lagging)
    both.deliver()
    assert "parked" == both.rows()[1].state
    assert Behind(0, 1) == both.store.read(lambda connection: lagging.behind(connection, ["customers.patch"], made + 7))
    assert [Lagging(FEATURE, "http", 0.0, 0, 1)] == both.store.read(copies.lagging)


def test_what_somebody_changed_elsewhere_is_a_drift_and_is_mended(both: Both) -> None:
    """What differs though nothing is on its way is told by pointers, kept, and mended by one more copy."""
    there = both.service.documents()[f"/customers/{WHO}"]
    both.service.put({f"/customers/{WHO}": {**there, "note": "by hand"}})
    found = both.reconciler.look(WHO)
    assert found.drift is not None
    assert ("drift", "value", ("/note",)) == (found.outcome, found.drift.kind, found.drift.pointers)
    assert [("/note",)] == [each.pointers for each in both.store.read(lambda c: drifts.noted(c, FEATURE))]
    assert 1 == both.drifting()
    assert "repaired" == both.reconciler.look(WHO, mend=True).outcome
    assert "busy" == both.reconciler.look(WHO).outcome
    both.deliver()
    assert "same" == both.reconciler.look(WHO).outcome
    assert [] == both.store.read(lambda connection: drifts.noted(connection, FEATURE))
    assert 0 == both.drifting()


def test_who_is_missing_is_made_and_who_is_too_many_is_told(both: Both) -> None:
    """All that either side lists is looked at; nobody is removed."""
    there = both.service.documents()[f"/customers/{WHO}"]
    both.service.put({f"/customers/{WHO}": None, "/customers/999": {**there, "id": "999"}})
    found = {each.id: each for each in looked(both.reconciler, both.reconciler.everything(), mend=True)}
    assert ("repaired", "missing") == (found[WHO].outcome, found[WHO].drift and found[WHO].drift.kind)
    assert ("unrepaired", "extra") == (found["999"].outcome, found["999"].drift and found["999"].drift.kind)
    both.deliver()
    assert "same" == both.reconciler.look(WHO).outcome


def test_what_differs_by_a_write_on_its_way_is_no_difference(both: Both) -> None:
    """A read is compared with the other side's only where nothing of the entity is on its way, nor was just now."""
    arriving = Arriving(lambda: both.store, lambda: both.work.keeping.vault)
    placed = Placed(FEATURE, "dualwrite", 1, 0, WHO, 17)

    def said() -> list[bool]:
        return [arriving.of(replace(placed, entity=entity), 10) for entity in (WHO, "43", "")]

    assert [False, False, False] == said()
    both.change("on its way")
    both.store.run(lambda connection: connection.execute(WRITES.update().values(changed=0.0)))
    assert [True, False, False] == said()
    both.deliver()
    assert [True, False, False] == said()
    both.store.run(lambda connection: connection.execute(WRITES.update().values(changed=0.0)))
    assert [False, False, False] == said()


def test_what_arrived_is_read_back(both: Both) -> None:
    """Some time after a copy arrived both sides are read, and what differs is noted as a comparison."""
    notes = Notebook()
    back = ReadBack([both.reconciler], both.work.keeping, notes.compared)
    both.change("five")
    both.deliver()
    both.store.run(lambda connection: connection.execute(WRITES.update().values(changed=WRITES.c.changed + 10)))
    assert 0 == back.look()
    both.store.run(lambda connection: connection.execute(WRITES.update().values(changed=both.work.keeping.now() - 2)))
    back = ReadBack([both.reconciler], both.work.keeping, notes.compared, since=0.0)
    assert 1 == back.look()
    assert [("customers.read", [])] == notes.comparisons
    assert 0 == back.look()


def test_a_copy_is_no_callers(both: Both) -> None:
    """Whoever has its id neither sees nor cancels it; it is there for operators."""
    both.change("six")
    copy = both.rows()[1]
    assert copy.copy
    assert [404, 404] == [
        both.client.open(f"/v1/operations/{copy.id}", method=method).status_code for method in ("GET", "DELETE")
    ]
    both.deliver()
    assert "done" == both.rows()[1].state
