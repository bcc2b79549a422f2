"""A project whose callers have to be known: its store, keys made in it, and an application in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from adapter.callers.keys import peppers
from adapter.callers.keytext import new_key
from adapter.durable import Durable
from adapter.settings import Settings
from adapter.store import keys
from tests.callers.issuing import AUDIENCE, ISSUER

SECRET = "a-secret-of-the-tests-of-forty-characters"


def settings(folder: Path, jwks: str) -> dict[str, str]:
    """Return the settings of a project in which keys of its store, and tokens of an issuer, say who asks."""
    return {
        "ADAPTER_CALLERS": "known",
        "ADAPTER_STORE": str(folder / "adapter.db"),
        "ADAPTER_SUBJECTS": str(folder / "subjects.db"),
        "ADAPTER_STORE_KEY": SECRET,
        "ADAPTER_ISSUER_LOGIN_URL": ISSUER,
        "ADAPTER_ISSUER_LOGIN_AUDIENCE": AUDIENCE,
        "ADAPTER_ISSUER_LOGIN_JWKS": jwks,
    }


def durable(folder: Path, secret: str = SECRET) -> Durable:
    """Return the store of a folder."""
    return Durable(Settings(store_key=secret), folder)


def made_key(store: Durable, owner: str = "me", scopes: tuple[str, ...] = ("a",), **more: Any) -> str:
    """Make a key and return its text."""
    id, text = new_key()
    key = keys.Key(id, owner, peppers(store.keyring)[0].kept(text), time.time(), scopes, **more)
    store.store.run(lambda connection: keys.add(connection, key))
    return text


def wait_until_known(folder: Path, workers: int, patience: float = 20.0) -> None:
    """Wait until so many processes know the keys of their store: then they say how old they are, in their metrics.

    ``folder`` is their ``PROMETHEUS_MULTIPROC_DIR``. Raise TimeoutError.
    """
    until = time.monotonic() + patience
    while sum(b"adapter_callers_age_seconds" in file.read_bytes() for file in folder.glob("gauge_*.db")) < workers:
        if time.monotonic() > until:
            raise TimeoutError("not all workers know their callers")
        time.sleep(0.02)


def raising(error: Exception) -> None:
    """Fail a test in which something in the background failed."""
    raise error


def never(error: Exception) -> None:
    """Take a failure of the background that a test expects."""


Told = Callable[[Exception], None]
