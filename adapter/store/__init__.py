"""The store: the truth about writes, API keys and the audit, in SQLite or PostgreSQL. The only SQL of this package.

``Store.run`` is one transaction: all of it is kept, on the disk, when it returns, or nothing. Functions about rows
(``writes``, ``keys``, ``audit``) take its connection first. Importing this room loads SQLAlchemy, so a process that
may do without a store reaches it through ``adapter.durable``.
"""

from __future__ import annotations

from sqlalchemy import Connection

from adapter.store.database import Store, open_store
from adapter.store.migrate import Schema
from adapter.store.tables import STORE, SUBJECTS
from adapter.store.within import within

__all__ = ["STORE", "SUBJECTS", "Connection", "Schema", "Store", "open_store", "within"]
