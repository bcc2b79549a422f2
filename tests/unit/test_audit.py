"""The audit: whoever changes it behind our back is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from adapter.store import Connection, Store, audit
from adapter.vault import Keyring, chain, checkpoints
from tests.resilience.stores import ENGINES, SECRET, place

RING = Keyring(SECRET)
NOW = 1_000_000.25


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store with ten entries, and a checkpoint at the sixth."""
    store = place(request.param, tmp_path).store()
    for number in range(1, 11):
        store.run(
            lambda connection, number=number: audit.append(
                connection, NOW + number, "someone", "did", f"thing {number}", number=number, name="Zoë"
            )
        )
        if number == 6:
            kept = checkpoints.signed(RING, store.read(audit.head), NOW)
            store.run(lambda connection, kept=kept: audit.keep_checkpoint(connection, 6, kept))
    return store


def wrong(store: Store, *exported: str) -> tuple[str, ...]:
    """Return what checking finds."""

    def act(connection: Connection) -> tuple[str, ...]:
        texts = [*audit.checkpoints(connection), *exported]
        return chain.check(audit.entries(connection), audit.head(connection), RING, texts).wrong

    return store.read(act)


def sql(store: Store, *statements: str) -> None:
    """Do what somebody with access to the database does."""
    store.run(lambda connection: [connection.execute(text(each)) for each in statements])


def test_a_whole_log(store: Store) -> None:
    """Nothing is found where nothing was done, with and without checkpoints."""
    exported = checkpoints.signed(RING, store.read(audit.head), NOW)
    assert () == wrong(store, exported)


def test_the_last_entries(store: Store) -> None:
    """They are listed oldest first, with their details."""
    found = store.read(lambda connection: audit.latest(connection, 2))
    assert [9, 10] == [entry.sequence for entry in found]
    assert '{"name":"Zo\\u00eb","number":10}' == found[-1].details


@pytest.mark.parametrize(
    "change", ["time = time + 1", "actor = 'me'", "action = 'read'", "about = 'x'", "details = '{}'"]
)
def test_an_edited_entry(store: Store, change: str) -> None:
    """A change of any column of one entry is found, at that entry."""
    sql(store, f"UPDATE audit SET {change} WHERE sequence = 3")
    assert ("entry 3 is not what was written there: it was changed or moved",) == wrong(store)


def test_a_deleted_entry(store: Store) -> None:
    """A gap is found; so is one that was closed by renumbering."""
    sql(store, "DELETE FROM audit WHERE sequence = 4")
    assert ("entries 4 to 4 are missing",) == wrong(store)
    for number in range(5, 11):
        sql(store, f"UPDATE audit SET sequence = {number - 1} WHERE sequence = {number}")
    assert "entry 4 is not what was written there: it was changed or moved" == wrong(store)[0]


def test_reordered_entries(store: Store) -> None:
    """Two entries that changed places are found."""
    sql(
        store,
        "UPDATE audit SET sequence = 99 WHERE sequence = 7",
        "UPDATE audit SET sequence = 7 WHERE sequence = 8",
        "UPDATE audit SET sequence = 8 WHERE sequence = 99",
    )
    assert "entry 7 is not what was written there: it was changed or moved" == wrong(store)[0]


def test_a_cut_end(store: Store) -> None:
    """Entries that are gone from the end are found by the head; where that was set back too, by a checkpoint."""
    exported = checkpoints.signed(RING, store.read(audit.head), NOW)
    sql(store, "DELETE FROM audit WHERE sequence > 8")
    assert ("10 entries were written, and the last one that is there is 8",) == wrong(store)
    sql(store, "UPDATE audit_head SET sequence = 8, hash = (SELECT hash FROM audit WHERE sequence = 8)")
    assert () == wrong(store)  # what a chain alone cannot show
    assert ("there were 10 entries at a checkpoint, and now there are 8: the end is cut off",) == wrong(store, exported)


def test_a_chain_that_was_written_anew(store: Store) -> None:
    """Another chain that is whole in itself is found by a checkpoint elsewhere, even where ours are gone."""
    exported = checkpoints.signed(RING, store.read(audit.head), NOW)
    sql(store, "DELETE FROM audit", "DELETE FROM audit_head", "DELETE FROM audit_checkpoints")
    for number in range(12):
        store.run(lambda connection, number=number: audit.append(connection, NOW, "someone", "did", str(number)))
    assert () == wrong(store)
    assert ("up to entry 10 this is not the chain that was signed: it was written anew",) == wrong(store, exported)


@pytest.mark.parametrize(
    ("forge", "why"),
    [
        (lambda signed: signed.replace('"count": 10', '"count": 9'), "its signature is not that of its text"),
        (lambda signed: signed.replace('"time": 1', '"time": 2'), "its signature is not that of its text"),
        (lambda signed: signed[:-20], "it is no checkpoint"),
        (lambda signed: "[]", "it is no checkpoint"),
        (lambda signed: "{}", "it is no checkpoint"),
        (
            lambda signed: checkpoints.signed(Keyring("x" * 32), audit.Head(10, bytes(32)), NOW),
            "its signature cannot be checked",
        ),
    ],
)
def test_a_forged_checkpoint(store: Store, forge: Callable[[str], str], why: str) -> None:
    """A checkpoint that another secret signed, or that was changed, is not believed."""
    exported = checkpoints.signed(RING, store.read(audit.head), NOW)
    (found,) = wrong(store, forge(exported))
    assert found.startswith(f"checkpoint 2 is not believed: {why}")


def test_checkpoints_outlive_their_secret(store: Store) -> None:
    """A checkpoint of the old secret is believed as long as that is among ours."""
    both = Keyring(f"{'n' * 32},{SECRET}")
    assert 6 == checkpoints.read(both, store.read(audit.checkpoints)[0]).count
