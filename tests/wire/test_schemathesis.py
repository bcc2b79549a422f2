"""The OpenAPI document against the running adapter, with few examples; job.schemathesis runs it with many."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.schemathesis import OFF, PHASES, Report, objections, run, switched_off, wanted
from tests.schemathesis_hooks import erp_refused
from tests.stack import ROOT, stack

PAGE = ROOT / "docs" / "reference" / "schemathesis.rst"
QUICK = ("examples", "fuzzing")
GOOD = Report((), 2, 300, dict.fromkeys(PHASES, "success"), {"GET /a": 100, "GET /b": 120}, wanted(), 3)


def test_document_is_kept(tmp_path: Path) -> None:
    """A handful of examples of every operation finds nothing that the document does not say."""
    with stack() as running:
        report = run(f"{running.url}/openapi.json", tmp_path, "--phases", ",".join(QUICK), "--max-examples", "4")
    assert () == report.failures
    assert [] == list(objections(report, 4, QUICK))


@contextmanager
def thing_server(quantity: Any) -> Iterator[str]:
    """A server whose document promises a text ``quantity``, and which answers what it is given."""
    schema = {"type": "object", "properties": {"quantity": {"type": "string"}}}
    described = {"200": {"description": "It.", "content": {"application/json": {"schema": schema}}}}
    documents = {
        "/openapi.json": {
            "openapi": "3.1.1",
            "info": {"title": "T", "version": "1"},
            "paths": {"/things": {"get": {"responses": described}}},
        },
        "/things": {"quantity": quantity},
    }

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = json.dumps(documents.get(self.path.partition("?")[0])).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/openapi.json"
        finally:
            server.shutdown()
            thread.join()


def test_broken_promise_is_found(tmp_path: Path) -> None:
    """A number where the document promises a text is a failure of the run."""
    with thing_server(1.5) as url:
        report = run(url, tmp_path, "--phases", "fuzzing", "--max-examples", "2")
    assert any("schema" in failure and "GET /things" in failure for failure in report.failures)


@pytest.mark.parametrize(
    ("report", "word"),
    [
        (replace(GOOD, phases={**GOOD.phases, "coverage": "skip"}), "coverage"),
        (replace(GOOD, phases={}), "stateful"),
        (replace(GOOD, operations=0, examples={}), "0 of 0"),
        (replace(GOOD, operations=3), "2 of 3"),
        (replace(GOOD, examples={"GET /a": 100, "GET /b": 12}), "GET /b had only 12"),
        (replace(GOOD, checks=wanted() - {"not_a_server_error"}), "not_a_server_error"),
    ],
)
def test_empty_run_does_not_count(report: Report, word: str) -> None:
    """A run that left out a phase, an operation, examples or a check does not pass for one that found nothing."""
    assert [] == list(objections(GOOD, 100))
    assert any(word in objection for objection in objections(report, 100))


@pytest.mark.parametrize(
    ("status", "body", "excused"),
    [
        (422, '{"type": "/problems/unknown-item"}', True),
        (422, '{"type": "/problems/invalid-request"}', False),
        (404, '{"type": "/problems/no-such-path"}', False),
        (502, '{"type": "/problems/unknown-item"}', False),
        (422, "[]", False),
        (422, "<html>", False),
    ],
)
def test_only_the_erp_may_refuse_what_is_right(status: int, body: str, excused: bool) -> None:
    """A refusal that a mapping's fault table names is excused; one of the adapter's own checks is not."""
    assert excused == erp_refused(status, body)


def test_page_names_every_check() -> None:
    """The page says of every check whether it is on, and gives the reason of every one that is off."""
    page = PAGE.read_text("utf-8")
    on, _, off = page.partition("Off\n---")
    assert set(OFF) == switched_off()
    assert [] == [name for name in sorted(wanted()) if f"``{name}``" not in on]
    assert [] == [name for name, reason in OFF.items() if f"``{name}``: {reason}" not in " ".join(off.split())]
