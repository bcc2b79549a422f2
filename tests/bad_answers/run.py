"""Plays every case to a real adapter, and says in words what its caller got that it should not have."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bad_answers import contents, documents, transport
from tests.bad_answers.case import GOOD, READ, RIGHT, SECRET, Case, http
from tests.bad_answers.server import FIRST, Peer, Script, Server, serving
from tests.bad_requests.leaks import leaks
from tests.stack import Answer, Stack, free_port, stack

GROUPS: Mapping[str, tuple[Case, ...]] = {
    "Statuses and headers": transport.STATUSES,
    "Connections that break or stall": transport.BROKEN,
    "Lengths and chunks": transport.LENGTHS,
    "Packed bodies": transport.PACKED,
    "XML": documents.XML,
    "Encodings": documents.CHARSETS,
    "SOAP": documents.SOAP,
    "Faults": documents.FAULTS,
    "Contents": contents.CASES,
}
CASES = tuple(case for cases in GROUPS.values() for case in cases)
TIMEOUT = 2
"""Seconds that a call may take here."""
GRACE = 1
_WARM_UP = 30


@dataclass(frozen=True, slots=True)
class Stage:
    """The adapter, the server in the ERP's place, and the one nobody may call."""

    adapter: Stack
    erp: Server
    lure: Server


@contextmanager
def stage() -> Iterator[Stage]:
    """Run the clone's project with every SOAP 1.1 port at the server of the cases, and nothing at the 1.2 port."""
    scripts = {FIRST + number: _script(case) for number, case in enumerate(CASES)}
    with serving(scripts, http(RIGHT)) as (erp, lure):
        endpoints = {
            "ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP11": erp.url,
            "ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP12": f"http://127.0.0.1:{free_port()}/",
            "ADAPTER_ENDPOINT_LAGERSERVICE": erp.url,
            "ADAPTER_GUARD": "watch",  # one bad answer after another: each has to come through, and be told
        }
        with stack(environ={**endpoints, "ADAPTER_TIMEOUT": str(TIMEOUT)}) as running:
            started = Stage(running, erp, lure)
            for _ in range(_WARM_UP):
                assert not after(started)
            yield started


def _script(case: Case) -> Script:
    answer = case.answer
    if not isinstance(answer, bytes):
        return answer

    def send(peer: Peer) -> None:
        peer.send(answer)

    return send


def objections(case: Case, on: Stage) -> list[str]:
    """Play the case, then a right answer; return what was not as it should be with either."""
    number = FIRST + CASES.index(case)
    if case.at_accept:
        on.erp.at_accept = on.erp.scripts[number]
    begin = time.monotonic()
    answer = on.adapter.call("GET", case.path.format(n=number))
    seconds = time.monotonic() - begin
    found = list(_about(case, answer, on))
    if seconds > TIMEOUT + GRACE:
        found.append(f"it took {seconds:.1f} s")
    if on.lure.calls:
        found.append("another server was called")
    return found + after(on)


def all_objections(on: Stage) -> Iterator[tuple[Case, list[str]]]:
    """Play every case: one after the other, those that wait for the deadline at the same time."""
    slow = [case for case in CASES if case.slow]
    with ThreadPoolExecutor(len(slow)) as together:
        yield from zip(slow, together.map(lambda case: objections(case, on), slow), strict=True)
    yield from ((case, objections(case, on)) for case in CASES if not case.slow)


def after(on: Stage) -> list[str]:
    """Make a call that the ERP answers as it should."""
    answer = on.adapter.call("GET", READ.format(n=2))
    right = answer.status == 200 and GOOD.items() <= answer.json.items()
    return [] if right else [f"afterwards a right answer becomes {answer.status} {answer.data[:100]!r}"]


def _about(case: Case, answer: Answer, on: Stage) -> Iterator[str]:
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "server")
    if answer.status != case.status:
        yield f"status {answer.status} in place of {case.status}"
    if case.problem:
        if answer.headers["content-type"] != "application/problem+json":
            yield f"media type {answer.headers['content-type']}"
        elif answer.json["type"] != f"/problems/{case.problem}":
            yield f"{answer.json['type']} in place of {case.problem}"
        said = f"{head}\n{answer.data.decode()}"
        if SECRET in said or "Evil" in said:
            yield "it shows what the ERP said"
        yield from leaks(said)
    elif answer.status == case.status:
        yield from leaks(head)
        if not case.found.items() <= answer.json.items():
            yield f"it holds {answer.data[:300]!r}"
    yield from _about_log(case, answer, on)


def _about_log(case: Case, answer: Answer, on: Stage) -> Iterator[str]:
    """The call has left exactly one line, with the case's note, and without anything that the ERP said."""
    mine = [line for line in on.adapter.log.read_text("utf-8").splitlines() if answer.headers["x-request-id"] in line]
    if len(mine) != 1:
        yield f"{len(mine)} log lines"
        return
    notes = json.loads(mine[0]).get("notes", [])
    if case.note and not any(note.startswith(case.note) for note in notes):
        yield f"no note {case.note!r} but {notes}"
    if SECRET in mine[0]:
        yield "the log shows what the ERP said"


def peak_bytes(on: Stage) -> int:
    """Return the most memory that the adapter's one worker has ever had resident (``VmHWM``)."""
    master = on.adapter.process.pid
    (worker,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{worker}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024
