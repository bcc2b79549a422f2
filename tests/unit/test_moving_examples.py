"""Examples of differences: a few of each group, hidden, sealed for whose data it is, and gone when he is erased."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapter.errors import StoreUnavailable
from adapter.mapping.bound import Endpoint
from adapter.messages import Checked, Placed, Request
from adapter.moving import examples as room
from adapter.moving.beside import Example
from adapter.moving.examples import FEW, KEEP, LONGEST, Examples
from adapter.rollout.compare import Answered, Comparer
from adapter.rollout.fingerprints import groups
from adapter.rollout.rules import CompareRule
from adapter.store import Store, examples, observed
from adapter.store.observed import Batch
from adapter.vault import Vault
from tests.resilience.stores import ENGINES, Place, place
from tests.unit.mapped import erp

NOW = 1_000_000.0
PLACED = Placed("customers", "dualwrite", 2, 0, "42", 17)


@pytest.fixture(params=ENGINES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A new database on each engine."""
    return place(request.param, tmp_path)


@pytest.fixture
def store(where: Place) -> Iterator[Store]:
    """A store in it."""
    store = where.store()
    yield store
    store.close()


def reading(name: str = "customers.read", **compare: Any) -> Endpoint:
    """Return a read of a feature with a rule of comparison."""
    endpoint = erp()[name]
    rollout = endpoint.resource.rollout
    assert rollout is not None
    rule = replace(rollout, compare=CompareRule(**compare))
    return replace(endpoint, resource=replace(endpoint.resource, rollout=rule))


def example(legacy: Any, candidate: Any, path: dict[str, str] | None = None, run: int = 2, id: str = "r-1") -> Example:
    """Return an example of what differs."""
    path = {"id": "42"} if path is None else path
    checked = Checked({name: text.zfill(10) for name, text in path.items()})
    request = Request("o", id, 0.0, path=path, placed=replace(PLACED, run=run), checked=checked)
    differences = Comparer(CompareRule()).differences(legacy, candidate)
    found = groups("customers.read", differences)
    return Example(request, Answered(200, legacy), Answered(200, candidate), found)


def keeping(store: Store, vault: Vault, now: list[float] | None = None, **more: Any) -> Examples:
    """Return what keeps examples; it may not fail."""

    def failed(error: Exception) -> None:
        raise error

    return Examples(lambda: store, lambda: vault, failed, lambda: (now or [NOW])[0], **more)


def test_an_example_is_read_back_with_what_is_shown(store: Store, where: Place) -> None:
    """It has the request and both answers; what the mapping does not show is told by type and length."""
    vault = where.vault()
    keep = keeping(store, vault).of(reading(show=("/status",)))
    keep(example({"name": "Eva", "status": "active"}, {"name": "Ewa", "status": "active"}))
    (kept,) = store.read(lambda connection: examples.of_group(connection, "customers", 2, _mark("/name")))
    assert vault.subject("42") == kept.subject
    assert b"Eva" not in kept.sealed
    (shown,) = room.shown(store, vault, "customers", 2, kept.fingerprint)
    assert {
        "operation": "customers.read",
        "time": int(NOW),
        "request_id": "r-1",
        "path": [["id", "(text, 2)"]],
        "query": [],
        "pointer": "/name",
        "kind": "value",
        "legacy": {"status": 200, "document": {"name": "(text, 3)", "status": "active"}},
        "candidate": {"status": 200, "document": {"name": "(text, 3)", "status": "active"}},
    } == shown.document


def test_whose_it_is_can_stand_in_the_answer_and_without_him_nothing_is_shown(store: Store, where: Place) -> None:
    """An answer without an owner (a list) is kept with everything hidden, sealed for nobody's data."""
    vault = where.vault()
    keep = keeping(store, vault).of(reading(show=("/name",)))
    keep(example({"name": "Eva", "id": "77"}, {"name": "Ewa", "id": "77"}, path={}))
    (kept,) = store.read(lambda connection: examples.of_group(connection, "customers", 2, _mark("/name")))
    assert vault.subject("77") == kept.subject
    keep(example({"tags": [], "name": "Eva"}, {"tags": [1], "name": "Eva"}, path={}))
    (kept,) = store.read(lambda connection: examples.of_group(connection, "customers", 2, _mark("/tags", "length")))
    assert vault.subject("rollout customers") == kept.subject
    (shown,) = room.shown(store, vault, "customers", 2, kept.fingerprint)
    assert {"name": "(text, 3)", "tags": []} == shown.document["legacy"]["document"]


