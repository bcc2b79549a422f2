"""An application with the operators' page, one feature, and people with keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from werkzeug.test import TestResponse

from adapter.app import create_app
from adapter.settings import Settings
from adapter.store import audit, rollouts
from tests.callers.known import SECRET, durable, made_key
from tests.console.visiting import Page, Visitor
from tests.strangler.project import moving_reads

PEOPLE: Final = {
    "ann": ("rollout.read", "rollout.operate"),
    "bob": ("rollout.read", "rollout.approve"),
    "cat": ("rollout.read",),
    "eve": ("rollout.operate", "rollout.approve"),
}
FEATURE: Final = "/console/features/customers"


class Site:
    """An application with one feature, and people with keys."""

    def __init__(self, folder: Path, make: Callable[[Path], Path] = moving_reads, **environ: str) -> None:
        settings = {
            "ADAPTER_STORE": str(folder / "adapter.db"), "ADAPTER_SUBJECTS": str(folder / Settings().subjects),
            "ADAPTER_STORE_KEY": SECRET, "ADAPTER_CONSOLE": "on",
        }  # fmt: skip
        self.app = create_app(make(folder), {**settings, **environ})
        self.durable = durable(folder)
        self.store = self.durable.store
        self.keys = {name: made_key(self.durable, name, scopes) for name, scopes in PEOPLE.items()}

    def visitor(self, name: str, **more: Any) -> Visitor:
        """Return somebody who has logged in."""
        return Visitor(self.app, self.keys[name], **more)

    def stands(self) -> tuple[str, int]:
        """Return the stage and the epoch of the feature."""
        found = self.store.read(lambda connection: rollouts.of(connection, "customers"))
        return found.stage, found.epoch

    def audited(self) -> list[tuple[str, str]]:
        """Return who did what."""
        entries = self.store.read(lambda connection: audit.about(connection, "customers", "rollout.", 99))
        return [(each.actor, each.action) for each in entries]


def refused(answer: TestResponse, status: int) -> str:
    """Return the words of a refusal: a page, with its status."""
    assert status == answer.status_code, answer.text
    assert "text/html; charset=utf-8" == answer.content_type
    return Page(answer.text).words


def wait_until(true: Any) -> None:
    """Wait for what is read beside requests."""
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
