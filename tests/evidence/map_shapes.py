"""map.shapes: shapes of the mapping language with golden cases that hold, an example in the docs, and a proof.

The example in ``docs/howto`` has the name ``shape-<folder>``; every line of it is one of the shape's own mapping. A
shape that is not built yet has no folder, and so counts as missing.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from adapter.app import build
from tests.cases import SHAPES, Case, ShapeApps, run, shape_cases, shape_project
from tests.evidence import Result
from tests.evidence.golden import right
from tests.judged import allowed, schema_of
from tests.proof import not_shown, prove
from tests.replay import replaying

# The shapes that the issue names, and the folders in tests/shapes that show each.
WANTED: Mapping[str, tuple[str, ...]] = {
    "constants and computed values": ("constants", "computed"),
    "conditional presence": ("conditional",),
    "concatenate and split": ("joined",),
    "flatten and nest": ("nested",),
    "typed search filters": ("filters", "filters-in-a-list"),
    "sorting": ("sorting",),
    "name-value bags": ("bags", "bags-of-text"),
    "keyed lists as objects": ("keyed-list",),
    "header and lines with line numbers": ("numbered-lines",),
    "code tables by lookup": ("lookup",),
    "units and currencies": ("units",),
    "write-only fields": ("write-only",),
    "create-only fields": ("create-only",),
    "defaults on read and on write": ("stand-ins",),
    "errors inside normal replies": ("refused-flag",),
    "errors and warnings in tables": ("refused-table",),
    "PATCH: partial": ("patch-partial",),
    "PATCH: read_modify_write": ("patch-read-modify-write",),
    "PATCH: null_list": ("patch-null-list",),
    "PATCH: changed_flags": ("patch-changed-flags",),
    "upload and download": ("upload", "download"),
    "several calls: reads joined": ("joined-calls",),
    "several calls: sequences": ("sequence",),
    "several calls: paging behind one cursor": ("cursor-bookmark", "cursor-search-more"),
    "escape hatch": ("own-function",),
}


def measure() -> Result:
    """Run the cases of every shape, look for its example, and prove its operations with random requests."""
    wrong: dict[str, str] = {}
    ran: dict[str, int] = defaultdict(int)
    proved = 0
    with replaying() as replay, tempfile.TemporaryDirectory() as folder:
        apps = ShapeApps(replay, Path(folder) / "apps")
        for shape in sorted({case.operation for case in shape_cases()}):
            project = shape_project(SHAPES / shape, Path(folder) / shape, replay.url)
            schema = schema_of(SHAPES / shape / "shape.wsdl")
            for case in shape_cases():
                if case.operation == shape:
                    ran[shape] += 1
                    if not right(case, run(case, apps.app(case), replay)) or not _valid(case, schema):
                        wrong[shape] = case.name
            proofs = [prove(endpoint, schema, seed) for seed, endpoint in enumerate(build(project, {}).endpoints)]
            proved += sum(proof.written for proof in proofs)
            for proof in proofs:
                if proof.wrong or not proof.written:
                    wrong[shape] = proof.wrong or "no request could be proved"
            if why := not_shown(shape):
                wrong[shape] = why
    shown = [shape for shape, folders in WANTED.items() if folders and all(_good(each, ran, wrong) for each in folders)]
    told = "".join(f"; {shape}: {why}" for shape, why in wrong.items())
    value = f"{len(shown)} of {len(WANTED)}, {sum(ran.values())} cases, {proved} requests proved{told}"
    return Result(value, len(shown) == len(WANTED) and not wrong)


def _good(folder: str, ran: Mapping[str, int], wrong: Mapping[str, str]) -> bool:
    return bool(ran[folder]) and folder not in wrong


def _valid(case: Case, schema: etree.XMLSchema) -> bool:
    """Whether the body of every golden request is one that the shape's schema allows; lxml judges."""
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False)
    bodies = [etree.fromstring(request, parser).find("{*}Body") for request, _ in case.calls()]
    return all(body is not None and allowed(SHAPES / case.operation / "shape.wsdl", schema, body) for body in bodies)
