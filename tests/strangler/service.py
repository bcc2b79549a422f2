"""A microservice that remembers each effect for good, and does what an Idempotency-Key stands for once.

It keeps any documents, by path: POST (with the id of the body, or the next), PUT, PATCH (members that are sent replace
those that are there), GET, and a list with ``limit`` and ``offset``. Its SQLite file is the journal: what was done, in
its order, in one transaction with the document. ``die_after_effect`` ends it by SIGKILL between an effect and its
answer. ``tests.resilience.journal`` is the same for the ERP.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.killable import Killable

_TABLES = (
    "CREATE TABLE IF NOT EXISTS documents (path TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS effects "
    "(place INTEGER PRIMARY KEY, key TEXT UNIQUE, path TEXT, body TEXT, answer TEXT)",
)


class Service(Killable):
    """Starts, kills and restarts it, always at the same port. Used in a ``with`` block."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of its files."""
        super().__init__(folder, "service", "tests.strangler.service", "/_well")
        with _opened(str(self._database)) as sql:
            for table in _TABLES:
                sql.execute(table)

    def put(self, documents: Mapping[str, Mapping[str, Any] | None]) -> None:
        """Put documents there, or take them away, by path and past the journal, as somebody else might."""
        with _opened(str(self._database)) as sql:
            for path, document in documents.items():
                sql.execute("DELETE FROM documents WHERE path = ?", [path])
                if document is not None:
                    sql.execute("INSERT INTO documents VALUES (?, ?)", [path, json.dumps(document)])

    def documents(self) -> dict[str, dict[str, Any]]:
        """Return all documents by path. It may be down."""
        with _opened(str(self._database)) as sql:
            return {path: json.loads(text) for path, text in sql.execute("SELECT path, document FROM documents")}

    def effects(self) -> list[tuple[str, dict[str, Any]]]:
        """Return path and body of each write that was done, first done first. It may be down."""
        with _opened(str(self._database)) as sql:
            return [
                (path, json.loads(body)) for path, body in sql.execute("SELECT path, body FROM effects ORDER BY place")
            ]


@contextmanager
def _opened(database: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database, timeout=20, isolation_level=None)) as sql:
        sql.execute("PRAGMA journal_mode = WAL")
        sql.execute("BEGIN IMMEDIATE")
        yield sql
        sql.execute("COMMIT")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    database: str
    dying: Path

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        with _opened(self.database) as sql:
            found = sql.execute("SELECT document FROM documents WHERE path = ?", [url.path]).fetchone()
            if found is None and url.path.count("/") == 1:
                rows = sql.execute("SELECT document FROM documents WHERE path LIKE ? ORDER BY path", [f"{url.path}/%"])
                items = [json.loads(row[0]) for row in rows]
                limit, offset = int(query.get("limit", 50)), int(query.get("offset", 0))
                page = {"limit": limit, "offset": offset, "total": len(items)}
                return self._send(200, {"items": items[offset : offset + limit], "page": page})
        return self._send(200, json.loads(found[0])) if found else self._send(404, _gone(url.path))

    def _write(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers.get("Idempotency-Key")
        with _opened(self.database) as sql:
            first = sql.execute("SELECT answer FROM effects WHERE key = ?", [key]).fetchone() if key else None
            answer = json.loads(first[0]) if first else self._done(sql, key, body)
        if answer is None:
            return self._send(404, _gone(self.path))
        if first is None:
            self._die()
        return self._send(201 if self.command == "POST" else 200, answer)

    do_POST = do_PUT = do_PATCH = _write  # noqa: N815

    def _done(self, sql: sqlite3.Connection, key: str | None, body: dict[str, Any]) -> dict[str, Any] | None:
        path = self.path
        if self.command == "POST":
            id = body.get("id") or str(1 + sql.execute("SELECT count(*) FROM documents").fetchone()[0])
            path, body = f"{path}/{id}", {**body, "id": id}
        old = sql.execute("SELECT document FROM documents WHERE path = ?", [path]).fetchone()
        if old is None and self.command != "POST":
            return None
        new = {**json.loads(old[0]), **body} if old is not None else body
        sql.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", [path, json.dumps(new)])
        values = [key, path, json.dumps(body), json.dumps(new)]
        sql.execute("INSERT INTO effects (key, path, body, answer) VALUES (?, ?, ?, ?)", values)
        return new

    def _die(self) -> None:
        try:
            self.dying.unlink()  # whoever takes the order carries it out
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    def _send(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _gone(path: str) -> dict[str, Any]:
    return {"type": "/problems/customer-not-found", "title": "Not there", "status": 404, "detail": path}


def main(arguments: Iterable[str]) -> None:
    """Serve until killed."""
    database, port, dying = arguments
    bound = type("BoundHandler", (_Handler,), {"database": database, "dying": Path(dying)})
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), bound)
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
