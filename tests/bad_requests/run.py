"""Sends every case to a real adapter, and says in words what was not as it should be."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from adapter.wsdl.load import load
from adapter.wsdl.lock import write_lock
from tests.bad_requests import json_text, kinds, protocol, targets, values
from tests.bad_requests.case import BY_SERVER, Case
from tests.bad_requests.client import Reply, talk
from tests.bad_requests.leaks import leaks
from tests.stack import ROOT, Stack, stack

GROUPS: Mapping[str, tuple[Case, ...]] = {
    "JSON": json_text.CASES,
    "Values": values.CASES,
    "Values of other kinds": kinds.CASES,
    "Paths and queries": targets.CASES,
    "Methods, media types, hosts and framing": protocol.CASES,
}
CASES = tuple(case for cases in GROUPS.values() for case in cases)
TIMEOUT = 4
"""Seconds that a call may take here; ``never comes`` waits for them."""
PATIENCE = TIMEOUT + 8
_PAGE = "text/html"


@contextmanager
def adapter() -> Iterator[Stack]:
    """Run the clone's project with the samples beside it, virtual ERP and all."""
    with TemporaryDirectory(prefix="bad-requests-") as folder:
        project = Path(folder)
        for name in ("wsdl", "mappings"):
            shutil.copytree(ROOT / name, project / name)
            shutil.copytree(Path(__file__).parent / "project" / name, project / name, dirs_exist_ok=True)
        shutil.copy(ROOT / "adapter.env", project)
        wsdls = [path.relative_to(project / "wsdl").as_posix() for path in sorted(project.glob("wsdl/**/*.wsdl"))]
        write_lock(project / "wsdl", [load(project / "wsdl", name) for name in wsdls])
        nowhere = "http://127.0.0.1:9/"  # a wrong request never gets so far
        with stack(project, {"ADAPTER_ENDPOINT_SAMPLESSERVICE": nowhere, "ADAPTER_TIMEOUT": str(TIMEOUT)}) as running:
            yield running


def objections(case: Case, running: Stack) -> list[str]:
    """Send the case, then a right request; return what was not as it should be with either."""
    port = int(running.url.rpartition(":")[2])
    try:
        reply = talk(port, case.sent, closes=case.closes, patience=PATIENCE)
    except TimeoutError:
        return ["no answer"]
    found = [*_about_answer(case, reply), *leaks(_said(reply))]
    after = running.call("GET", "/v1/customers/2")
    return found + ([f"afterwards a right request is answered by {after.status}"] if after.status != 200 else [])


def _about_answer(case: Case, reply: Reply) -> Iterator[str]:
    if reply.status != case.status:
        yield f"status {reply.status} in place of {case.status}"
    if len(re.findall(rb"HTTP/1\.\d [2-5]\d\d ", reply.everything)) != 1:
        yield "not exactly one answer"
    for name, value in case.headers.items():
        if reply.headers.get(name.lower()) != value:
            yield f"{name}: {reply.headers.get(name.lower())}"
    media = reply.headers.get("content-type", "")
    if case.problem == BY_SERVER:
        if media != _PAGE or int(reply.headers["content-length"]) != len(reply.body):
            yield f"not the bare page of the server but {media}"
        return
    if media != "application/problem+json":
        yield f"media type {media}"
        return
    yield from _about_problem(case, json.loads(reply.body))


def _about_problem(case: Case, document: Mapping[str, Any]) -> Iterator[str]:
    if document["type"] != f"/problems/{case.problem}":
        yield f"{document['type']} in place of {case.problem}"
    if document["status"] != case.status or not document["title"] or not document["instance"]:
        yield "a member of the problem document is missing"
    places = sorted(f"{each['in']} {each['pointer']}" for each in document.get("errors", []))
    if places != sorted(case.at):
        yield f"errors at {places}"


def _said(reply: Reply) -> str:
    """Everything the answer says, but for pointers, which repeat what the caller sent."""
    head = "\n".join(f"{name}: {value}" for name, value in reply.headers.items() if name != "server")
    body = re.sub(rb'"pointer":"[^"]*"', b"", reply.body)
    return head + "\n" + body.decode("utf-8", "replace")


@cache
def by_name() -> Mapping[str, Case]:
    """Return every case by its name; each has one of its own."""
    return {case.name: case for case in CASES}
