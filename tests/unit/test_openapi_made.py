"""Examples that are made fit the schema they stand at, are small, and are the same each time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from adapter import strict_json
from adapter.mapping.bound import Endpoint
from adapter.openapi import Example
from adapter.openapi.document import document
from tests.matrix.construct import Construct, constructs
from tests.unit.mapped import echo, erp, typed


def described(*endpoints: Endpoint) -> dict[str, Any]:
    """The document of a project without golden cases, as a reader of JSON sees it."""
    found = document(endpoints, title="t", version="1", examples={}, problems={})
    read: dict[str, Any] = json.loads(strict_json.encode(found), parse_float=Decimal)
    return read


def media(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every media type of JSON in a document's operations, requests and answers of success."""
    for path in whole["paths"].values():
        for operation in path.values():
            yield from operation.get("requestBody", {}).get("content", {}).values()
            for status, reply in operation["responses"].items():
                if status.startswith("2"):
                    yield from reply.get("content", {}).values()


def wrong(whole: dict[str, Any]) -> list[str]:
    """What does not fit of all made examples."""
    registry = Registry().with_resource("urn:doc", DRAFT202012.create_resource(whole))
    found = []
    for each in media(whole):
        schema = json.loads(re.sub(r'"#/', '"urn:doc#/', json.dumps(each["schema"], default=str)))
        judge = Draft202012Validator(schema, registry=registry)
        for example in each.get("examples", {}).values():
            found += [error.message for error in judge.iter_errors(example["value"])]
    return found


def examples(whole: dict[str, Any]) -> list[Any]:
    """The values of all examples of a document."""
    return [example["value"] for each in media(whole) for example in each.get("examples", {}).values()]


@pytest.mark.parametrize("construct", constructs(), ids=lambda construct: construct.name)
def test_examples_fit_their_schema(construct: Construct) -> None:
    """Of every construct of the matrix: what is shown could be sent, or come back."""
    assert [] == wrong(described(construct.endpoint()))


def test_examples_of_a_whole_project_fit() -> None:
    """Of the example ERP too, and most of its bodies and answers have one."""
    whole = described(*erp().values())
    assert [] == wrong(whole)
    assert len(list(media(whole))) / 2 < len(examples(whole))


def test_a_number_with_a_fraction_can_be_printed() -> None:
    """``adapter openapi`` prints exact numbers in examples, over lines."""
    construct = next(each for each in constructs() if each.name == "decimal-as-number")
    found = document([construct.endpoint()], title="t", version="1", examples={}, problems={})
    assert json.loads(strict_json.encode(found)) == json.loads(strict_json.text(found))
    assert '\n  "info": {\n    "title": "t",' in strict_json.text(found)


def test_examples_are_the_same_each_time() -> None:
    """Two documents of one project are equal, to the byte."""
    assert described(*erp().values()) == described(*erp().values())


def test_a_project_with_golden_cases_shows_only_those() -> None:
    """What was really asked and answered is better than anything made."""
    endpoint = erp()["customers.read"]
    given = {"another.read": (Example("one", None, 200, {}),)}
    found = document([endpoint], title="t", version="1", examples=given, problems={})
    assert [] == examples(json.loads(strict_json.encode(found)))


def test_what_would_be_long_has_less_in_it_or_no_example() -> None:
    """Optional properties are left out where they would make an example long; required ones never are."""
    many = "".join(f'<xsd:element name="E{at}" type="xsd:int" minOccurs="0"/>' for at in range(100))
    fields = {f"e{at}": f"E{at}" for at in range(100)}
    inside = f'<xsd:sequence><xsd:element name="A" type="xsd:int"/>{many}</xsd:sequence>'
    found = examples(described(echo(typed(inside), {"a": "A", **fields})))
    assert [["a"], ["a"]] == [list(value) for value in found]
    required = many.replace(' minOccurs="0"', "")
    assert [] == examples(described(echo(typed(f"<xsd:sequence>{required}</xsd:sequence>"), fields)))


def test_a_type_that_contains_itself_has_an_example_that_ends() -> None:
    """A required object of its own type has none."""
    inner = '<xsd:element name="T" type="t:T" minOccurs="0"/>'
    inside = f'<xsd:sequence><xsd:element name="N" type="xsd:int"/>{inner}</xsd:sequence>'
    found = examples(described(echo(typed(inside), {"n": "N", "t": {"soap": "T", "one": "T"}})))
    assert found
    assert all("n" in value for value in found)