def test_at_most_twenty_of_a_group_and_each_with_the_same_chance(store: Store, where: Place) -> None:
    """The first fill the places; after that one takes the place of another, or goes."""
    chances = iter([3, FEW, 50])
    asked: list[int] = []

    def chance(many: int) -> int:
        asked.append(many)
        return next(chances)

    keep = keeping(store, where.vault(), chance=chance).of(reading(show=("/id",)))
    for number in range(FEW + 3):
        keep(example({"name": "a"}, {"name": "b"}, {"id": str(number)}))
    kept = store.read(lambda connection: examples.of_group(connection, "customers", 2, _mark("/name")))
    assert FEW == len(kept)
    assert [FEW + 1, FEW + 2, FEW + 3] == asked
    shown = room.shown(store, where.vault(), "customers", 2, _mark("/name"))
    assert {str(number) for number in range(FEW + 1)} - {"3"} == {each.document["path"][0][1] for each in shown}


def test_erased_is_erased(store: Store, where: Place) -> None:
    """Without the key nobody reads it; the rows go too, those of others stay."""
    vault = where.vault()
    keep = keeping(store, vault).of(reading())
    for id in ("42", "43"):
        keep(example({"name": "a"}, {"name": "b"}, {"id": id}))
    subject = vault.subject("42")
    vault.erase(subject)
    whys = {each.why for each in room.shown(store, vault, "customers", 2, _mark("/name"))}
    assert {"", "the subject was erased"} == whys
    assert 1 == store.run(lambda connection: examples.erase(connection, subject))
    left = store.read(lambda connection: examples.of_group(connection, "customers", 2, _mark("/name")))
    assert [vault.subject("43")] == [each.subject for each in left]


def test_old_ones_are_deleted_when_a_run_begins(store: Store, where: Place) -> None:
    """A run's examples stay for a month after it, so that whoever asks why it was rolled back sees them."""
    now = [NOW]
    keep = keeping(store, where.vault(), now).of(reading())
    keep(example({"name": "a"}, {"name": "b"}))
    now[0] += KEEP / 2
    keep(example({"name": "a"}, {"name": "b"}, run=3))
    assert [1, 1] == [_many(store, run) for run in (2, 3)]
    now[0] += KEEP / 2 + 1
    keep(example({"name": "a"}, {"name": "b"}, run=4))
    assert [0, 1, 1] == [_many(store, run) for run in (2, 3, 4)]


def test_a_long_example_is_kept_without_its_answers(store: Store, where: Place) -> None:
    """What is shown must not fill the store."""
    keep = keeping(store, where.vault()).of(reading(show=("/note",)))
    keep(example({"name": "a", "note": "x" * LONGEST}, {"name": "b"}))
    (shown,) = room.shown(store, where.vault(), "customers", 2, _mark("/name"))
    assert (None, "/name") == (shown.document["legacy"], shown.document["pointer"])


def test_groups_are_listed_with_their_counts(store: Store, where: Place) -> None:
    """Counters are exact, examples a few; the largest group comes first."""
    keeping(store, where.vault()).of(reading())(example({"name": "a"}, {"name": "b"}))
    batch = Batch("customers", 2)
    batch.mismatches[_mark("/name"), "customers.read", "/name", "value"] = [7, NOW, NOW + 1]
    batch.mismatches["x", "customers.read", "/id", "missing"] = [9, NOW, NOW + 2]
    store.run(lambda connection: observed.add(connection, batch))
    store.run(lambda connection: observed.add(connection, batch))
    found = store.read(lambda connection: room.groups(connection, "customers", 2))
    assert [("/id", 18, 0), ("/name", 14, 1)] == [(each.pointer, each.count, each.examples) for each in found]
    evidence = store.read(lambda connection: observed.evidence(connection, "customers", 2, NOW))
    assert {("customers.read", "/name"): 14, ("customers.read", "/id"): 18} == evidence.differing


def test_a_store_that_does_not_answer_is_told_of(where: Place) -> None:
    """An example that cannot be kept is lost; whoever compared goes on."""
    told: list[Exception] = []

    def gone() -> Store:
        raise StoreUnavailable("store-unavailable", 503)

    keep = Examples(gone, where.vault, told.append).of(reading())
    keep(example({"name": "a"}, {"name": "b"}))
    assert ["store-unavailable"] == [str(getattr(each, "problem", each)) for each in told]


def _mark(pointer: str, kind: str = "value") -> str:
    documents = {"value": ("a", "b"), "length": ([], [1])}[kind]
    name = pointer[1:]
    return next(iter(groups("customers.read", Comparer(CompareRule()).differences(*({name: e} for e in documents)))))


def _many(store: Store, run: int) -> int:
    return len(store.read(lambda connection: examples.of_group(connection, "customers", run, _mark("/name"))))
