"""The version of a database's tables. Tables are made where there are none; those of a newer release are left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, inspect, text

from adapter.store.failures import unavailable

VERSION = 1
# Any number, but the same for all releases: who makes or changes tables in PostgreSQL waits for whoever does so now.
_LOCK = 0x5374_7261
_versions = MetaData()
_VERSION = Table(
    "schema_version", _versions, Column("name", Text, primary_key=True), Column("version", Integer, nullable=False)
)


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one database. ``steps`` leads from each older version to the next."""

    name: str
    tables: MetaData
    version: int
    steps: Mapping[int, Callable[[Connection], None]] = field(default_factory=dict)


def migrate(connection: Connection, schema: Schema) -> None:
    """Bring the tables to the version of this release, in the transaction of ``connection``.

    Raise StoreUnavailable where they are those of a newer release, or of another database.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if not inspect(connection).has_table(_VERSION.name):
        _versions.create_all(connection)
        schema.tables.create_all(connection)
        connection.execute(_VERSION.insert().values(name=schema.name, version=schema.version))
        return
    found = {row.name: row.version for row in connection.execute(_VERSION.select())}
    if schema.name not in found:
        raise unavailable(f"not a database of the {schema.name}, but of {', '.join(sorted(found)) or 'nothing'}")
    if found[schema.name] > schema.version:
        raise unavailable(f"its tables are version {found[schema.name]}, and this release knows {schema.version}")
    for version in range(found[schema.name], schema.version):
        schema.steps[version](connection)
    connection.execute(_VERSION.update().where(_VERSION.c.name == schema.name).values(version=schema.version))


def current(connection: Connection, schema: Schema) -> bool:
    """Return whether the tables are there already, in the version of this release. Only reads."""
    if not inspect(connection).has_table(_VERSION.name):
        return False
    found = connection.execute(_VERSION.select().where(_VERSION.c.name == schema.name)).one_or_none()
    return found is not None and found.version == schema.version
