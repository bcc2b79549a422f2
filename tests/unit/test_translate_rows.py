"""One item of a list at a time is read as it is read in the whole list."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.translate.reader import Result, reader
from adapter.translate.reading import Reading
from adapter.translate.replies import reply_reader
from adapter.translate.rows import row_reader
from adapter.translate.tolerance import aligner
from tests.unit.mapped import build, schema
from tests.unit.mutated import mutated
from tests.unit.twins import outcome

_SCHEMA = schema(
    '<xsd:element name="In"><xsd:complexType/></xsd:element>'
    '<xsd:element name="Out"><xsd:complexType><xsd:sequence>'
    '<xsd:element name="Row" type="t:Row" nillable="true" minOccurs="0" maxOccurs="unbounded"/>'
    "</xsd:sequence></xsd:complexType></xsd:element>"
    '<xsd:complexType name="Row"><xsd:sequence><xsd:element name="A" type="xsd:string"/>'
    '<xsd:element name="B" type="xsd:int" minOccurs="0"/></xsd:sequence></xsd:complexType>'
)
_ROWS = "<Row><A>x</A><B>1</B></Row>", "<Row><A>y</A><C/></Row>"


def _endpoint() -> Endpoint:
    types = {"Row": {"fields": {"a": "A", "b": "B"}}}
    reply = {"each": "Row", "from": "Row"}
    return build(_SCHEMA, types, {"request": "GET /", "reply": reply}, verb="list")


def _out(*rows: str) -> Any:
    return etree.fromstring(f'<Out xmlns="urn:t">{"".join(rows)}</Out>')


def test_rows_are_read_as_in_the_whole_list() -> None:
    """Each row has the value that it has in the list, and what is odd about it is noted the same way."""
    endpoint, whole = _endpoint(), _out(*_ROWS[:2])
    notes = aligner(endpoint)(whole)
    reading, row = Reading(endpoint.name, None, encoded=False), row_reader(endpoint)

    assert reader(endpoint)(whole).document == [row(element, reading) for element in _out(*_ROWS[:2])]
    assert notes == tuple(reading.drift) == ("unknown-element: Row/C",)


def test_a_nil_row_is_refused() -> None:
    """A row that says that it has no value is refused, as in a list."""
    endpoint = _endpoint()
    (nil,) = _out('<Row xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>')

    with pytest.raises(BackendReplyInvalid, match="backend-reply-invalid"):
        row_reader(endpoint)(nil, Reading(endpoint.name, None, encoded=False))


def test_lists_pass_what_goes_around_them() -> None:
    """The elements of a list are read through ``each``, so that it can pause between them."""
    seen: list[str] = []

    def each(elements: Any) -> Any:
        for element in elements:
            seen.append(element.findtext("{*}A"))
            yield element

    reader(_endpoint(), each)(_out(*_ROWS[:2]))

    assert ["x", "y"] == list(dict.fromkeys(seen))


@pytest.mark.parametrize("strict", [False, True])
def test_odd_rows_are_read_as_in_a_list(strict: bool) -> None:
    """A row that drifts has the value, the notes or the error that it has as the one row of a list, read plainly."""
    endpoint = _endpoint()
    resource = replace(endpoint.resource, soap=replace(endpoint.resource.soap, strict=strict))
    endpoint = replace(endpoint, resource=resource)
    row, whole = row_reader(endpoint), reply_reader(endpoint, plain=True)

    def one(element: Any) -> Result:
        reading = Reading(endpoint.name, None, encoded=False)
        return Result([row(element, reading)], (*reading.drift, *reading.notes))

    source = random.Random(7)
    for _ in range(300):
        changed = mutated(_out(*_ROWS)[source.randint(0, 1)], source, ["{urn:t}Row"])
        if changed is None or changed.tag != "{urn:t}Row":
            continue
        changed.tail = None
        listed = etree.fromstring(f'<o:Out xmlns:o="urn:t">{etree.tostring(changed).decode()}</o:Out>')
        assert outcome(whole, listed) == outcome(one, changed)
