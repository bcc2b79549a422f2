"""Every shape of ``tests/shapes``: a small contract, a mapping, and calls in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.app import build
from adapter.proof.found import BAD
from adapter.proof.prove import prove as round_trips
from tests.cases import SHAPES, Case, ShapeApps, run, shape_cases, shape_project
from tests.judged import schema_of
from tests.proof import prove
from tests.replay import Replay, replaying


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    """The endpoint of every shape's ports."""
    with replaying() as server:
        yield server


@pytest.fixture(scope="module")
def apps(replay: Replay, tmp_path_factory: pytest.TempPathFactory) -> ShapeApps:
    """The adapter on the projects of the shapes."""
    return ShapeApps(replay, tmp_path_factory.mktemp("shapes"))


@pytest.mark.parametrize("case", shape_cases(), ids=lambda case: f"{case.operation}-{case.name}")
def test_case(case: Case, apps: ShapeApps, replay: Replay) -> None:
    """The JSON call becomes exactly the envelopes of the case, and their replies become exactly its JSON."""
    seen = run(case, apps.app(case), replay)
    expected = case.json("reply.json")

    assert expected["status"] == seen.status
    assert expected.get("body") == seen.body
    assert expected.get("body_base64") == seen.content
    assert expected.get("body_text") == seen.text
    assert expected.get("location") == seen.location
    assert expected.get("headers", {}).items() <= seen.headers.items()
    assert case.envelopes() == seen.envelopes()


def test_every_shape_has_cases() -> None:
    """A shape without a case proves nothing."""
    assert sorted(path.parent.name for path in SHAPES.glob("*/shape.wsdl")) == sorted(
        {case.operation for case in shape_cases()}
    )


@pytest.mark.parametrize(
    "shape", sorted(path.parent for path in SHAPES.glob("*/shape.wsdl")), ids=lambda path: path.name
)
def test_proof(shape: Path, replay: Replay, tmp_path: Path) -> None:
    """What the operations of a shape accept is valid for its schema, and comes back where the reply is alike."""
    built = build(shape_project(shape, tmp_path / "project", replay.url), {})
    endpoints = built.endpoints
    proofs = [prove(endpoint, schema_of(shape / "shape.wsdl"), seed) for seed, endpoint in enumerate(endpoints)]
    assert [""] * len(endpoints) == [proof.wrong for proof in proofs]
    assert all(proof.written for proof in proofs)
    found = [each for proof in round_trips(endpoints, built.documents, built.around, 5) for each in proof.findings]
    assert [] == [str(each) for each in found if each.kind in BAD]
