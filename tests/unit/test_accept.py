"""The check in one pass takes what marshmallow takes, and gives the same; it is never sure of anything else."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.mapping.bound import Endpoint
from adapter.steps.accept import NOT_SURE, acceptor
from adapter.steps.schemas import body_field
from adapter.strict_json import xml_can_carry
from tests.twins import checked, mutated
from tests.unit.mapped import echo, erp, typed
from tests.unit.random_values import Values

BODIES = {name: endpoint for name, endpoint in erp().items() if endpoint.body is not None}
LINES = [{"item_id": f"A-{number}", "quantity": "12.5", "unit": "piece", "unit_price": "0.1250"} for number in range(9)]
ORDER = {"customer_id": "42", "wanted_on": "2024-12-31", "partial_delivery": True, "lines": LINES}


def field(endpoint: Endpoint) -> Any:
    """The field that checks the body of an operation."""
    found = body_field(endpoint)
    assert found is not None
    return found


@settings(max_examples=300)
@given(name=st.sampled_from(sorted(BODIES)), source=st.randoms(use_true_random=False), strange=st.integers(0, 2))
def test_the_example_project(name: str, source: random.Random, strange: int) -> None:
    """So it is for every body of the example project, right and wrong."""
    endpoint = BODIES[name]
    assert endpoint.body is not None
    value: Any = Values(source, endpoint).object(endpoint.body.type)
    for _ in range(strange):
        value = mutated(value, source)

    assert "" == checked(field(endpoint), value)[0]


def test_an_ordinary_body_is_accepted_at_once() -> None:
    """Nothing in an ordinary order needs marshmallow, nor the plain way of a codec."""
    for line in (ORDER, *LINES):
        assert xml_can_carry(str(line))

    assert ("", False) == checked(field(BODIES["orders.create"]), ORDER)


def test_one_odd_row_costs_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """An item that the pass is not sure of is checked by marshmallow alone; its neighbours are not."""
    lines = field(BODIES["orders.create"]).schema().fields["f9"]
    asked: list[Any] = []
    plain = lines.inner.deserialize

    def counted(value: Any, **rest: Any) -> Any:
        asked.append(value)
        return plain(value, **rest)

    monkeypatch.setattr(lines.inner, "deserialize", counted)
    odd = {**LINES[0], "description": None, "batches": [], "unit_price": "1E3"}

    with pytest.raises(NOT_SURE):
        acceptor(lines)([*LINES, odd])

    assert [odd] == asked


CHOICE = typed(
    '<xsd:choice><xsd:element name="A" type="xsd:string"/><xsd:element name="B" type="xsd:string" maxOccurs="2"/>'
    '<xsd:sequence><xsd:element name="C" type="xsd:string" nillable="true"/><xsd:element name="D" type="xsd:string"/>'
    "</xsd:sequence></xsd:choice>"
)


@pytest.mark.parametrize(
    "value",
    [
        {"a": ""},
        {"b": ["x", "y"]},
        {"b": []},
        {"a": "1", "b": []},
        {"a": "1", "b": ["1"]},
        {"a": "", "b": ["1"]},
        {"b": ["1", "2", "3"]},
        {"c": None, "d": "1"},
        {"c": None},
        {"d": "1", "c": "2"},
        {"a": "1", "c": "2"},
        {},
    ],
)
def test_what_stands_together_is_judged_by_names(value: dict[str, Any]) -> None:
    """What was judged once for a set of names holds for others of them only where it must: null and empty count."""
    endpoint = echo(CHOICE, {"a": "A", "b": "B", "c": "C", "d": "D"})
    before = ({"a": "x"}, {"b": ["x"]}, {"c": "x", "d": "y"}, {"b": ["x"], "a": "x"}, {"a": "x", "b": []})
    for each in (*before, value, value):
        assert "" == checked(field(endpoint), each)[0]


OPTIONAL = typed(
    "<xsd:sequence>"
    + "".join(f'<xsd:element name="{name}" type="xsd:string" minOccurs="0"/>' for name in "ABCD")
    + "</xsd:sequence>"
)


@pytest.mark.parametrize("value", [{}, {"b": "1"}, {"a": "1"}, {"a": "1", "b": "2", "name": "x y"}, {"a": "", "c": ""}])
def test_what_the_mapping_says(value: dict[str, Any]) -> None:
    """What the mapping requires must be there, and what it has a default for is there."""
    fields = {
        "a": {"soap": "A", "required": True},
        "b": {"soap": "B", "default": "z"},
        "name": {"soap": ["C", "D"], "join": " "},
    }
    endpoint = echo(OPTIONAL, fields)
    for each in ({"a": "0"}, value, {"a": "0", "b": "0"}, value):
        assert "" == checked(field(endpoint), each)[0]
    assert ("a" not in value or "c" in value) == checked(field(endpoint), value)[1]
