"""map.shapes: shapes of the mapping language that are there, with golden cases that hold and envelopes that are valid.

A shape that is not built yet has no folder, and so counts as missing.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

from lxml import etree

from adapter.app import create_app
from tests.cases import SHAPES, Case, run, shape_cases, shape_project
from tests.evidence import Result
from tests.evidence.golden import right
from tests.replay import replaying

# The shapes that the issue names, and the folder in tests/shapes that shows each; empty: not built.
WANTED = {
    "constants and computed values": "",
    "conditional presence": "",
    "concatenate and split": "joined",
    "flatten and nest": "nested",
    "typed search filters": "",
    "sorting": "",
    "name-value bags": "",
    "keyed lists as objects": "",
    "header and lines with line numbers": "",
    "code tables by lookup": "",
    "units and currencies": "",
    "write-only fields": "write-only",
    "create-only fields": "create-only",
    "defaults on read and on write": "stand-ins",
    "errors inside normal replies": "refused-flag",
    "errors and warnings in tables": "refused-table",
    "PATCH: read_modify_write": "",
    "PATCH: null_list": "patch-null-list",
    "PATCH: changed_flags": "",
    "upload and download": "",
    "several calls": "",
}


def measure() -> Result:
    """Run the cases of every shape; each envelope sent must be what the shape's own schema allows."""
    wrong: set[str] = set()
    ran: dict[str, int] = defaultdict(int)
    with replaying() as replay, tempfile.TemporaryDirectory() as folder:
        apps = {
            name: create_app(shape_project(SHAPES / name, Path(folder) / name, replay), {})
            for name in sorted({case.operation for case in shape_cases()})
        }
        for case in shape_cases():
            ran[case.operation] += 1
            if not right(case, run(case, apps[case.operation], replay)) or not _valid(case):
                wrong.add(case.operation)
    shown = [shape for shape, name in WANTED.items() if name and ran[name] and name not in wrong]
    told = f"; wrong: {', '.join(sorted(wrong))}" if wrong else ""
    return Result(f"{len(shown)} of {len(WANTED)}, {sum(ran.values())} cases{told}", len(shown) == len(WANTED))


def _valid(case: Case) -> bool:
    """Whether the body of every golden request is one that the shape's schema allows; lxml judges."""
    wsdl = etree.parse(str(SHAPES / case.operation / "shape.wsdl"))
    found = wsdl.find("{*}types/{http://www.w3.org/2001/XMLSchema}schema")
    if found is None:
        return not case.calls()
    schema = etree.XMLSchema(etree.fromstring(etree.tostring(found)))
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False)
    bodies = [etree.fromstring(request, parser).find("{*}Body") for request, _ in case.calls()]
    return all(body is not None and schema.validate(etree.ElementTree(body[0])) for body in bodies)
