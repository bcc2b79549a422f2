"""A request message read back: the JSON that the ERP is told, whatever it was written from."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adapter.built import build
from adapter.mapping.bound import Endpoint
from adapter.messages import Checked, Request, Response
from adapter.proof.judge import by_tree
from adapter.proof.mirror import request_side
from adapter.proof.prove import texts_of
from adapter.proof.sides import Trip
from adapter.steps.validate import validate
from adapter.translate.asked import asked_reader, canonical, without_empty
from adapter.translate.text_writer import text_writer
from adapter.wsdl.ground import Ground
from tests.cases import SHAPES, shape_project
from tests.unit.mapped import erp

COUNT = 10
_NOT_ONE = {
    "numbered-lines orders.create", "patch-read-modify-write customers.patch", "rows-in postings.import",
    "rows-in postings.check", "rows-in postings.remove", "sequence orders.create", "upload files.create",
    "upload files.update",
}  # fmt: skip


GOLDEN = [
    each.parent
    for each in sorted((SHAPES.parent / "golden").glob("*/*/request.json"))
    if (each.parent / "soap-request.xml").exists() and "body" in json.loads(each.read_text("utf-8"))
]


def asked(endpoint: Endpoint, sent: Any) -> Any:
    """Return what a caller's body is read back as, once it was checked and written."""
    read = asked_reader(endpoint)
    assert read is not None
    found: list[Checked] = []

    def keep(request: Request) -> Response:
        assert request.checked is not None
        found.append(request.checked)
        return Response(200)

    step = validate(endpoint, max_depth=64, max_digits=400)
    path = {field.name: "42" for field in endpoint.path_parameters()}
    body = json.dumps(sent).encode()
    step(keep)(Request(endpoint.name, "1", 0.0, endpoint.method, path, (), body, "application/json"))
    return read(text_writer(endpoint)(found[0]))


@pytest.mark.parametrize(
    "shape", sorted(each.parent for each in SHAPES.glob("*/shape.wsdl")), ids=lambda each: each.name
)
def test_what_is_written_is_read_back(shape: Path, tmp_path: Path) -> None:
    """Random bodies of every shape come back with every value, or the operation has no message that could be read."""
    built = build(shape_project(shape, tmp_path / "project", "http://127.0.0.1:1"), {})
    for endpoint in built.endpoints:
        if endpoint.policy.effect == "read" or endpoint.body is None:
            continue
        read, side = asked_reader(endpoint), request_side(endpoint, built.around)
        name = f"{shape.name} {endpoint.name}"
        assert (read is None) == (name in _NOT_ONE), name
        if read is not None and side is not None:
            contract = endpoint.contract
            _round_trips(read, Trip(side, by_tree(contract), texts_of(contract), Ground.of(contract)))


def _round_trips(read: Any, trip: Trip) -> None:
    trip.read_parameters = []
    trip.read = lambda message: SimpleNamespace(document=read(message))  # type: ignore[assignment, return-value]
    tried = trip.run(COUNT)
    assert [] == [str(each) for each in tried.findings if each.kind == "lossy"]
    assert tried.written


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_what_a_caller_left_out_is_not_there(case: Path) -> None:
    """The example project, also in SOAP encoding: each golden body is read back, with nothing made up but no items."""
    endpoint, sent = erp()[case.parent.name], json.loads((case / "request.json").read_text("utf-8"))["body"]
    found = asked(endpoint, sent)
    assert without_empty(canonical(endpoint)(sent)) == without_empty(found)


def test_numbers_and_defaults_are_as_the_mapping_writes_them() -> None:
    """A text of a number is the same number however it is written; what is no number stays."""
    make = canonical(erp()["customers.create"])
    body = {"kind": "company", "name": "1500"}
    assert {**body, "credit_limit": "1500.00"} == make({**body, "credit_limit": "1500"})
    assert {**body, "credit_limit": "much"} == make({**body, "credit_limit": "much"})
    assert None is make(None)
