"""fig.shadow_writes: what reached a shadow target and is no read, over every operation, stage and key.

The example project as a whole, with each golden call, in front of a service that notes what it is asked; and each
operation of it and of two mappings of real contracts at its handlers, where both sides note. Then somebody tries to
have a write asked beside: by its effect in the mapping, by what the service is asked, past the mapping. None builds.

The same calls are made of a project that makes dry runs of writes (``beside: {writes: dry_run}``), in front of services
that honour them, that know nothing of them, and that say so and carry out what comes: these get one at most in each
process, which is told apart.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from adapter import virtual
from adapter.app import build
from adapter.errors import BuildError
from adapter.mapping.bound import Endpoint
from adapter.messages import Response
from adapter.moving.beside import Besides
from adapter.moving.follow import Snapshot
from adapter.moving.noting import Notes
from adapter.rollout.rules import STAGES, Stage
from tests.dynamics.golden import nav_project
from tests.evidence import Result
from tests.netsuite.contract import ABSENT, CONTRACT
from tests.netsuite.project import adapter_project
from tests.resilience.project import project
from tests.stack import ROOT
from tests.strangler.rehearsing import Rehearsing, honours, knows_nothing, lies
from tests.strangler.shadows import Seen, handled, nowhere, rehearsed, served

_VERB = re.compile(r"^  (create|update|patch):\n", re.MULTILINE)
_MAPPING = "mappings/customers.yaml"
_COMPARE = "          compare: {ignore: [/changed_at]}"
_DRY = ", beside: {writes: dry_run}"


def measure() -> Result:
    """Ask everything, and try to declare what must not be."""
    wire, inside = Seen(), Seen()
    with virtual.running(ROOT) as erp:
        for stage in STAGES:
            with tempfile.TemporaryDirectory() as name:
                served(project(Path(name), {}), stage, erp, wire)
        dry, told = _dry(erp)
    endpoints = list(_endpoints())
    handled(endpoints, inside)
    tries, built = _tried(endpoints)
    wrong = [*wire.others, *inside.others, *built, *dry.others]
    value = (
        f"{len(wrong)} of {wire.reads} + {inside.reads} calls beside were no reads ({len(endpoints)} operations at "
        f"{len(STAGES)} stages; {wire.counted} + {inside.counted} other calls); {len(built)} of {tries} tries built"
    )
    value += f"; of {dry.dry} + {inside.dry} dry runs none was carried out, {told}" if not dry.others else ""
    value += f": {wrong[:3]}" if wrong else ""
    value += "" if CONTRACT.exists() else f"; {ABSENT}"
    asked = wire.reads > 20 and wire.counted > 20 and inside.reads > 100 and CONTRACT.exists()
    return Result(value, not wrong and asked and tries > 10 and dry.dry >= 3 and inside.dry > 30)


def _dry(erp: virtual.Server) -> tuple[Seen, str]:
    """Return what was seen of dry runs: honoured ones at every stage; and, in words, what became of the others."""
    seen = Seen()
    for stage in STAGES:
        good = _rehearsed(erp, stage, honours(), seen)
        if stage == "shadow":
            seen.others += good.carried_out
    none, liar = _rehearsed(erp, "shadow", knows_nothing(), seen), _rehearsed(erp, "shadow", lies(), seen)
    seen.others += none.carried_out
    if len(liar.carried_out) > 1:
        seen.others += liar.carried_out
    told = f"{len(none.carried_out)} writes at a service without them (it was asked {none.probes} times)"
    return seen, f"{told}, {len(liar.carried_out)} at one that lies (1 a process at most)"


def _rehearsed(erp: virtual.Server, stage: Stage, service: Rehearsing, seen: Seen) -> Rehearsing:
    with tempfile.TemporaryDirectory() as name:
        rehearsed(project(Path(name), {_MAPPING: ((_COMPARE, _COMPARE + _DRY),)}), stage, erp, service, seen)
    return service


def _endpoints() -> Iterator[Endpoint]:
    yield from build(ROOT, {}).endpoints
    if CONTRACT.exists():
        for made in (adapter_project, nav_project):
            with made("http://127.0.0.1") as (folder, environ):
                yield from build(folder, environ).endpoints


def _tried(endpoints: Sequence[Endpoint]) -> tuple[int, list[str]]:
    """Return how often it was tried, and what was built all the same."""
    tries, wrong = 0, []
    text = (ROOT / _MAPPING).read_text("utf-8")
    for found in _VERB.finditer(text):
        tries += 1
        wrong += _built(found[0], f"{found[0]}    effect: read\n")
    for method in ("PUT", "PATCH", "DELETE"):
        tries += 1
        wrong += _built("  read:\n", f'  read:\n    http: {{request: "{method} /customers/{{id}}"}}\n')
    asking = Besides(lambda: Snapshot({}, True), Notes(nowhere, lambda error: None))
    for endpoint in endpoints:
        if endpoint.policy.effect != "read":
            tries += 1
            try:
                asking.of(endpoint, lambda request: Response(200), lambda request: Response(200))
            except BuildError:
                continue
            wrong.append(endpoint.name)
    return tries, wrong


def _built(old: str, new: str) -> list[str]:
    """Return what a mapping says that was built and must not be."""
    with tempfile.TemporaryDirectory() as name:
        made = project(Path(name), {_MAPPING: ((old, new),)})
        try:
            build(made, {})
        except BuildError:
            return []
    return [new]
