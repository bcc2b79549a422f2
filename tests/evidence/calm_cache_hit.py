"""calm.cache_hit: requests a second on a kept answer, beside a bare Flask view that makes the same bytes.

Both run under the shipped gunicorn file, one worker each, and are asked one after the other in each round.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final
from urllib.request import urlopen

from flask import Flask, Response, jsonify

from tests.bench import load
from tests.cases import SHAPES, shape_project
from tests.evidence import Result
from tests.evidence.calm_erp import answering
from tests.stack import ROOT, gunicorn

GOAL: Final = 1 / 1.3
ROUNDS: Final = int(os.environ.get("ROUNDS") or 5)
SECONDS: Final = int(os.environ.get("SECONDS") or 2)
_DOCUMENT = "CACHE_HIT_DOCUMENT"
_PATH = "/v1/orders/A-1"


def create_app() -> Flask:
    """Return the bare view, which answers with the document in a file."""
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    document = json.loads(Path(os.environ[_DOCUMENT]).read_text("utf-8"))

    @app.get("/healthz")
    def alive() -> str:
        return "ok"

    @app.get("/v1/orders/<id>")
    def read(id: str) -> Response:
        return jsonify(document)

    return app


def measure() -> Result:
    """Take the rounds; anything but kept answers of the same document makes the line short."""
    with tempfile.TemporaryDirectory() as name, answering() as erp:
        project = shape_project(SHAPES / "cache", Path(name, "project"), erp.url)
        mapping = project / "mappings" / "mapping.yaml"
        mapping.write_text(mapping.read_text("utf-8").replace("fresh: 30", "fresh: 3600"), "utf-8")
        with gunicorn(project, {}) as (ours, _, _):
            document = Path(name, "document.json")
            document.write_bytes(load_once(ours + _PATH))
            environ = {_DOCUMENT: str(document)}
            with gunicorn(ROOT, environ, app="tests.evidence.calm_cache_hit:create_app()") as (bare, _, _):
                if json.loads(load_once(bare + _PATH)) != json.loads(document.read_bytes()):
                    return Result("the answers differ", ok=False)
                return _compared(ours + _PATH, bare + _PATH, lambda: len(erp.asked))


def load_once(url: str) -> bytes:
    """Return the body of one answer."""
    with urlopen(url, timeout=10) as answer:
        body: bytes = answer.read()
        return body


def _compared(ours: str, bare: str, asked: Callable[[], int]) -> Result:
    rates: dict[str, list[float]] = {ours: [], bare: []}
    errors: list[str] = []
    for number in range(-1, ROUNDS):  # the first is not kept, so that both are warm
        for url in (ours, bare) if number % 2 else (bare, ours):
            done = load.run(url, SECONDS if number >= 0 else 1)
            errors += [f"{kind} errors {count}" for kind, count in done.errors.items()]
            if number >= 0:
                rates[url].append(done.rate)
    mine, other = median(rates[ours]), median(rates[bare])
    if asked() != 1:
        errors.append(f"the ERP was asked {asked()} times")
    text = f"{mine / other:.2f} ({mine:,.0f}/s against {other:,.0f}/s)"
    if errors:
        return Result(f"{text}; BUT {', '.join(errors)}", ok=False)
    return Result(text, mine / other >= GOAL)
