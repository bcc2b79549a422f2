"""The tables. Times are seconds since 1970 in UTC, from a wall clock; what is sealed or hashed is so before it comes.

``writes`` is described in docs/design/resilience.md. ``audit`` is a chain: ``hash`` covers the entry and the hash
before it, and ``audit_head`` knows the last one, so that entries have no gaps. ``subject_keys`` and ``vault_keys``
live in a database of their own, outside of backups: without them what is sealed in the other is noise.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    false,
    inspect,
    text,
)

from adapter.store import observing
from adapter.store.migrate import VERSION, Schema

_store = MetaData()
_subjects = MetaData()
_DOUBLE = "DOUBLE PRECISION NOT NULL DEFAULT 0"
_LONGEST = 700.0  # seconds that a call may take, with a margin

# SQLite has no sequences, and needs none: its writers stand in one line (store.writes).
# The number between two is the place of a row's copy.
SEQUENCE = Sequence("writes_sequence", increment=2, metadata=_store)

WRITES = Table(
    "writes",
    _store,
    Column("id", Text, primary_key=True),
    Column("caller", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("key", Text),  # a pseudonym of the Idempotency-Key; NULL: none was given
    Column("fingerprint", Text, nullable=False, default=""),
    Column("entity", Text, nullable=False, default=""),
    Column("sequence", BigInteger, nullable=False, unique=True),
    Column("subject", Text, nullable=False, default=""),
    Column("state", Text, nullable=False),
    Column("request", LargeBinary, nullable=False, default=b""),
    Column("answer", LargeBinary, nullable=False, default=b""),
    Column("reference", Text, nullable=False, default=""),
    Column("promised", Boolean, nullable=False, default=False),  # somebody was answered 202
    Column("attempts", Integer, nullable=False, default=0),
    Column("created", Double, nullable=False),
    Column("due", Double, nullable=False, default=0.0),
    Column("lease", Double, nullable=False, default=0.0),
    Column("owner", Text, nullable=False, default=""),
    Column("cause", Text, nullable=False, default=""),
    Column("changed", Double, nullable=False),
    # When its last try is over, in the monotonic time of the machine that made it (store.writes.Rest).
    Column("boot", Text, nullable=False, server_default=text("''")),
    Column("until", Double, nullable=False, server_default=text("0")),
    Column("span", Double, nullable=False, server_default=text("0")),
    Column("target", Text, nullable=False, default="soap", server_default="soap"),  # the side that it goes to
    Column("copy", Boolean, nullable=False, default=False, server_default=false()),  # of a write of the other side's
    UniqueConstraint("caller", "operation", "key", name="writes_key"),
    Index("writes_due", "state", "due"),
    Index("writes_entity", "entity", "state", "sequence"),
    Index("writes_subject", "subject"),
)

# Who is to be told that a row has ended. A row never waits for it.
CALLBACKS = Table(
    "callbacks",
    _store,
    Column("id", Text, primary_key=True),  # the row's
    Column("subject", Text, nullable=False, default=""),
    Column("url", LargeBinary, nullable=False),  # sealed
    Column("created", Double, nullable=False),
    Column("due", Double, nullable=False, default=0.0),
    Column("attempts", Integer, nullable=False, default=0),
    Index("callbacks_due", "due"),
)

# Where features stand that move to a new service (rollout.stages.Standing).
ROLLOUTS = Table(
    "rollouts",
    _store,
    Column("feature", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("stage", Text, nullable=False),
    Column("share", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("pinned_by", Text, nullable=False, default=""),
    Column("pinned_reason", Text, nullable=False, default=""),
    Column("pinned_until", Double, nullable=False, default=0.0),
    Column("rolled_back", Text, nullable=False, default=""),
    Column("verdict", Text, nullable=False, default=""),
    Column("since", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("dry_runs_off", Text, nullable=False, default="", server_default=text("''")),  # why
)

OBSERVED = observing.tables(_store)

# Entities in which both sides of a feature differ though nothing is on its way (store.drifts).
DRIFTS = Table(
    "rollout_drifts",
    _store,
    Column("feature", Text, primary_key=True),
    Column("entity", Text, primary_key=True),  # a pseudonym
    Column("kind", Text, nullable=False),
    Column("pointers", Text, nullable=False),  # as JSON
    Column("first", Double, nullable=False),
    Column("last", Double, nullable=False),
    Column("repaired", Boolean, nullable=False),
)

KEYS = Table(
    "keys",
    _store,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("scopes", Text, nullable=False, default=""),  # parted by spaces
    Column("note", Text, nullable=False, default=""),
    Column("created", Double, nullable=False),
    Column("expires", Double),
    Column("revoked", Double),
    Column("used", Double),
    Index("keys_owner", "owner"),
)

AUDIT = Table(
    "audit",
    _store,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("time", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("details", Text, nullable=False),  # a JSON object
    Column("hash", LargeBinary, nullable=False),
)

AUDIT_HEAD = Table(
    "audit_head",
    _store,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

CHECKPOINTS = Table(
    "audit_checkpoints",
    _store,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),  # the signed document, as it is exported
)

# Endpoints that an operator has taken out of use.
ISOLATED = Table(
    "isolated",
    _store,
    Column("endpoint", Text, primary_key=True),
    Column("since", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

SUBJECT_KEYS = Table(
    "subject_keys",
    _subjects,
    Column("subject", Text, primary_key=True),
    Column("id", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("secret", Text, nullable=False),  # the id of the secret that wraps it
    Column("created", Double, nullable=False),
    Column("held", Text, nullable=False, default=""),  # why it must not be erased
    Index("subject_keys_secret", "secret"),
)

VAULT_KEYS = Table(
    "vault_keys",
    _subjects,
    Column("name", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("secret", Text, nullable=False),
)


def _isolated(connection: Connection) -> None:
    ISOLATED.create(connection, checkfirst=True)


def _rests(connection: Connection) -> None:
    """Add when a try is over to rows of an earlier release; those under way then may take as long as any may."""
    for column, kind in (("boot", "TEXT NOT NULL DEFAULT ''"), ("until", _DOUBLE), ("span", _DOUBLE)):
        connection.execute(text(f"ALTER TABLE writes ADD COLUMN {column} {kind}"))
    under_way = WRITES.c.state.in_(("sending", "delivering", "unknown"))
    connection.execute(WRITES.update().where(under_way).values(span=_LONGEST))


def with_rollouts(connection: Connection) -> None:
    """Lead from version 3 to 4: features that move to a new service."""
    _store.create_all(connection)  # what is there already stays as it is
    for column in ("target TEXT NOT NULL DEFAULT 'soap'", "copy BOOLEAN NOT NULL DEFAULT false"):
        connection.execute(text(f"ALTER TABLE writes ADD COLUMN {column}"))
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER SEQUENCE writes_sequence INCREMENT BY 2"))


def _with_dry_runs(connection: Connection) -> None:
    """Lead from version 4 to 5: why there are no dry runs. The step before may have made the table as it is now."""
    if "dry_runs_off" not in {each["name"] for each in inspect(connection).get_columns("rollouts")}:
        connection.execute(text("ALTER TABLE rollouts ADD COLUMN dry_runs_off TEXT NOT NULL DEFAULT ''"))


STORE = Schema("store", _store, VERSION + 4, {1: _rests, 2: _isolated, 3: with_rollouts, 4: _with_dry_runs})
SUBJECTS = Schema("subjects", _subjects, VERSION)
