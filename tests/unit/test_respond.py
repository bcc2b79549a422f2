"""Results become responses: status, body, Location."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from adapter.messages import Checked, Request
from adapter.respond import location, respond
from adapter.translate.reader import Result
from tests.unit.mapped import erp

REQUEST = Request("x", "1", 0.0, path={"customer_id": "a/b"}, checked=Checked(query={"limit": "5", "offset": "10"}))


def answer(name: str, result: Result) -> tuple[int, Any, dict[str, str]]:
    """Status, body and headers of the response to a result."""
    response = respond(erp()[name])(result, REQUEST)
    assert isinstance(response.body, bytes)
    return response.status, json.loads(response.body) if response.body else None, dict(response.headers)


def test_object_is_the_body() -> None:
    """One object is the body, with 200 or what its verb says, and its place where it was made."""
    assert (200, {"id": "1"}, {}) == answer("customers.read", Result({"id": "1"}))
    assert (201, {"id": "4 2"}, {"Location": "/v1/customers/4%202"}) == answer(
        "customers.create", Result({"id": "4 2"})
    )


@pytest.mark.parametrize("document", [{}, {"id": None}, {"id": ""}])
def test_place_that_is_not_known_is_not_told(document: dict[str, Any]) -> None:
    """Without the value that a Location needs there is none."""
    assert (201, document, {}) == answer("customers.create", Result(document))


def test_list_tells_its_page() -> None:
    """A list has its items, what was asked for, and the count where the ERP counts."""
    page = {"limit": 5, "offset": 10}
    assert (200, {"items": [], "page": {**page, "total": 7}}, {}) == answer("customers.list", Result([], total=7))
    assert (200, {"items": [{}], "page": page}, {}) == answer("customers.list", Result([{}]))
    assert (200, {"items": []}, {}) == answer("stock.list", Result([]))


def test_nothing_is_204() -> None:
    """An operation that answers nothing has no body."""
    assert (204, None, {}) == answer("orders.cancel", Result(None))


def test_notes_travel_on_and_decimals_stay_exact() -> None:
    """Oddities of the reply reach the log, and no digit is lost on the way out."""
    response = respond(erp()["customers.read"])(Result({"n": Decimal("0.10")}, ("odd",)), REQUEST)
    assert (("odd",), b'{"n":0.10}') == (response.notes, response.body)


def test_location_takes_the_answer_first_and_then_the_path() -> None:
    """The resource's own path parameters fill what the answer does not say, escaped as a path needs it."""
    endpoint = erp()["customer-orders.list"]
    template = replace(endpoint.reply.rule, location="/{id}").location
    made = location(endpoint.resource.path + template, {"id": "ä?"}, REQUEST.path)
    assert "/v1/customers/a%2Fb/orders/%C3%A4%3F" == made
