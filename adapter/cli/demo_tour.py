"""The tour of ``adapter demo --tour``: a feature moves to a new service, is found wrong twice, and gets there.

shadow -> a mismatch is found, and mended -> dualwrite -> canary 10 -> the service breaks, and the judge takes it back
while every caller gets an answer -> mended -> canary -> live. Every step is a real
command, and every answer is looked at.
"""

from __future__ import annotations

import http.client
import json
import re
import shlex
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapter.cli import demo_calls
from adapter.cli.children import HOST

FEATURE = "customers"
PLAN = (
    "rollout: {steps: [shadow, dualwrite, canary 10, live], judge: automatic, "
    "gate: {mismatches: 10%, sure: 90%, keys: 3, minutes: 0.05, lag: 60}, "
    "compare: {ignore: [/changed_at], show: [/credit_limit]}}"
)
"""The plan of the tour: evidence that takes days elsewhere takes seconds."""
_STEPS = ("legacy", "shadow", "dualwrite", "canary 10", "live")
PATIENCE = 60.0
"""Seconds that the tour waits for something to happen."""
_PAUSE = 0.2
_WRITTEN = 1.5
"""Seconds in which workers have written down what they saw."""
_FEWEST = 12


class TourError(Exception):
    """Something went otherwise than it should; the text says what."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What the tour is made on: the façade's and the service's ports, and what runs an ``adapter`` command.

    ``command`` returns the exit status and what was printed. ``say`` prints. ``again``: an answer that did not come is
    asked for again, since somebody kills processes meanwhile. ``failed`` are answers that callers should have had,
    ``deviating`` is how the service differs from its contract now.
    """

    facade: int
    service: int
    command: Callable[[Sequence[str]], tuple[int, str]]
    say: Callable[[str], None]
    again: bool = False
    failed: list[str] = field(default_factory=list)
    deviating: list[str] = field(default_factory=list)


def copied(project: Path, folder: Path) -> Path:
    """Copy the example, and give its feature the plan of the tour. Return where it is."""
    for name in ("wsdl", "mappings", "ops"):
        shutil.copytree(project / name, folder / name)
    shutil.copy(project / "adapter.env", folder)
    file = folder / "mappings" / f"{FEATURE}.yaml"
    text, many = re.subn(r"(?m)^rollout:.*\n(?:[ \t]+.*\n)*", f"{PLAN}\n", file.read_text("utf-8"))
    if many != 1:
        raise TourError(f"{file.name} has no rollout: to show")
    file.write_text(text, "utf-8")
    return folder


def tour(stand: Stand) -> list[str]:
    """Make the tour. Return what went wrong: answers that callers should have had. Raise TourError where it ends."""
    ids = _ids(stand)
    for title, act in _STATIONS:
        stand.say(f"\n-- {title}")
        act(stand, ids)
    return stand.failed


def _shadow(stand: Stand, ids: Sequence[str]) -> None:
    _deviate(stand, "wrong-rounding")
    taken(stand, "shadow")
    _read_until(stand, ids, lambda: "credit_limit" in _told(stand, "mismatches"), "a mismatch of credit_limit")
    found = shown(stand, "mismatches", FEATURE)
    stand.say(found)
    group = next((line.split()[0] for line in found.splitlines() if "/credit_limit" in line), "")
    stand.say("\n".join(shown(stand, "mismatches", FEATURE, "--examples", group).splitlines()[:_FEWEST]))
    stand.say(shown(stand, "explain", FEATURE))


def _mended(stand: Stand, ids: Sequence[str]) -> None:
    _deviate(stand)
    shown(stand, "restart", FEATURE, "--reason", "the service rounds as the ERP does")
    _forward(stand, ids, "dualwrite")
    _write(stand, ids[0])


def _canary(stand: Stand, ids: Sequence[str]) -> None:
    _forward(stand, ids, "canary 10")
    _read_until(stand, ids, lambda: calls(stand)[1] > 0, "an answer of the new service")
    stand.say(shown(stand, "list"))


def _broken(stand: Stand, ids: Sequence[str]) -> None:
    _deviate(stand, "failing")
    _read_until(stand, ids, lambda: _stage(stand) in ("shadow", "dualwrite"), "the judge to take it back")
    stand.say(shown(stand, "list"))
    stand.say(shown(stand, "explain", FEATURE))


def _live(stand: Stand, ids: Sequence[str]) -> None:
    _deviate(stand)
    shown(stand, "restart", FEATURE, "--reason", "the service is mended")
    for step in ("canary 10", "live"):
        _forward(stand, ids, step)
    _read_until(stand, ids, lambda: _all_new(stand, ids), "the new service to answer alone")
    _write(stand, ids[1])
    stand.say(shown(stand, "list"))


_STATIONS = (
    ("shadow: both are asked, the ERP answers; the new service rounds credit limits otherwise", _shadow),
    ("mended: evidence begins anew, and writes go to both from now on", _mended),
    ("canary 10: a tenth of the customers is answered by the new service", _canary),
    ("the new service breaks: every caller is answered, and the judge takes it back", _broken),
    ("mended again: canary, live", _live),
)


def _ids(stand: Stand) -> list[str]:
    """Return the ids of the customers that there are."""
    answer = _ask(stand, demo_calls.Call("", "GET", "/v1/customers?limit=200"))
    found = [str(each["id"]) for each in (answer or {}).get("items", [])]
    if len(found) < _FEWEST:
        raise TourError("the pretend ERP has too few customers")
    return found


