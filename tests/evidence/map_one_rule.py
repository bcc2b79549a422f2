"""map.one_rule: properties of our mappings that one rule carries in both directions, of those usable in both.

Ours are the example project, the shapes, and the mappings of real contracts (where the corpus is).
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from adapter.app import build
from adapter.mapping.bound import Endpoint
from adapter.mapping.model import Place
from tests.cases import SHAPES, shape_project
from tests.dynamics.golden import nav_project
from tests.evidence import Result
from tests.evidence.house import ROOT
from tests.netsuite.contract import CONTRACT
from tests.netsuite.project import adapter_project
from tests.replay import replaying

NOWHERE = "http://localhost/"
_Key = tuple[str, str, str, str]


def measure() -> Result:
    """Compare where the rule stands that reads a property with where the rule stands that writes it."""
    read: dict[_Key, set[Place]] = defaultdict(set)
    written: dict[_Key, set[Place]] = defaultdict(set)
    projects = 0
    for name, endpoints in _projects():
        projects += 1
        for endpoint in (each for one in endpoints for each in one.whole()):
            for bound in endpoint.types.values():
                side = read if bound.mode == "reply" else written
                for field in bound.fields:
                    side[name, endpoint.resource.name, bound.name, field.name].add(field.rule.place)
    both = read.keys() & written.keys()
    once = [key for key in both if len(read[key] | written[key]) == 1]
    share = 100 * len(once) / len(both) if both else 0
    return Result(
        f"{share:.0f} % of {len(both)} properties in {projects} projects", bool(both) and len(once) == len(both)
    )


def _projects() -> Iterator[tuple[str, tuple[Endpoint, ...]]]:
    yield "example", build(ROOT, {}).endpoints
    with replaying() as replay, tempfile.TemporaryDirectory() as folder:
        for shape in sorted(path.parent for path in SHAPES.glob("*/shape.wsdl")):
            yield shape.name, build(shape_project(shape, Path(folder) / shape.name, replay.url), {}).endpoints
    if CONTRACT.is_dir():
        with adapter_project(NOWHERE) as (project, environ):
            yield "netsuite", build(project, environ).endpoints
        with nav_project(NOWHERE) as (project, environ):
            yield "dynamics", build(project, environ).endpoints
