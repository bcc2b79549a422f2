"""calm.erase: what somebody finds of erased subjects who has all our files, a backup, and the operator's secret.

Subjects have writes in all states, dead letters among them, sealed as the adapter seals them; keys come and go between
them. Some are then erased by the command. Their texts and their keys are searched in each file of the databases, WAL
and the server's whole data directory included, and each sealed row of theirs, also of a backup from before, is tried
with the secret. Rows of the others must all open, or nothing that was found means anything. Answers that a running
worker keeps in its memory must not be given any more, once the command has ended.
"""

from __future__ import annotations

import contextlib
import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from adapter import cli
from adapter.errors import VaultError
from adapter.store import STORE, SUBJECTS, Connection, Store, open_store, subjects, writes
from adapter.store.writes import Write
from adapter.vault import Keyring, Subject, Vault, new_secret
from tests.evidence import Result, tampering
from tests.resilience import engines, forgotten

PEOPLE, ERASED = 200, 20
_STATES = (writes.DONE, writes.REFUSED, writes.QUEUED, writes.UNKNOWN, writes.PARKED)
_SECONDS = 1.0


@dataclass(slots=True)
class Found:
    """What one engine gave away: bytes, how long a command took (median), and tampering by kind."""

    bytes: int = 0
    seconds: float = 0.0
    others: bool = True
    kinds: dict[str, bool] = field(default_factory=dict)
    where: list[str] = field(default_factory=list)


