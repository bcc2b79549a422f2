"""Rows leave in three forms, and whoever reads one with the usual library has the rows again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from adapter.errors import RequestError
from adapter.mapping.bound import Endpoint
from adapter.messages import Checked, Response, Stream
from adapter.messages import Request as Asked
from adapter.respond import respond_rows
from adapter.rows import CSV, FORMS, JSON, NDJSON
from adapter.rows.csv_columns import Column, cells, columns
from adapter.rows.form import Form
from adapter.rows.forms import forms
from adapter.translate.flowing import Coming
from adapter.translate.reader import Result
from adapter.web.negotiation import chosen
from tests.unit.flowing import endpoint
from tests.unit.mapped import build, erp, schema

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\r\n\t\",;'=\\"), max_size=9
)
ENDPOINT = endpoint()
FIELDS = {"a": st.integers(), "b": TEXT, "d": TEXT, "q": TEXT, "at": TEXT}
FLAT = st.fixed_dictionaries({}, optional={name: st.none() | kind for name, kind in FIELDS.items()})
ROW = st.recursive(FLAT, lambda inner: st.builds(lambda row, more: {**row, "inner": more}, FLAT, inner), max_leaves=3)
BATCHES = st.lists(st.lists(ROW, min_size=1, max_size=3), max_size=4)


def bytes_of(form: Form, batches: Sequence[Sequence[Any]]) -> bytes:
    """Return a whole answer, made some rows at a time."""
    made = [form.some(rows, index == 0) for index, rows in enumerate(batches)]
    return form.start + b"".join(made) + form.end(None)


@given(batches=BATCHES)
def test_json_is_one_array(batches: list[list[Any]]) -> None:
    """However the rows are cut into pieces; a whole list is the same bytes."""
    form, rows = forms(ENDPOINT.types, ENDPOINT.reply.type)[JSON], [row for rows in batches for row in rows]

    assert {"items": rows} == json.loads(bytes_of(form, batches))
    assert bytes_of(form, batches) == form.whole(rows, None)


@given(batches=BATCHES)
def test_ndjson_is_an_object_a_line(batches: list[list[Any]]) -> None:
    """Each line ends with a line feed, and none stands inside a row."""
    form, rows = forms(ENDPOINT.types, ENDPOINT.reply.type)[NDJSON], [row for rows in batches for row in rows]
    body = bytes_of(form, batches)

    assert rows == [json.loads(line) for line in body.split(b"\n")[:-1]]
    assert body == form.whole(rows, None)
    assert body.endswith(b"\n") or not rows


@given(batches=BATCHES)
def test_csv_has_a_record_for_each_row(batches: list[list[Any]]) -> None:
    """Under the header line; what is absent or null is empty, a record that contains itself is JSON text."""
    form, rows = forms(ENDPOINT.types, ENDPOINT.reply.type)[CSV], [row for rows in batches for row in rows]
    body = bytes_of(form, batches)
    found = list(csv.DictReader(io.StringIO(body.decode("utf-8"), newline=""), strict=True))

    assert [_cells(row) for row in rows] == found
    assert body == form.whole(rows, None)
    assert body.startswith(b"a,b,d,q,at,inner\r\n")


def _cells(row: dict[str, Any]) -> dict[str, str]:
    inner = row.get("inner")
    text = "" if inner is None else json.dumps(inner, ensure_ascii=False, separators=(",", ":"))
    found = {name: row.get(name) for name in FIELDS}
    return {**{name: "" if value is None else str(value) for name, value in found.items()}, "inner": text}


def test_values_that_are_no_text_stand_in_csv_as_in_json() -> None:
    """Truth, exact numbers and arrays."""
    form = forms(ENDPOINT.types, ENDPOINT.reply.type)[CSV]
    row = {"a": True, "b": Decimal("1.50"), "d": [1, "x"]}

    assert b'true,1.50,"[1,""x""]",,,\r\n' == form.some([row], True)


XSD = schema(
    '<xsd:element name="In"><xsd:complexType/></xsd:element>'
    '<xsd:element name="Out"><xsd:complexType><xsd:sequence>'
    '<xsd:element name="P" type="t:P" minOccurs="0" maxOccurs="unbounded"/>'
    "</xsd:sequence></xsd:complexType></xsd:element>"
    '<xsd:complexType name="P" abstract="true"><xsd:sequence>'
    '<xsd:element name="N" type="xsd:string"/></xsd:sequence></xsd:complexType>'
    '<xsd:complexType name="M"><xsd:complexContent><xsd:extension base="t:P"><xsd:sequence>'
    '<xsd:element name="G" type="xsd:date"/><xsd:element name="O" type="t:O"/>'
    "</xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>"
    '<xsd:complexType name="F"><xsd:complexContent><xsd:extension base="t:P"><xsd:sequence>'
    '<xsd:element name="R" type="xsd:string" maxOccurs="9"/>'
    "</xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>"
    '<xsd:complexType name="O"><xsd:sequence><xsd:element name="S" type="xsd:string"/></xsd:sequence></xsd:complexType>'
)
VARIANTS = {
    "Partner": {
        "variants": {
            "by": "kind",
            "of": {
                "person": {"soap_type": "M", "fields": {"born": "G", "home": {"soap": "O", "one": "Place"}}},
                "company": {"soap_type": "F", "fields": {"branches": {"soap": "R"}}},
            },
        },
        "fields": {"name": "N"},
    },
    "Place": {"fields": {"street": "S"}},
}


def partners() -> Endpoint:
    """Return a list of rows of two kinds, streamed."""
    reply = {"each": "Partner", "from": "P", "stream": True}
    return build(XSD, VARIANTS, {"request": "GET /", "reply": reply}, verb="list")


def test_rows_of_several_kinds_have_the_columns_of_all() -> None:
    """The word that tells them apart stands first, and what a kind has not is empty."""
    bound = partners()
    found = columns(bound.types, bound.reply.type)
    rows = [
        {"kind": "company", "name": "A", "branches": ["x", "y"]},
        {"kind": "person", "name": "B", "born": "2000-01-31", "home": {"street": "S"}},
    ]
    records = list(csv.reader(io.StringIO(forms(bound.types, bound.reply.type)[CSV].whole(rows, None).decode())))

    assert ["kind", "name", "born", "home.street", "branches"] == [column.name for column in found]
    assert [["company", "A", "", "", '["x","y"]'], ["person", "B", "2000-01-31", "S", ""]] == records[1:]


def test_a_link_has_columns_of_its_own() -> None:
    """A short value stands as it is, in place of a long one stands where it is."""
    names = [("id",), ("scan",), ("scan", "href"), ("scan", "bytes"), ("more",)]
    cells_of = cells([Column(".".join(path), path, path == ("scan",)) for path in names])

    assert ["1", None, "/scans/1", 70, "{}"] == cells_of(
        {"id": "1", "scan": {"href": "/scans/1", "bytes": 70}, "more": {}}
    )
    assert ["2", "QQ==", None, None, None] == cells_of({"id": "2", "scan": "QQ=="})


def asked(accept: str | None) -> Request:
    """Return a request with an Accept header."""
    return Request(EnvironBuilder(headers={"Accept": accept} if accept is not None else {}).get_environ())


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("text/csv", CSV),
        ("Text/CSV; header=present", CSV),
        ("text/*", CSV),
        ("application/x-ndjson", NDJSON),
        ("application/*", JSON),
        ("application/json;q=0.2, application/x-ndjson;q=0.9, text/csv;q=0.5", NDJSON),
        ("text/csv, */*", CSV),
        ("*/*;q=0.1, text/csv;q=0", JSON),
        ("application/json;q=0, application/*", NDJSON),
        ("text/csv, application/json", JSON),
        ("text/html, text/csv;q=0.3", CSV),
    ],
)
def test_the_caller_chooses(accept: str | None, expected: str) -> None:
    """By weight, then by the range that says more, then the first of ours (RFC 9110, section 12.5.1)."""
    assert expected == chosen(asked(accept), FORMS)


@pytest.mark.parametrize("accept", ["text/html", "application/xml, image/*", "*/*;q=0", "application/json;q=0"])
def test_what_we_do_not_have_is_406(accept: str) -> None:
    """No form is taken that the caller does not want."""
    with pytest.raises(RequestError) as caught:
        chosen(asked(accept), FORMS)
    assert ("not-acceptable", 406) == (caught.value.problem, caught.value.status)


REQUEST = Asked("x", "1", 0.0, checked=Checked(query={"limit": "5", "offset": "10"}))


def coming(batches: list[list[Any]], ends: Callable[[], int | None]) -> Coming:
    """Return a list that is still coming."""
    return Coming(iter(batches), ends, lambda: ("odd",), lambda: None, lambda: None, {"X-Own": "1"})


def answered(response: Response) -> bytes:
    """Return all bytes of a body."""
    return response.body if isinstance(response.body, bytes) else b"".join(response.body.chunks)


@pytest.mark.parametrize("form", FORMS)
def test_what_comes_is_answered_as_what_is_there(form: str) -> None:
    """The same bytes, type and header fields, with the page behind the items; what was odd is known at the end."""
    respond, request = respond_rows(erp()["customers.list"]), Asked(**{**_fields(REQUEST), "wanted": form})
    rows = [{"id": "1"}, {"id": "2"}, {"id": "3"}]
    whole = respond(Result(rows, total=70, headers={"X-Own": "1"}), request)
    some = respond(coming([rows[:1], rows[1:]], lambda: 70), request)

    assert isinstance(some.body, Stream)
    assert ("odd",) == some.body.notes()
    assert (answered(whole), whole.content_type, whole.headers) == (answered(some), some.content_type, some.headers)
    assert (b'"page":{"limit":5,"offset":10,"total":70}}' in answered(whole)) == (form == JSON)


def _fields(request: Asked) -> dict[str, Any]:
    return {name: getattr(request, name) for name in Asked.__slots__}


def test_nothing_is_asked_for_before_it_is_taken() -> None:
    """Some rows at a time: what was made of them is gone before the next ones come, and the end is looked at last."""
    seen: list[str] = []

    def batches() -> Iterator[list[Any]]:
        for number in range(3):
            seen.append(f"row {number}")
            yield [{"id": str(number)}]

    def total() -> int | None:
        seen.append("end")
        return None

    response = respond_rows(erp()["customers.list"])(
        Coming(batches(), total, tuple, lambda: None, lambda: None, {}), REQUEST
    )
    assert isinstance(response.body, Stream)
    for index, piece in enumerate(response.body.chunks):
        assert index < 3 or piece.startswith(b"]")
        seen.append("taken")

    assert ["row 0", "taken", "row 1", "taken", "row 2", "taken", "end", "taken"] == seen
