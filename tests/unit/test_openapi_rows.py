"""A list that leaves row by row, in OpenAPI."""

from __future__ import annotations

from openapi_spec_validator import OpenAPIV31SpecValidator

from adapter.rows import CSV, FORMS, JSON, NDJSON
from tests.unit.flowing import endpoint
from tests.unit.openapi_project import described


def test_the_answer_has_three_forms() -> None:
    """JSON as any list; the others are text, and say what one line of them is."""
    document = described(endpoint())
    answer = document["paths"]["/v1/things"]["get"]["responses"]["200"]
    content = answer["content"]

    assert [] == list(OpenAPIV31SpecValidator(document).iter_errors())
    assert list(FORMS) == list(content)
    assert {"$ref": "#/components/schemas/T"} == content[JSON]["schema"]["properties"]["items"]["items"]
    assert {"$ref": "#/components/schemas/T"} == content[NDJSON]["x-itemSchema"]
    assert ["a", "b", "d", "q", "at", "inner"] == list(content[CSV]["x-itemSchema"]["properties"])
    assert ("string", "string") == (content[NDJSON]["schema"]["type"], content[CSV]["schema"]["type"])
    assert "breaks off" in answer["description"]
