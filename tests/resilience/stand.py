"""A whole installation to be broken: ERP, service, store, Valkey, each behind a proxy; gunicorn, ``adapter work``."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.microservice import microservice
from tests.resilience import engines, ledger
from tests.resilience.chaos import Worker
from tests.resilience.journal import Journal, endpoints
from tests.resilience.project import broken_project, moved
from tests.resilience.proxy import Proxy
from tests.resilience.stores import Place
from tests.stack import ROOT, gunicorn

CLOCK: Final = Path(__file__).parent / "clock"
PATIENCE: Final = 8.0
"""Seconds after which a call hangs: an operation may take 2, and a store is waited for no longer."""
SCOPES: Final = ("orders.read", "orders.write", "items.read", "customers.read", "customers.write")


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer: status, header fields by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def problem(self) -> str:
        """The slug of the problem that it is, "" for none."""
        if self.status < 400:
            return ""
        return str(json.loads(self.body)["type"]).rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Stand:
    """What runs. ``place`` is the store past its proxy; ``store`` and ``valkey`` are None where it is SQLite.

    ``environ`` is what its processes are given beside the environment of this one.
    """

    folder: Path
    journal: Journal
    erp: Proxy
    service: Proxy
    store: Proxy | None
    valkey: Proxy | None
    postgres: engines.PostgresServer | None
    valkey_server: engines.ValkeyServer | None
    place: Place
    port: int
    master: int
    worker: Worker
    key: str
    environ: Mapping[str, str]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the adapter, as an operator would."""
        return _command(self.environ, *words)

    def call(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Seen:
        """Make one call with the good key, unless ``headers`` says otherwise."""
        return self.anonymous(method, path, body, {"X-API-Key": self.key, **(headers or {})})

    def anonymous(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Seen:
        """Make one call without a key, unless ``headers`` has one."""
        data = None if body is None else json.dumps(body).encode()
        sent = {} if data is None else {"Content-Type": "application/json"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, data, {**sent, **(headers or {})})
            answer = connection.getresponse()
            fields = {name.lower(): value for name, value in answer.headers.items()}
            return Seen(answer.status, fields, answer.read())

    def customer_note(self, number: str) -> str:
        """Return the note of a customer as the service has it, past its proxy."""
        with closing(http.client.HTTPConnection(*self.service.target, timeout=PATIENCE)) as connection:
            connection.request("GET", f"/customers/{number}")
            return str(json.loads(connection.getresponse().read()).get("note"))

    def seen_place(self) -> Place:
        """Return where the store is now, also where its files were moved away to be broken."""
        away = self.folder / "away" / Path(self.place.store_url).name
        return Place(str(away), self.place.subjects_url) if away.exists() else self.place

    def clock(self, seconds: float) -> None:
        """Set the wall clock of the adapter's processes forth or back."""
        (self.folder / "clock").write_text(str(seconds))


@contextmanager
def stand(
    folder: Path,
    engine: str,
    make: Callable[[Path], Path] = broken_project,
    more: Mapping[str, str] | None = None,
) -> Iterator[Stand]:
    """Start all of it on ``postgres`` with Valkey, or on ``sqlite`` without; end what was started.

    ``make`` makes the project in a folder; ``more`` are settings beside those that it needs.
    """
    with ExitStack() as opened:
        journal = opened.enter_context(Journal(folder))
        erp = opened.enter_context(Proxy(journal.target))
        service = opened.enter_context(Proxy(_target(opened.enter_context(microservice()))))
        (folder / "clock").write_text("0")
        (folder / "project").mkdir()
        environ = {
            **endpoints(erp.url),
            "ADAPTER_SERVICE_CUSTOMERS": service.url,
            "ADAPTER_CALLERS": "known",
            "ADAPTER_STORE_KEY": ledger.KEY,
            "PYTHONPATH": str(CLOCK),
            "TESTS_CLOCK": str(folder / "clock"),
            **(more or {}),
        }
        postgres = valkey_server = store = valkey = None
        if engine == "postgres":
            postgres = opened.enter_context(engines.postgres())
            valkey_server = opened.enter_context(engines.valkey())
            store = opened.enter_context(Proxy(("127.0.0.1", postgres.port), http=False))
            valkey = opened.enter_context(Proxy(("127.0.0.1", valkey_server.port), http=False))
            place = Place(postgres.database(), postgres.database())
            environ |= {
                "ADAPTER_STORE": _behind(place.store_url, store),
                "ADAPTER_SUBJECTS": _behind(place.subjects_url, store),
                "ADAPTER_SHARED": f"redis://127.0.0.1:{valkey.port}/0",
            }
        else:
            (folder / "disk").mkdir()
            place = Place(str(folder / "disk" / "adapter.db"), str(folder / "subjects.db"))
            environ |= {"ADAPTER_STORE": place.store_url, "ADAPTER_SUBJECTS": place.subjects_url}
        project = make(folder / "project")
        key = made_key(project, environ, *SCOPES)
        if make is broken_project:
            moved(project, environ)
        url, master, _ = opened.enter_context(gunicorn(project, environ, workers=1))
        worker = opened.enter_context(Worker(project, environ, folder / "work.log"))
        yield Stand(
            folder, journal, erp, service, store, valkey, postgres, valkey_server, place, _target(url)[1], master.pid,
            worker, key, {**environ, "ADAPTER_PROJECT": str(project)},
        )  # fmt: skip


def made_key(project: Path, environ: Mapping[str, str], *scopes: str, owner: str = "evidence") -> str:
    """Make an API key with ``adapter keys create`` and return it."""
    words = ("keys", "create", "--owner", owner, "--scopes", ",".join(scopes))
    done = _command({**environ, "ADAPTER_PROJECT": str(project)}, *words)
    done.check_returncode()
    return done.stdout.split()[-1]


def _command(environ: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "adapter", *words]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)


def _target(url: str) -> tuple[str, int]:
    return "127.0.0.1", int(url.rpartition(":")[2])


def _behind(url: str, proxy: Proxy) -> str:
    head, _, name = url.rpartition("/")
    return f"{head.rpartition(':')[0]}:{proxy.port}/{name}"
