"""Header fields of HTTP as values in header blocks: what callers may send, and what the API's document says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapter.app import build, openapi
from adapter.mapping.bound import Endpoint
from adapter.openapi.document import to_json
from adapter.translate.writer import header_writer
from tests.cases import SHAPES, shape_project
from tests.replay import Replay, replaying
from tests.unit.mapped import check, errors


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    """Where the ports of the shapes are."""
    with replaying() as server:
        yield server


def document(shape: str, folder: Path, replay: Replay) -> tuple[tuple[Endpoint, ...], Any]:
    """The endpoints of a shape, and its OpenAPI document."""
    built = build(shape_project(SHAPES / shape, folder / "project", replay.url), {})
    return built.endpoints, json.loads(to_json(openapi(built)))


def test_what_callers_may_send(tmp_path: Path, replay: Replay) -> None:
    """Values are checked by the contract's types, in ASCII only; a block that callers give a part of must be whole."""
    (endpoint,), _ = document("header_fields", tmp_path, replay)
    for headers, wrong in (
        ({"x-client": "100"}, {}),
        ({}, {"X-Client": "is required"}),
        ({"x-client": "1000"}, {"X-Client": "must have the form [0-9]{3}"}),
        ({"x-client": "100", "x-step": "gr\xfcn"}, {"X-Step": "must be printable ASCII"}),
        ({"x-client": "100", "x-step": "a\tb"}, {"X-Step": "must be printable ASCII"}),
        ({"x-client": "100", "x-step": "a"}, {"X-Seat": "is required"}),
        ({"x-client": "100", "x-step": "a", "x-seat": "b"}, {}),
    ):
        assert wrong == errors(endpoint, None, {"item": "A1"}, headers=headers)


def test_a_block_without_values_is_left_out(tmp_path: Path, replay: Replay) -> None:
    """A block that the contract does not require stands in the envelope only with what callers give of it."""
    (endpoint,), _ = document("header_fields", tmp_path, replay)
    write = header_writer(endpoint)
    for headers, tags in (
        ({"x-client": "100"}, ["Kontext"]),
        ({"x-client": "100", "x-step": "a", "x-seat": "b"}, ["Kontext", "Spur"]),
    ):
        blocks = write(check(endpoint, None, {"item": "A1"}, headers=headers).call).blocks
        assert tags == [block.tag.rpartition("}")[2] for block in blocks]


def test_the_document_says_so(tmp_path: Path, replay: Replay) -> None:
    """The API's document has them as header parameters, and those of the answer as headers of its response."""
    _, found = document("header_fields", tmp_path, replay)
    operation = found["paths"]["/v1/stock/{item}"]["get"]
    given = {each["name"]: each for each in operation["parameters"] if each["in"] == "header"}
    assert {"X-Client": True, "X-Language": False, "X-Step": False, "X-Seat": False} == {
        name: each["required"] for name, each in given.items()
    }
    assert ["german", "english"] == given["X-Language"]["schema"]["enum"]
    assert {"X-Request-Id", "X-Session", "X-Session-Seconds"} == operation["responses"]["200"]["headers"].keys()


def test_the_document_says_what_a_fault_holds(tmp_path: Path, replay: Replay) -> None:
    """The answers of a problem whose fault has a record have the schema of that record, as their member ``fault``."""
    _, found = document("typed_faults", tmp_path, replay)
    responses = found["paths"]["/v1/orders/{id}"]["get"]["responses"]
    for status, name in (("404", "NoSuchOrder"), ("423", "Lock")):
        response = responses[status]
        if "$ref" in response:
            response = found["components"]["responses"][response["$ref"].rpartition("/")[2]]
        schema = response["content"]["application/problem+json"]["schema"]
        assert {"$ref": "#/components/schemas/Problem"} == schema["allOf"][0]
        assert [{"$ref": f"#/components/schemas/{name}"}] == schema["allOf"][1]["properties"]["fault"]["anyOf"]
