"""What of a contract can be a body of many rows, and what is said of the rest while building."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from adapter.mapping.bound import Endpoint
from adapter.messages import Request, Response, Upload
from adapter.steps.validate import validate
from tests.unit.mapped import build, errors, mistakes, schema

NDJSON = "application/x-ndjson"
_REF = "http://ws-i.org/profiles/basic/1.1/xsd"


def xsd(row: str, around: str = '<xsd:element name="X" type="t:T" maxOccurs="unbounded"/>') -> str:
    """A request whose rows have this content."""
    message = (
        f'<xsd:element name="In"><xsd:complexType><xsd:sequence>{around}</xsd:sequence></xsd:complexType></xsd:element>'
    )
    empty = '<xsd:element name="Out"><xsd:complexType><xsd:sequence/></xsd:complexType></xsd:element>'
    return schema(f'{message}{empty}<xsd:complexType name="T">{row}</xsd:complexType>')


def rows(contract: str, fields: dict[str, Any], **more: Any) -> Endpoint:
    """Bind an operation that takes rows."""
    operation = {"body": {"each": "T", "into": "X", **more}, "reply": {"status": 204}}
    return build(contract, {"T": {"fields": fields}}, operation)


A = '<xsd:sequence><xsd:element name="A" type="xsd:int"/></xsd:sequence>'
TWICE = '<xsd:element name="X" type="t:T" minOccurs="2" maxOccurs="2"/>'


@pytest.mark.parametrize(
    ("attribute", "field"),
    [('<xsd:attribute name="Kind" type="xsd:QName"/>', "@Kind"), ("<xsd:anyAttribute/>", "@*")],
)
def test_prefixes_at_the_row_itself(attribute: str, field: str) -> None:
    """A name with a namespace, or attributes of any kind, at the row's own element are a mistake."""
    (mistake,) = mistakes(lambda: rows(xsd(A + attribute), {"a": "A", "kind": field}))

    assert "things.create: kind declares prefixes at the row itself, which is written as text" == mistake.text
    assert "make it read_only" == mistake.remedy


def test_attachments_in_rows() -> None:
    """A value that travels beside the envelope cannot be in a row."""
    reference = (
        f'<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="{_REF}">'
        '<xsd:simpleType name="swaRef"><xsd:restriction base="xsd:anyURI"/></xsd:simpleType></xsd:schema>'
    )
    row = f'<xsd:sequence><xsd:element name="A" xmlns:r="{_REF}" type="r:swaRef"/></xsd:sequence>'
    contract = xsd(row).replace("<xsd:element", f'<xsd:import namespace="{_REF}"/><xsd:element', 1)
    (mistake,) = mistakes(lambda: rows(reference + contract, {"a": "A"}))

    assert "things.create: a is an attachment, and rows have no end yet" == mistake.text
    assert "make it read_only" == mistake.remedy


def test_rounds() -> None:
    """In a group that repeats, each round takes as many as the element says."""
    around = f'<xsd:sequence maxOccurs="3">{TWICE}</xsd:sequence>'
    endpoint = rows(xsd(A, around), {"a": "A"})

    assert {} == errors(endpoint, [{"a": 1}] * 4)
    assert {"": "must have items in rounds of 2 to 2"} == errors(endpoint, [{"a": 1}] * 3)
    assert {"": "must have at most 6 items"} == errors(endpoint, [{"a": 1}] * 7)


@pytest.mark.parametrize(
    ("bounds", "count", "wrong"),
    [
        ('minOccurs="0" maxOccurs="2"', 0, {}),
        ('minOccurs="0" maxOccurs="2"', 3, {"/items": "must have at most 2 items"}),
        ('minOccurs="1" maxOccurs="2"', 0, {"/items": "must have at least 1 items"}),
        ('minOccurs="2" maxOccurs="unbounded"', 1, {"/items": "must have at least 2 items"}),
        ('minOccurs="2" maxOccurs="unbounded"', 100, {}),
    ],
)
def test_as_many_as_the_contract_takes(bounds: str, count: int, wrong: dict[str, str]) -> None:
    """None, one and many, against minOccurs and maxOccurs."""
    endpoint = rows(xsd(A, f'<xsd:element name="X" type="t:T" {bounds}/>'), {"a": "A"})

    assert wrong == errors(endpoint, {"items": [{"a": 1}] * count})


def test_at_least_two_or_none() -> None:
    """A group that may be left out as a whole has enough rows or none."""
    around = f'<xsd:sequence minOccurs="0">{TWICE}<xsd:element name="B" type="xsd:int" minOccurs="0"/></xsd:sequence>'
    endpoint = rows(xsd(A, around), {"a": "A"})

    assert {} == errors(endpoint, [])
    assert {"": "must have at least 2 items"} == errors(endpoint, [{"a": 1}])


def test_nil_rows() -> None:
    """A row may be null where the contract lets it be nil."""
    around = '<xsd:element name="X" type="t:T" maxOccurs="9" nillable="true"/>'

    assert {} == errors(rows(xsd(A, around), {"a": "A"}), [None, {"a": 1}])
    assert {"/0": "must not be null"} == errors(rows(xsd(A), {"a": "A"}), [None, {"a": 1}])


def test_the_smaller_bound_counts() -> None:
    """max_rows narrows what the contract takes, and never widens it."""
    contract = xsd(A, '<xsd:element name="X" type="t:T" maxOccurs="2"/>')

    assert {"": "must have at most 1 items"} == errors(rows(contract, {"a": "A"}, max_rows=1), [{"a": 1}] * 2)
    assert {"": "must have at most 2 items"} == errors(rows(contract, {"a": "A"}, max_rows=5), [{"a": 1}] * 3)


def test_functions_do_not_see_rows() -> None:
    """What is computed once for a request cannot be computed of a row's properties."""
    endpoint = rows(xsd(A), {"a": "A"})

    assert [] == list(endpoint.given())


def test_what_is_left_is_let_go() -> None:
    """Whoever asks for no more rows leaves a body that is closed: nothing is read of it later."""
    endpoint, left = rows(xsd(A), {"a": "A"}), []

    def pieces() -> Iterator[bytes]:
        try:
            yield b'{"a": 1}\n'
            yield b'{"a": 2}\n'
        finally:
            left.append("closed")

    def then(request: Request) -> Response:
        assert request.checked is not None
        assert request.checked.rows is not None
        assert [{"a": "1"}] == next(request.checked.rows)
        assert [] == left
        return Response(200)

    upload = Upload(pieces(), None)
    request = Request("things.create", "1", 0.0, "POST", upload=upload, content_type=NDJSON)
    validate(endpoint, max_depth=64, max_digits=1000)(then)(request)

    assert ["closed"] == left
