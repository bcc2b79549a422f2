"""job.two_backends: customers.read, answered by the ERP and by the microservice, compared as JSON documents.

Two adapters run side by side on one virtual ERP; they differ in where their stores say that customers stand: ``legacy``
and ``live``.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.evidence import Result
from tests.microservice import microservice
from tests.stack import ROOT, Stack, stack
from tests.strangler.standing import stand_in

UNKNOWN = ("999999", "0")


def measure() -> Result:
    """Read every customer of the ERP from both, and some that do not exist."""
    with ExitStack() as opened:
        service = opened.enter_context(microservice())
        soap = opened.enter_context(stack())
        project = opened.enter_context(moved_project())
        http = opened.enter_context(stack(project, {"ADAPTER_SERVICE_CUSTOMERS": service}))
        numbers = [item["id"] for item in soap.get("/v1/customers?limit=200")["items"]]
        documents = {number: (_document(soap, number), _document(http, number)) for number in [*numbers, *UNKNOWN]}
        by_http = _answered_by_http(http)
    differing = [number for number, (left, right) in documents.items() if left != right]
    covered = _coverage([left for left, _ in documents.values()])
    good = not differing and len(numbers) >= 50 and covered and by_http >= len(numbers)
    told = f"; first: {differing[0]}" if differing else "" if covered else "; not all kinds of values are there"
    word = "equal" if not differing else f"{len(differing)} differ"
    return Result(f"{word}: {len(numbers)} customers and {len(UNKNOWN)} unknown ones{told}", good)


@contextmanager
def moved_project() -> Iterator[Path]:
    """Yield a copy of the example project in which the microservice answers for customers."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        for name in ("wsdl", "mappings"):
            shutil.copytree(ROOT / name, project / name)
        shutil.copy(ROOT / "adapter.env", project)
        stand_in(project, "customers", "live")
        yield project


def _document(running: Stack, number: str) -> tuple[int, Any]:
    answer = running.call("GET", f"/v1/customers/{number}")
    body = answer.json
    if answer.status >= 400:
        body.pop("instance")
    return answer.status, body


def _answered_by_http(running: Stack) -> int:
    """Count the calls that the log says the microservice answered, so that two times the ERP cannot pass for both."""
    return running.log.read_text("utf-8").count('"answered_by":"http"')


def _coverage(documents: list[tuple[int, Any]]) -> bool:
    """Whether both kinds, null, absent and empty values, and a 404 are among what was compared."""
    seen: Counter[str] = Counter()
    for status, body in documents:
        seen[str(status)] += 1
        seen[body.get("kind", "")] += 1
        seen["null"] += any(value is None for value in body.values())
        seen["empty"] += any(value == "" for value in body.values())
        seen["absent"] += status == 200 and "phones" not in body
    return all(seen[name] for name in ("200", "404", "person", "company", "null", "empty", "absent"))
