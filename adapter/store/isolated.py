"""Endpoints that an operator has taken out of use, with who did it and why."""

from __future__ import annotations

from sqlalchemy import Connection, select

from adapter.store.audit import append
from adapter.store.tables import ISOLATED


def isolate(connection: Connection, endpoint: str, now: float, actor: str, reason: str) -> bool:
    """Keep that an endpoint is not to be asked, with its entry in the audit. False: it is so already."""
    if endpoint in reasons(connection):
        return False
    connection.execute(ISOLATED.insert().values(endpoint=endpoint, since=now, actor=actor, reason=reason))
    append(connection, now, actor, "endpoint.isolated", endpoint, reason=reason)
    return True


def release(connection: Connection, endpoint: str, now: float, actor: str, reason: str) -> bool:
    """Keep that an endpoint may be asked again, with its entry in the audit. False: it may already."""
    if connection.execute(ISOLATED.delete().where(ISOLATED.c.endpoint == endpoint)).rowcount == 0:
        return False
    append(connection, now, actor, "endpoint.released", endpoint, reason=reason)
    return True


def reasons(connection: Connection) -> dict[str, str]:
    """Return why endpoints are not to be asked: in words, with who said so, by their names."""
    rows = connection.execute(select(ISOLATED).order_by(ISOLATED.c.endpoint))
    return {row.endpoint: f"{row.reason} ({row.actor})" for row in rows}
