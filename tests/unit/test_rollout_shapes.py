"""Shapes whose answers are compared (``candidate.json``): what the new service says, and what differs then."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.built import build
from adapter.rollout.compare import Comparer
from adapter.strict_json import decode
from tests.cases import SHAPES, Case, shape_cases, shape_project

CASES = [case for case in shape_cases() if (case.folder / "candidate.json").exists()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.operation}-{case.name}")
def test_what_differs(case: Case, tmp_path: Path) -> None:
    """Both answers differ in these places, and in no other."""
    built = build(shape_project(SHAPES / case.operation, tmp_path / "project", "http://127.0.0.1:1"), {})
    (rule,) = {id(each.rollout): each.rollout for each in built.endpoints}.values()
    assert rule is not None
    said = decode((case.folder / "candidate.json").read_bytes(), max_depth=64, max_digits=100)
    legacy = decode((case.folder / "reply.json").read_bytes(), max_depth=64, max_digits=100)["body"]
    found = Comparer(rule.compare).differences(legacy, said["answer"])
    assert said["differences"] == [[each.pointer, each.kind] for each in found]


def test_there_are_shapes() -> None:
    """A folder that is found is read."""
    assert {"differs", "same"} == {case.name for case in CASES}
