"""The floor: a bare Flask view in the same worker that makes the same exchange and parses the reply, nothing else.

``FLOOR_EXCHANGES`` names a JSON file that maps a path to the ``url``, ``headers`` and ``body`` of the adapter's own
call for it, as they were recorded in this run.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response
from lxml import etree

from adapter.exchange import Exchange

BODY = b'{"ok":true}'
SECONDS = 30
POOL_SIZE = 1000
MAX_REPLY_BYTES = 10_000_000


def create_app() -> Flask:
    """Return the application."""
    app = Flask(__name__)
    exchanges = json.loads(Path(os.environ["FLOOR_EXCHANGES"]).read_text(encoding="utf-8"))

    @app.get("/healthz")
    def alive() -> str:
        return "ok"

    for path, asked in exchanges.items():
        exchange = Exchange(asked["url"], max_reply_bytes=MAX_REPLY_BYTES, pool_size=POOL_SIZE)
        app.add_url_rule(path, path, _view(exchange, asked["headers"], asked["body"].encode()), methods=["GET", "POST"])
    return app


def _view(exchange: Exchange, headers: dict[str, str], body: bytes) -> Callable[[], Response]:
    def view() -> Response:
        reply = exchange.send("POST", deadline=time.monotonic() + SECONDS, headers=headers, body=body)
        etree.fromstring(reply.body)
        return Response(BODY, content_type="application/json")

    return view
