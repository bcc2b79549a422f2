"""OpenAPI of several calls: what golden cases send and answer is what the document says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adapter.app import build, openapi
from tests.cases import SHAPES, Case, shape_cases, shape_project
from tests.replay import replaying

CASES = [case for case in shape_cases() if case.operation in ("joined-calls", "sequence")]


def document(shape: str, folder: Path) -> dict[str, Any]:
    """The document of a shape."""
    with replaying() as replay:
        return openapi(build(shape_project(SHAPES / shape, folder / "project", replay.url), {}))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.operation}-{case.name}")
def test_golden_answers_are_documented(case: Case, tmp_path: Path) -> None:
    """Every answer is one that the document allows, half-made ones too."""
    whole = document(case.operation, tmp_path)
    expected = case.json("reply.json")
    operation = next(iter(whole["paths"].values()))[case.json("request.json")["method"].lower()]
    response = operation["responses"][str(expected["status"])]
    if "$ref" in response:
        response = whole["components"]["responses"][response["$ref"].rpartition("/")[2]]
    (media,) = response["content"].values()
    body = expected["body"] if expected["status"] < 400 else {"instance": "#1", **expected["body"]}
    Draft202012Validator({**media["schema"], "components": whole["components"]}).validate(body)


def test_the_body_holds_the_parts(tmp_path: Path) -> None:
    """The lines stand beside the properties of the main type, with their number; nothing else may."""
    body = document("sequence", tmp_path)["paths"]["/v1/orders"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert {"note", "lines"} == set(schema["properties"])
    assert (["lines"], 200, False) == (
        schema["required"],
        schema["properties"]["lines"]["maxItems"],
        schema["additionalProperties"],
    )


def test_only_sequences_can_be_half_made(tmp_path: Path) -> None:
    """The two problems of sequences are documented where they can happen."""
    read = document("joined-calls", tmp_path / "read")["components"]["examples"]
    create = document("sequence", tmp_path / "create")["components"]["examples"]
    assert {"half-made", "outcome-unknown"} <= set(create)
    assert not {"half-made", "outcome-unknown"} & set(read)
    assert "incomplete" in str(document("joined-calls", tmp_path / "again")["paths"])
