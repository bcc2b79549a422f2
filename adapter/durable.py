"""The store and the vault of a project, for whoever needs one: nothing of them is loaded, opened or asked before.

One ``Durable`` serves a process and all that it forks: each opens its own at first use (``store.Store``). Its secrets
are read then, from settings or from the files that they name.
"""

from __future__ import annotations

import importlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from adapter import parsers
from adapter.errors import BuildError, Mistake

if TYPE_CHECKING:
    from adapter.settings import Settings
    from adapter.store import Store
    from adapter.vault import Keyring, Vault


class Durable:
    """What writes, API keys and the audit need of one project."""

    def __init__(self, settings: Settings, project: Path) -> None:
        self._settings, self._project = settings, project
        self._making = threading.Lock()
        self._store: Store | None = None
        self._keyring: Keyring | None = None
        self._vault: Vault | None = None

    @property
    def store(self) -> Store:
        """The database of writes, API keys and the audit. Raises BuildError where a setting of it is wrong."""
        with self._making:
            if self._store is None:
                self._store = self._opened(self._settings.store, "STORE")
            return self._store

    @property
    def keyring(self) -> Keyring:
        """The operator's secrets. Raises BuildError where there are none."""
        with self._making:
            return self._secrets()

    @property
    def vault(self) -> Vault:
        """What seals and opens. Raises BuildError where a setting of it is wrong."""
        with self._making:
            if self._vault is None:
                ring = self._secrets()
                self._vault = importlib.import_module("adapter.vault").Vault(
                    self._opened(self._settings.subjects, "SUBJECTS"), ring
                )
            return self._vault

    def check(self) -> tuple[Mistake, ...]:
        """Return what is wrong with the settings of the store, without opening it: for a project that needs one."""
        try:
            _ = self.store, self.vault, self.buckets_key()
        except BuildError as error:
            return error.mistakes
        return ()

    def place(self, path: str) -> Path:
        """Return where a path of the settings is: it counts from the project folder."""
        return self._project / path

    def password(self) -> str:
        """Return the password of PostgreSQL, "" where it has none. Raises BuildError where its file cannot be read."""
        return self._text("STORE_PASSWORD", self._settings.store_password, self._settings.store_password_file)

    def buckets_key(self) -> bytes:
        """Return the secret that entities are spread by. Raises BuildError where its file is none, or long."""
        text = self._text("BUCKETS_KEY", self._settings.buckets_key, self._settings.buckets_key_file)
        try:
            return parsers.buckets_key(text).encode()
        except ValueError as error:
            raise BuildError([Mistake("adapter.env", 0, 0, f"ADAPTER_BUCKETS_KEY_FILE: {error}")]) from error

    def _opened(self, url: str, schema: str) -> Store:
        room = importlib.import_module("adapter.store")
        place = url if "://" in url else str(self._project / url)
        return room.open_store(  # type: ignore[no-any-return]
            place, getattr(room, schema), password=self.password(), forgetful=schema == "SUBJECTS"
        )

    def _secrets(self) -> Keyring:
        if self._keyring is None:
            text = self._text("STORE_KEY", self._settings.store_key, self._settings.store_key_file)
            if not text:
                remedy = "make one with `adapter store key`, and keep it apart from the database"
                raise BuildError([Mistake("adapter.env", 0, 0, "ADAPTER_STORE_KEY is not set", remedy)])
            try:
                self._keyring = importlib.import_module("adapter.vault").Keyring(parsers.secrets(text))
            except ValueError as error:
                raise BuildError([Mistake("adapter.env", 0, 0, f"ADAPTER_STORE_KEY_FILE: {error}")]) from error
        assert self._keyring is not None
        return self._keyring

    def _text(self, name: str, given: str, file: str) -> str:
        if given or not file:
            return given
        try:
            return (self._project / file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            text = f"ADAPTER_{name}_FILE: {file} cannot be read ({type(error).__name__})"
            raise BuildError([Mistake("adapter.env", 0, 0, text)]) from error
