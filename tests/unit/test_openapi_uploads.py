"""Uploads of many rows in OpenAPI: three media types, bounds, and examples that the operation takes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from adapter.app import Built, build, openapi
from adapter.mapping.bound import Endpoint
from adapter.rows import CSV, FORMS, JSON
from tests.cases import SHAPES, shape_project
from tests.replay import replaying
from tests.unit.mapped import check


@cache
def built() -> Built:
    """The project of the shape."""
    with TemporaryDirectory() as folder, replaying() as replay:
        return build(shape_project(SHAPES / "rows-in", Path(folder) / "project", replay.url), {})


@cache
def document() -> dict[str, Any]:
    """Its OpenAPI document."""
    return openapi(built())


def content(path: str) -> dict[str, Any]:
    """What an upload takes, by media type."""
    return cast(dict[str, Any], document()["paths"][f"/v1/postings/{path}"]["post"]["requestBody"]["content"])


def endpoint(verb: str) -> Endpoint:
    """One of the operations."""
    return next(each for each in built().endpoints if each.verb == verb)


def test_document_is_valid() -> None:
    """It is OpenAPI, with the three forms, and the problem of each of them."""
    validate(document())
    refused = document()["paths"]["/v1/postings/import"]["post"]["responses"]["400"]

    assert list(FORMS) == list(content("import"))
    assert {"malformed-csv", "malformed-json"} <= set(refused["$ref"].rpartition("/")[2].split("."))


def test_bounds() -> None:
    """The fewest and the most rows are those of the contract and of the mapping."""
    array, whole = content("remove")[JSON]["schema"]["oneOf"]

    assert (2, 3) == (array["minItems"], array["maxItems"])
    assert array == whole["properties"]["items"]


@pytest.mark.parametrize("verb", ["import", "remove", "check"])
def test_examples_are_taken(verb: str) -> None:
    """The example of each form passes the checks, and that of JSON its schema."""
    schema = {**content(verb)[JSON]["schema"], "components": document()["components"]}
    examples = {kind: each["examples"]["made"]["value"] for kind, each in content(verb).items()}
    Draft202012Validator(schema).validate(examples[JSON])

    assert check(endpoint(verb), examples[JSON]).body
    if verb != "remove":  # one row is too few there
        for kind in FORMS[1:]:
            text = examples[kind].encode()
            query = (("release", "true"),) if verb == "import" else ()
            assert (
                check(endpoint(verb), examples[JSON], query=query).body
                == check(endpoint(verb), text, query=query, content_type=kind).body
            )


def test_columns_are_shown() -> None:
    """The example of CSV has a column for each property."""
    header = content("import")[CSV]["examples"]["made"]["value"].splitlines()[0]

    assert "account,amount,day,reversal,against.account,against.rate,texts" == header
