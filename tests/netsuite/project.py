"""The adapter on NetSuite's contract, and the hand-written application, both in front of our responder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from adapter.app import create_app
from adapter.wsdl.load import load
from adapter.wsdl.lock import write_lock
from tests.everyone import EVERYONE
from tests.netsuite import responder
from tests.netsuite.by_hand.app import create_app as by_hand
from tests.netsuite.by_hand.netsuite import Credentials, NetSuite
from tests.netsuite.contract import CONTRACT, WSDL
from tests.replay import Replay, replaying

MAPPINGS = Path(__file__).parent / "mappings"
SETTINGS = {
    "ADAPTER_CREDENTIAL_NETSUITE_ACCOUNT": responder.ACCOUNT,
    "ADAPTER_CREDENTIAL_NETSUITE_CONSUMER_KEY": responder.CONSUMER_KEY,
    "ADAPTER_CREDENTIAL_NETSUITE_CONSUMER_SECRET": responder.CONSUMER_SECRET,
    "ADAPTER_CREDENTIAL_NETSUITE_TOKEN": responder.TOKEN,
    "ADAPTER_CREDENTIAL_NETSUITE_TOKEN_SECRET": responder.TOKEN_SECRET,
}


@dataclass
class Account:
    """The responder behind its server: what it was asked, and what it answered."""

    world: responder.NetSuite = field(default_factory=responder.NetSuite)
    calls: list[tuple[bytes, bytes]] = field(default_factory=list)

    def __call__(self, envelope: bytes) -> tuple[int, bytes]:
        """Answer one call and keep it."""
        status, reply = self.world(envelope)
        self.calls.append((envelope, reply))
        return status, reply

    def reset(self, trouble: str = "") -> None:
        """Begin anew, maybe on a bad day."""
        self.world.reset()
        self.world.trouble = trouble
        self.calls.clear()


@contextmanager
def account() -> Iterator[tuple[Account, Replay]]:
    """Yield a responder, and the server that it stands behind."""
    found = Account()
    with replaying(found) as server:
        yield found, server


@contextmanager
def adapter_app(server: Replay) -> Iterator[Flask]:
    """Yield the adapter on a temporary project with a copy of the contract."""
    with adapter_project(server.url) as (project, environ):
        yield create_app(project, environ)


@contextmanager
def adapter_project(url: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield the temporary project, and the environment that it needs."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copytree(CONTRACT, project / "wsdl" / "netsuite")
        shutil.copytree(MAPPINGS, project / "mappings")
        (project / "wsdl").chmod(0o755)
        write_lock(project / "wsdl", [load(project / "wsdl", "netsuite/netsuite.wsdl")])
        yield project, {**SETTINGS, **EVERYONE, "ADAPTER_ENDPOINT_NETSUITESERVICE": url}


def by_hand_app(server: Replay) -> Flask:
    """Return the hand-written application."""
    mine = Credentials(
        responder.ACCOUNT,
        responder.CONSUMER_KEY,
        responder.CONSUMER_SECRET,
        responder.TOKEN,
        responder.TOKEN_SECRET,
    )
    return by_hand(NetSuite(str(WSDL), server.url, mine), "a key for cursors")
