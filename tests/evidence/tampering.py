"""What somebody with write access to the database may do to the audit, and whether checking it notices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection, text

from adapter.store import Store, audit
from adapter.vault import Keyring, chain, checkpoints

ENTRIES = 200


def found(fresh: Callable[[], Store], ring: Keyring) -> dict[str, bool]:
    """Return by kind of tampering whether it was found, each in a new store with the same entries.

    ``nothing`` is the control: an audit that nobody touched must be whole.
    """
    return {kind: _noticed(fresh(), ring, act) for kind, act in _KINDS.items()} | {
        "nothing": not _noticed(fresh(), ring, lambda connection: None)
    }


def _noticed(store: Store, ring: Keyring, tamper: Callable[[Connection], None]) -> bool:
    for number in range(1, ENTRIES + 1):
        store.run(partial(_append, number))
    exported = checkpoints.signed(ring, store.read(audit.head), 0.0)
    store.run(tamper)
    checked = store.read(
        lambda connection: chain.check(
            audit.entries(connection), audit.head(connection), ring, [*audit.checkpoints(connection), exported]
        )
    )
    store.close()
    return bool(checked.wrong)


def _append(number: int, connection: Connection) -> None:
    audit.append(connection, 1000.0 + number, "someone", "key.created", f"thing {number}", number=number)


def _run(connection: Connection, *statements: str) -> None:
    for each in statements:
        connection.execute(text(each))


def _edit(connection: Connection) -> None:
    _run(connection, "UPDATE audit SET actor = 'another' WHERE sequence = 77")


def _delete(connection: Connection) -> None:
    """Take one out, and close the gap."""
    _run(connection, "DELETE FROM audit WHERE sequence = 77")
    for number in range(78, ENTRIES + 1):
        _run(connection, f"UPDATE audit SET sequence = {number - 1} WHERE sequence = {number}")
    _run(connection, f"UPDATE audit_head SET sequence = {ENTRIES - 1}")


def _reorder(connection: Connection) -> None:
    """Let two change places, by everything but their numbers and hashes."""
    columns = ("time", "actor", "action", "about", "details")
    rows = [
        connection.execute(text(f"SELECT {', '.join(columns)} FROM audit WHERE sequence = {number}")).one()
        for number in (77, 78)
    ]
    for number, row in ((77, rows[1]), (78, rows[0])):
        change = ", ".join(f"{name} = :{name}" for name in columns)
        connection.execute(text(f"UPDATE audit SET {change} WHERE sequence = {number}"), dict(row._mapping))


def _truncate(connection: Connection) -> None:
    """Cut the end off, and set the head back."""
    _run(
        connection,
        "DELETE FROM audit WHERE sequence > 150",
        "UPDATE audit_head SET sequence = 150, hash = (SELECT hash FROM audit WHERE sequence = 150)",
    )


def _fork(connection: Connection) -> None:
    """Write the end anew with an entry changed, each hash in order, as our own code would."""
    _truncate(connection)
    for number in range(151, ENTRIES + 1):
        audit.append(connection, 1000.0 + number, "someone", "key.created", f"thing {number + 1}", number=number)


_KINDS: dict[str, Callable[[Connection], None]] = {
    "edit": _edit,
    "delete": _delete,
    "reorder": _reorder,
    "truncate": _truncate,
    "fork": _fork,
}
