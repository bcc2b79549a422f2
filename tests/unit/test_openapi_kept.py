"""What the OpenAPI document says of answers that are kept."""

from __future__ import annotations

from pathlib import Path

from openapi_spec_validator import validate

from adapter.app import build, openapi
from tests.cases import SHAPES, shape_project


def test_answers_that_are_kept(tmp_path: Path) -> None:
    """An operation with ``cache:`` takes If-None-Match, answers 304, and says what its fields mean; others do not."""
    document = openapi(build(shape_project(SHAPES / "cache", tmp_path / "project", "http://127.0.0.1:9/"), {}))
    validate(document)
    order = document["paths"]["/v1/orders/{id}"]
    read, cancel = order["get"], order["delete"]
    fields = {"ETag", "Cache-Control", "Age"}
    assert "If-None-Match" == read["parameters"][-1]["name"]
    assert [True, True] == [fields < read["responses"][status]["headers"].keys() for status in ("200", "304")]
    assert "content" not in read["responses"]["304"]
    assert [False, True] == ["304" in cancel["responses"], fields.isdisjoint(cancel["responses"]["204"]["headers"])]
    assert all(each["name"] != "If-None-Match" for each in cancel["parameters"])