def _read_until(stand: Stand, ids: Sequence[str], done: Callable[[], bool], what: str) -> None:
    """Read all customers again and again until something has happened. Every one of these reads has to be answered."""
    until = time.monotonic() + PATIENCE
    while True:
        _read(stand, ids)
        if done():
            return
        if time.monotonic() > until:
            raise TourError(f"waited {PATIENCE:g} s for {what}")


def _read(stand: Stand, ids: Sequence[str]) -> None:
    for each in ids:
        found = _ask(stand, demo_calls.Call("", "GET", f"/v1/customers/{each}"))
        if found is None or str(found.get("id")) != each:
            stand.failed.append(f"GET /v1/customers/{each}")


def _ask(stand: Stand, call: demo_calls.Call) -> dict[str, Any] | None:
    """Make a call of an app's; None where it failed."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            answer = demo_calls.ask(call, stand.facade)
            if answer.status < 400:
                return _document(answer.body)
        except (OSError, http.client.HTTPException):
            pass  # nobody listens: for whoever may ask again the same as an answer that says so
        if not stand.again or time.monotonic() > until:
            return None
        time.sleep(_PAUSE)


def _document(body: bytes) -> dict[str, Any]:
    found = json.loads(body)
    return found if isinstance(found, dict) else {}


def _write(stand: Stand, id: str) -> None:
    """Change a customer, by one key however often it is asked."""
    found = _ask(stand, demo_calls.Call("", "GET", f"/v1/customers/{id}"))
    kept = {name: (found or {}).get(name) for name in ("kind", "version")}
    body = {**kept, "note": f"toured at {time.time():.0f}"}
    headers = {"Idempotency-Key": f'"tour-{id}-{time.time():.3f}"'}
    call = demo_calls.Call("", "PATCH", f"/v1/customers/{id}", body=body, headers=headers)
    stand.say(f"$ {demo_calls.curl(call, f'http://{HOST}:{stand.facade}')}")
    if _ask(stand, call) is None:
        stand.failed.append(f"PATCH /v1/customers/{id}")


def _deviate(stand: Stand, *names: str) -> None:
    """Make the new service differ from its contract in these ways, and in no other."""
    stand.deviating[:] = names
    call = demo_calls.Call("", "POST", "/_deviate", body={"names": list(names)})
    stand.say(f"$ {demo_calls.curl(call, f'http://{HOST}:{stand.service}')}")
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if demo_calls.ask(call, stand.service).status == 200:
                return
        except (OSError, http.client.HTTPException) as error:
            if not stand.again or time.monotonic() > until:
                raise TourError(f"the new service does not listen ({type(error).__name__})") from error
        time.sleep(_PAUSE)


def _forward(stand: Stand, ids: Sequence[str], step: str) -> None:
    """Read until there is evidence enough for a step, and take it: two persons where it needs two."""
    _read_until(stand, ids, lambda: taken(stand, step, quiet=True), f"evidence for {step}")


def taken(stand: Stand, step: str, *, quiet: bool = False) -> bool:
    """Take a step, as one person, approved by another where it needs that. False: not yet."""
    if _at(stand, step):
        return True
    words = ["advance", FEATURE, "--to", step, "--reason", "the figures are good", "--actor", "alice"]
    status, text = stand.command(["rollout", *words])
    if status == 3:  # another person has to agree
        approve = ["approve", FEATURE, "--to", step, "--reason", "seen them", "--actor", "bob"]
        shown(stand, *approve)
        status, text = stand.command(["rollout", *words])
    if status == 0 or _at(stand, step):
        told = text if status == 0 else f"{FEATURE}: the judge took that step, since both agreed"
        stand.say(f"$ adapter rollout {shlex.join(words)}\n{told}")
        return True
    if not quiet and not stand.again:
        raise TourError(text)
    return False


def _at(stand: Stand, step: str) -> bool:
    """Whether the feature is at a step, or further on: the judge takes steps too."""
    here = _stands(stand)
    return here in _STEPS and _STEPS.index(here) >= _STEPS.index(step)


def _stage(stand: Stand) -> str:
    return _stands(stand).partition(" ")[0]


def _stands(stand: Stand) -> str:
    """Return where the feature stands, as a step is written."""
    status, text = stand.command(["rollout", "show", FEATURE])
    found = re.search(r"(legacy|shadow|dualwrite|canary [0-9.]+|live|rampdown|complete)", text)
    return found[1] if status == 0 and found is not None else ""


def _told(stand: Stand, command: str) -> str:
    return stand.command(["rollout", command, FEATURE])[1]


def shown(stand: Stand, *words: str) -> str:
    """Run a command that has to work, and return it with what it printed."""
    until = time.monotonic() + PATIENCE
    while True:
        status, text = stand.command(["rollout", *words])
        if status == 0:
            return f"$ adapter rollout {shlex.join(words)}\n{text}"
        if not stand.again or time.monotonic() > until:
            raise TourError(f"adapter rollout {shlex.join(words)}: {text}")
        time.sleep(_PAUSE)


def calls(stand: Stand) -> tuple[int, int]:
    """Return how many calls the ERP and the new service answered lately."""
    found = re.search(r"soap ([0-9]+).*http ([0-9]+)", _told(stand, "show"))
    return (int(found[1]), int(found[2])) if found is not None else (0, 0)


def _all_new(stand: Stand, ids: Sequence[str]) -> bool:
    """Whether the new service alone answers, by a round of reads."""
    soap, http = calls(stand)
    _read(stand, ids)
    time.sleep(_WRITTEN)
    after = calls(stand)
    if stand.again:  # who is killed forgets what it saw, and while the service is gone the ERP answers
        return after[1] > http
    return after[0] == soap and after[1] >= http + len(ids)
