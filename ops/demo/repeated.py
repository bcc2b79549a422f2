"""Writes with an Idempotency-Key: each is done once, and its first answer is given again, also after a restart.

What was done and that it was done are one transaction. The rows stand in the order in which writes were done.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

from finding import Customer


def prepare(sql: sqlite3.Connection) -> None:
    """Make the table where it is missing."""
    sql.execute("CREATE TABLE IF NOT EXISTS done (key TEXT PRIMARY KEY, id TEXT, document TEXT) STRICT")


def once(sql: sqlite3.Connection, key: str, act: Callable[[sqlite3.Connection], Customer]) -> Customer:
    """Return what a write made, now or when its key was first used; "" for none. A refusal is not kept."""
    found = sql.execute("SELECT document FROM done WHERE key = ?", [key]).fetchone() if key else None
    if found is not None:
        first: Customer = json.loads(found[0])
        return first
    made = act(sql)
    if key:
        values = [key, made["id"], json.dumps(made, ensure_ascii=False)]
        sql.execute("INSERT INTO done (key, id, document) VALUES (?, ?, ?)", values)
    return made
