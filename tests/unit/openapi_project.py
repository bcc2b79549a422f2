"""The clone's own project as an OpenAPI document, and what tests ask of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from adapter.errors import BuildError
from adapter.mapping.agreement.whole import Surroundings
from adapter.mapping.bound import BoundField, BoundType, Endpoint
from adapter.mapping.project import load_project
from adapter.openapi import document, read_examples, to_json
from adapter.problems import catalogue
from adapter.wsdl.load import load

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Return every endpoint of the clone's mappings, with settings that name everything."""
    url = "http://127.0.0.1:9"
    around = Surroundings(lambda name: "100", lambda name: url, lambda service, port: url, {})
    return load_project(ROOT, load, around)[0]


def endpoint(name: str) -> Endpoint:
    """Return one endpoint by its name."""
    return next(each for each in endpoints() if each.name == name)


def described(*chosen: Endpoint, **more: Any) -> Any:
    """Return the document of some endpoints as a reader of its JSON sees it."""
    given: dict[str, Any] = {"title": "T", "version": "1", "examples": {}, "problems": catalogue()} | more
    return json.loads(to_json(document(chosen, **given)))


@cache
def whole() -> Any:
    """Return the document of the whole project, golden examples included."""
    return described(*endpoints(), title="Muster", examples=read_examples(GOLDEN))


def operation(document: Any, name: str) -> Any:
    """Return an operation object by its id."""
    return next(each for path in document["paths"].values() for each in path.values() if each["operationId"] == name)


def resolved(document: Any, value: Any) -> Any:
    """Follow a reference within the document."""
    while "$ref" in value:
        found = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


def errors(document: Any, schema: Mapping[str, Any], value: Any) -> list[str]:
    """Return what JSON Schema has against ``value``; references lead into the document."""
    validator = Draft202012Validator({**schema, "components": document["components"]})
    return [error.message for error in validator.iter_errors(value)]


def body_schema(document: Any, name: str) -> Any:
    """Return the schema of an operation's JSON body."""
    return operation(document, name)["requestBody"]["content"]["application/json"]["schema"]


def reply_schema(document: Any, name: str, status: int) -> Any:
    """Return the schema of the one media type that an operation answers with ``status``."""
    response = resolved(document, operation(document, name)["responses"][str(status)])
    (media,) = response["content"].values()
    return media["schema"]


def closed(value: Any) -> Any:
    """Return the document with every object schema refusing what it does not name."""
    if isinstance(value, list):
        return [closed(each) for each in value]
    if not isinstance(value, dict):
        return value
    more = {"additionalProperties": False} if value.get("type") == "object" and "properties" in value else {}
    return {key: closed(each) for key, each in value.items()} | more


def with_types(endpoint: Endpoint, **changed: BoundType) -> Endpoint:
    """Return the endpoint with some of its bound types, by mapping name, replaced in all modes."""
    types = {key: replace(changed[each.name], key=key) if each.name in changed else each
             for key, each in endpoint.types.items()}  # fmt: skip
    return replace(endpoint, types=types)


def fields(endpoint: Endpoint, name: str) -> Iterator[BoundField]:
    """Yield the bound fields called ``name`` of every type."""
    yield from (field for bound in endpoint.types.values() for field in bound.fields if field.name == name)


def build_error(*args: Any, **more: Any) -> BuildError:
    """Return the error that building the document ends with."""
    try:
        described(*args, **more)
    except BuildError as error:
        return error
    raise AssertionError("the document was built")
