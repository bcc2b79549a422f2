"""Stores for tests, on both engines: SQLite in a folder of the test's, PostgreSQL in a new database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapter.store import STORE, SUBJECTS, Store, open_store
from adapter.vault import Keyring, Vault
from tests.resilience import engines

SECRET = "a secret of tests which is longer than it must be"
ENGINES = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the databases of one test are, and what opens them."""

    store_url: str
    subjects_url: str

    def store(self, **more: Any) -> Store:
        """Return the store, not yet opened, as another process would see it."""
        return open_store(self.store_url, STORE, **more)

    def subjects(self) -> Store:
        """Return the database of the keys of subjects."""
        return open_store(self.subjects_url, SUBJECTS, forgetful=True)

    def vault(self, secret: str = SECRET) -> Vault:
        """Return the vault, as another process would see it."""
        return Vault(self.subjects(), Keyring(secret), now=lambda: 1000.0)


def place(engine: str, folder: Path) -> Place:
    """Return a new, empty place. Skips the test where the engine is not installed."""
    if engine == "sqlite":
        return Place(str(folder / "adapter.db"), str(folder / "adapter-subjects.db"))
    try:
        server = engines.shared_postgres()
    except engines.Absent as absent:
        pytest.skip(str(absent))
    return Place(server.database(), server.database())
