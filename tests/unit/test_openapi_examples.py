"""Examples read from golden folders."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from adapter.errors import BuildError
from adapter.openapi import Example, read_examples
from tests.unit.openapi_project import described, endpoint, operation


def case(folder: Path, operation: str, name: str, request: str, reply: str | None) -> None:
    """Write one golden case."""
    place = folder / operation / name
    place.mkdir(parents=True)
    (place / "request.json").write_text(request, encoding="utf-8")
    if reply is not None:
        (place / "reply.json").write_text(reply, encoding="utf-8")


def test_no_folder_means_no_examples(tmp_path: Path) -> None:
    """A project without golden folders is documented without their examples."""
    assert {} == read_examples(tmp_path / "golden")


def test_cases_are_read_by_operation(tmp_path: Path) -> None:
    """Each case gives its bodies and its status; numbers stay exact."""
    case(tmp_path, "a.create", "two", '{"method": "POST", "path": "/a", "body": {"n": 1.10}}', '{"status": 201}')
    case(tmp_path, "a.create", "one", '{"method": "POST", "path": "/a"}', '{"status": 422, "body": {"x": null}}')
    assert {
        "a.create": (Example("one", None, 422, {"x": None}), Example("two", {"n": Decimal("1.10")}, 201, None))
    } == read_examples(tmp_path)


def test_broken_cases_are_named_all_at_once(tmp_path: Path) -> None:
    """A missing file, a file that is no JSON and a missing status are mistakes that name the case, not the machine."""
    case(tmp_path, "a.read", "gone", "{}", None)
    case(tmp_path, "a.read", "broken", "{", '{"status": 200}')
    case(tmp_path, "a.read", "silent", "{}", "{}")
    with pytest.raises(BuildError) as caught:
        read_examples(tmp_path)
    assert ["a.read/broken", "a.read/gone", "a.read/silent"] == [each.file for each in caught.value.mistakes]
    assert str(tmp_path) not in str(caught.value)


def test_examples_stand_at_their_status() -> None:
    """A success shows its request and reply; a refusal shows only its answer, with an instance of its own."""
    problem = {"type": "/problems/order-not-found", "title": "No such order", "status": 404}
    cases = (Example("good", None, 200, {"id": "1"}), Example("bad", None, 404, problem))
    found = operation(described(endpoint("orders.read"), examples={"orders.read": cases}), "orders.read")["responses"]
    assert {"good": {"value": {"id": "1"}}} == found["200"]["content"]["application/json"]["examples"]
    shown = found["404"]["content"]["application/problem+json"]["examples"]["bad"]["value"]
    assert problem == {key: shown[key] for key in problem}
    assert shown["instance"].startswith("urn:uuid:")


def test_requests_that_were_refused_are_no_examples() -> None:
    """The body of a request shows only what is accepted."""
    cases = (Example("good", {"a": 1}, 201, {}), Example("bad", {"a": 2}, 422, {}))
    found = described(endpoint("orders.create"), examples={"orders.create": cases})
    body = operation(found, "orders.create")["requestBody"]["content"]["application/json"]
    assert {"good": {"value": {"a": 1}}} == body["examples"]