def measure() -> Result:
    """Measure on both engines."""
    with tempfile.TemporaryDirectory() as folder:
        found = {"SQLite": _sqlite(Path(folder))}
    # What a server keeps of old WAL segments is for its operator to say: docs/howto/store-and-secrets.rst.
    with engines.postgres(wal_recycle="off") as server, tempfile.TemporaryDirectory() as folder:
        found["PostgreSQL"] = _postgres(server, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        given = forgotten.with_valkey(Path(folder))
    ok = given.before == forgotten.ANSWERS and given.after == 0
    ok &= all(
        each.bytes == 0 and each.others and all(each.kinds.values()) and each.seconds <= _SECONDS
        for each in found.values()
    )
    told = "; ".join(_told(name, each) for name, each in found.items())
    return Result(f"{told}; of {given.before} answers in the cache {given.after} given afterwards", ok)


def _told(name: str, found: Found) -> str:
    kinds = [kind for kind in found.kinds if kind != "nothing"]
    noticed = sum(found.kinds[kind] for kind in kinds)
    extra = "" if found.others and found.kinds["nothing"] else ", what was not touched is broken"
    where = f" ({', '.join(sorted(set(found.where)))})" if found.where else ""
    return f"{name}: {found.bytes} bytes{where}, tampering {noticed}/{len(kinds)}, {found.seconds:.2f} s{extra}"


def _sqlite(folder: Path) -> Found:
    project = folder / "project"
    (project / "mappings").mkdir(parents=True)
    case = _Case(project, str(project / "adapter.db"), str(project / "adapter-subjects.db"))
    backup = folder / "backup.db"

    def backed_up() -> Store:
        case.store.copy(backup, time.monotonic() + 60)
        return open_store(str(backup))

    names = iter(range(100))
    found = case.erased(backed_up, [folder])
    found.kinds = tampering.found(lambda: open_store(str(folder / f"audit{next(names)}.db")), case.ring)
    return found


def _postgres(server: engines.PostgresServer, folder: Path) -> Found:
    project = folder / "project"
    (project / "mappings").mkdir(parents=True)
    case = _Case(project, server.database(), server.database())
    dump = folder / "backup.dump"

    def backed_up() -> Store:
        server.tool("pg_dump", "--format=custom", "--compress=none", f"--file={dump}", case.store_url)
        restored = server.database()
        server.tool("pg_restore", f"--dbname={restored}", str(dump))
        return open_store(restored)

    found = case.erased(backed_up, [folder, server.folder])
    found.kinds = tampering.found(lambda: open_store(server.database()), case.ring)
    return found


class _Case:
    """People whose writes are kept in one store, some of whom are erased."""

    def __init__(self, project: Path, store_url: str, subjects_url: str) -> None:
        self.store_url = store_url
        self._secret = new_secret()
        self.ring = Keyring(self._secret)
        self._environ = {
            "ADAPTER_PROJECT": str(project),
            "ADAPTER_STORE": store_url,
            "ADAPTER_SUBJECTS": subjects_url,
            "ADAPTER_STORE_KEY": self._secret,
        }
        self.store = open_store(store_url, STORE)
        self._keys = open_store(subjects_url, SUBJECTS, forgetful=True)
        self._vault = Vault(self._keys, self.ring)

    def erased(self, back_up: Callable[[], Store], places: Sequence[Path]) -> Found:
        """Fill the store, back it up, erase, and search."""
        people = [f"person {number}" for number in range(PEOPLE)]
        gone = people[:: PEOPLE // ERASED]
        subject_of = {person: self._vault.subject(person) for person in people}
        for person in people:
            self._write(person, subject_of[person])
        wrapped = [self._keys.read(partial(_key, subject_of[each])) for each in gone]
        backup, found, took = back_up(), Found(), []
        for person in gone:
            begun = time.monotonic()
            self._command("erase", person)
            took.append(time.monotonic() - begun)
        found.seconds = statistics.median(took)  # one that others kept from the disk says nothing about us
        erased = {subject_of[person] for person in gone}
        for store in (self.store, backup):
            self._try_all(store, erased, found)
        texts = [text.encode() for person in gone for text in _texts(person)]
        _search(places, {"text": texts, "key": wrapped}, found)
        return found

    def _write(self, person: str, subject: Subject) -> None:
        """Make one write in each state. A key that is made and erased in between moves others about in their pages."""
        for state, body in zip(_STATES, _texts(person), strict=True):
            row = Write("shop", "orders.create", state, 1000.0, subject=subject)
            row = replace(row, request=self._vault.seal(subject, body.encode(), f"{row.id} request"))
            row = replace(row, answer=self._vault.seal(subject, body.encode(), f"{row.id} answer"))
            self.store.run(partial(_insert, row))
        passing = self._vault.subject(f"passing {person}")
        self._vault.seal(passing, b"")
        if person.endswith(("3", "7")):
            self._vault.erase(passing)

    def _command(self, *words: str) -> None:
        """Run a command as an operator would, who has the settings in the environment."""
        with _environment(self._environ), contextlib.redirect_stdout(io.StringIO()):
            if cli.run(words) != 0:
                raise RuntimeError(f"{' '.join(words)} failed")

    def _try_all(self, store: Store, erased: set[Subject], found: Found) -> None:
        """Try each sealed text with all that is left: rows of the erased must not open, those of others must."""
        vault = Vault(self._keys, Keyring(self._secret))
        for state in _STATES:
            for row in store.read(partial(_rows, state)):
                for column, sealed in (("request", row.request), ("answer", row.answer)):
                    opened = _opened(vault, Subject(row.subject), sealed, f"{row.id} {column}")
                    if row.subject not in erased:
                        found.others &= opened > 0
                    elif opened:
                        found.bytes += opened
                        found.where.append("opened")


def _insert(row: Write, connection: Connection) -> None:
    writes.insert(connection, row)


def _rows(state: str, connection: Connection) -> list[Write]:
    return writes.due(connection, state, 1e9, 10**6)


def _key(subject: Subject, connection: Connection) -> bytes:
    key = subjects.find(connection, subject)
    if key is None:
        raise LookupError("nothing was sealed")
    return key.wrapped


def _texts(person: str) -> list[str]:
    return [f"{person}, {state}: lives in {state.upper()} street {len(person)}" for state in _STATES]


def _opened(vault: Vault, subject: Subject, sealed: bytes, place: str) -> int:
    try:
        return len(vault.open(subject, sealed, place))
    except VaultError:
        return 0


def _search(places: Sequence[Path], wanted: dict[str, list[bytes]], found: Found) -> None:
    """Search files for bytes as they are, and as PostgreSQL writes them into text."""
    for place in places:
        for file in sorted(each for each in place.rglob("*") if each.is_file() and not each.is_symlink()):
            content = file.read_bytes()
            for kind, texts in wanted.items():
                for text in texts:
                    if text in content or text.hex().encode() in content:
                        found.bytes += len(text)
                        found.where.append(f"{kind} in {file.parent.name}/{file.name}")


@contextlib.contextmanager
def _environment(environ: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
