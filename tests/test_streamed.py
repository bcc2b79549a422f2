"""Every list of the golden cases and of the shapes, streamed: the same calls, the same answers.

Only where a list cannot be streamed does its mapping stay as it is; ``tests/mistakes`` knows why.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from adapter import settings
from adapter.app import build, create_app
from adapter.errors import BuildError
from tests.cases import GOLDEN, ROOT, SHAPES, Case, cases, run, shape_cases, shape_project
from tests.everyone import EVERYONE
from tests.replay import Replay, replaying

_PORTS = ("ERPSERVICE_ERPSOAP11", "ERPSERVICE_ERPSOAP12", "LAGERSERVICE")


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    """The endpoint of all ports."""
    with replaying() as server:
        yield server


class _Loader(yaml.SafeLoader):
    """Reads a date as the text that it is in a mapping."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag.rpartition(":")[2] in ("null", "bool", "int")]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def streamed(mappings: Path, environ: dict[str, str], project: Path) -> set[str]:
    """Stream every list in the mappings of a project that can be; return the names of their operations."""
    found: set[str] = set()
    for file in sorted(mappings.glob("*.yaml")):
        data = yaml.load(file.read_text("utf-8"), _Loader)
        for verb, operation in list(data["operations"].items()):
            reply: Any = operation.get("reply") if isinstance(operation, dict) else None
            if not isinstance(reply, dict) or "each" not in reply:
                continue
            before = file.read_text("utf-8")
            reply["stream"] = True
            file.write_text(json.dumps(data), "utf-8")
            try:
                build(project, environ)
            except BuildError:
                del reply["stream"]
                file.write_text(before, "utf-8")
            else:
                found.add(f"{data['resource']}.{verb}")
    return found


def _same(case: Case, app: Flask, replay: Replay) -> None:
    seen, expected = run(case, app, replay), case.json("reply.json")
    assert (expected["status"], expected.get("body")) == (seen.status, seen.body), case.folder
    assert expected.get("headers", {}).items() <= seen.headers.items()
    assert case.envelopes() == seen.envelopes()


def test_the_lists_of_the_golden_cases(replay: Replay, tmp_path: Path) -> None:
    """Every case of an operation that is streamed."""
    for folder in ("mappings", "wsdl"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / settings.FILE, tmp_path)
    environ = {**EVERYONE, **{f"ADAPTER_ENDPOINT_{port}": replay.url for port in _PORTS}}
    names = streamed(tmp_path / "mappings", environ, tmp_path)
    app = create_app(tmp_path, environ)
    tried = [case for case in cases() if case.operation in names]
    for case in tried:
        _same(case, app, replay)

    assert {path.name for path in GOLDEN.iterdir()} >= names > set()
    assert len(tried) > len(names)


@pytest.mark.parametrize("shape", sorted(path.parent.name for path in SHAPES.glob("*/shape.wsdl")))
def test_the_lists_of_the_shapes(shape: str, replay: Replay, tmp_path: Path) -> None:
    """Every case of a shape that has one."""
    project = shape_project(SHAPES / shape, tmp_path / "project", replay.url)
    if streamed(project / "mappings", {}, project):
        for case in shape_cases():
            if case.operation == shape:
                _same(case, create_app(project, {}), replay)  # a table of codes belongs to one case
