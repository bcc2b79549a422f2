"""map.sequence: header, lines and commit against a server that fails at each step in each way.

What callers are told is held against what the server has: done only if it is final, undone only if it is gone, and
what is known is what is there. The mapping is that of ``tests/shapes/sequence``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from adapter.app import create_app
from tests.cases import SHAPES, shape_project
from tests.everyone import EVERYONE
from tests.evidence import Result
from tests.evidence.order_taker import STEPS, WAYS, OrderTaker
from tests.replay import replaying

TIMEOUT = "1"
BODY = {"note": "eilig", "lines": [{"item": "A-1", "quantity": 2}, {"item": "B-7", "quantity": 1}]}
# Ways in which the server says that it did not do it; all others leave that open.
REFUSALS = ("refuse", "fault")


def measure() -> Result:
    """Let each step fail in each way, and one sequence succeed."""
    cases = [("", ""), *((step, way) for step in STEPS for way in WAYS)]
    with taking() as (app, taker):
        wrong = {
            f"{step} {way}".strip() or "done": why for step, way in cases if (why := failing(app, taker, step, way))
        }
    told = "".join(f"; {name}: {why}" for name, why in wrong.items())
    return Result(f"{len(cases) - len(wrong)} of {len(cases)}{told}", not wrong)


@contextmanager
def taking() -> Iterator[tuple[Flask, OrderTaker]]:
    """Run the adapter in front of a server that takes orders."""
    with OrderTaker.running() as taker, replaying() as nobody, tempfile.TemporaryDirectory() as folder:
        project = shape_project(SHAPES / "sequence", Path(folder) / "project", nobody.url)
        endpoint = {"ADAPTER_ENDPOINT_ERFASSUNGSERVICE": taker.url, "ADAPTER_TIMEOUT": TIMEOUT}
        bad_on_purpose = {**EVERYONE, "ADAPTER_GUARD": "watch"}  # each failure has to come through, one after another
        yield create_app(project, {**endpoint, **bad_on_purpose}), taker


def failing(app: Flask, taker: OrderTaker, step: str, way: str) -> str:
    """Send one order while a step fails. Return what was wrong about what the caller was told, "" for nothing."""
    taker.begin(step, way)
    answer = app.test_client().post("/v1/orders", json=BODY, headers={"Host": "localhost"})
    taker.over()
    told: dict[str, Any] = answer.get_json()
    expected = _expected(step, way)
    seen = (told.get("outcome", "done" if answer.status_code == 201 else ""), told.get("at", ""), taker.undone_calls)
    if expected != seen:
        return f"{seen}, not {expected}"
    return _truth(told, taker)


def _expected(step: str, way: str) -> tuple[str, str, int]:
    """Return the outcome, the place, and how often undo is called."""
    refused = way in REFUSALS
    if step == "head":
        return ("", "", 0) if refused else ("unknown", "", 0)
    if step == "line":
        return "undone", "/lines/1", 1
    if step == "commit":
        return ("undone", "", 1) if refused else ("unknown", "", 0)
    return ("half_made", "/lines/1", 1) if step == "undo" else ("done", "", 0)


def _truth(told: dict[str, Any], taker: OrderTaker) -> str:
    """Hold what the caller was told against what the server has."""
    there, outcome = taker.order, told.get("outcome")
    if outcome is None and told.get("id") is not None:
        final = there is not None and there.final and there.lines == len(told["lines"]) and told["status"] == "FEST"
        return "" if final else "said to be done, and it is not"
    if outcome in (None, "undone"):
        return "" if there is None else "said to be gone, and it is there"
    if there is not None and there.final and outcome != "unknown":
        return "final, and the caller does not know"
    if "known" in told:
        number, accepted = told["known"]["id"], told["accepted"]["lines"]
        lines = len(told["known"]["lines"])
        if number != taker.number or accepted != taker.accepted or lines != accepted:
            return f"known is {number} with {accepted} lines"
    return ""
