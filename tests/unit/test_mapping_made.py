"""Values that are made for each call: ``{compute: now}`` in operations, types and header blocks."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from adapter.mapping.made import MADE
from adapter.messages import Call, Checked
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, errors, mistakes
from tests.unit.test_mapping_stand_ins import element, inside

CALL = Call("id-1", datetime(2026, 1, 31, 12, 0, tzinfo=UTC))
OPTIONAL = {"minOccurs": "0"}
XSD = inside(element("Am", "xsd:dateTime"), element("Tag", "xsd:date", **OPTIONAL), element("Nr", **OPTIONAL))


def texts(constants: Any, body: Any) -> list[str | None]:
    """The texts below X of the message, for a type with these constants."""
    section = {"fields": {"number": "Nr"}, "set": constants}
    endpoint = build(XSD, {"T": section}, {"body": {"one": "T", "into": "X"}, "reply": {"status": 204}})
    checked = check(endpoint, body)
    return [child.text for child in writer(endpoint)(Checked(body=checked.body, call=CALL))[0]]


@pytest.mark.parametrize(
    ("name", "text"), [("now", "2026-01-31T12:00:00Z"), ("today", "2026-01-31"), ("request_id", "id-1")]
)
def test_made_values(name: str, text: str) -> None:
    """Each comes from the call, not from the moment at which it is written."""
    assert text == MADE[name].make(CALL)


def test_uuids_differ() -> None:
    """One at each place, in the form of RFC 9562, version 4."""
    one, other = MADE["uuid"].make(CALL), MADE["uuid"].make(CALL)
    assert one != other
    assert re.fullmatch("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", one)


def test_made_values_of_a_type_are_written_with_its_objects() -> None:
    """They stand beside fixed ones and the caller's own, and the same time is in all of them."""
    assert ["2026-01-31T12:00:00Z", "2026-01-31", "7"] == texts(
        {"Am": {"compute": "now"}, "Tag": {"compute": "today"}}, {"number": "7"}
    )


def test_made_values_of_an_operation() -> None:
    """A constant of the message itself may be made too."""
    xsd = XSD.replace('<xsd:element name="X" type="t:T"/>', element("Am", "xsd:dateTime"), 1)
    endpoint = build(xsd, {}, {"set": {"Am": {"compute": "now"}}, "reply": {"status": 204}})
    assert "2026-01-31T12:00:00Z" == writer(endpoint)(Checked(call=CALL))[0].text


def test_a_made_value_has_one_time_for_the_whole_call() -> None:
    """``validate`` reads the clock once and keeps the request's id."""
    endpoint = build(XSD, {"T": {"fields": {"number": "Nr"}, "set": {"Am": {"compute": "now"}}}}, {
        "body": {"one": "T", "into": "X"}, "reply": {"status": 204}})  # fmt: skip
    checked = check(endpoint, {})
    message = writer(endpoint)(checked)
    assert checked.call.now.strftime("%Y-%m-%dT%H:%M:%SZ") == message[0][0].text
    assert ("1", None) == (checked.call.request_id, checked.call.now.tzinfo and None)
    assert {} == errors(endpoint, {"number": "x"})


def test_made_values_inside_arrays_nested_objects_and_variants() -> None:
    """However deep an object stands, what its type sets is made."""
    xsd = inside(
        element("L", "t:U", **OPTIONAL, maxOccurs="unbounded"), element("Ort", **OPTIONAL), element("K", **OPTIONAL)
    )
    xsd = xsd.replace("</xsd:schema>", "<xsd:complexType name='U'><xsd:sequence>" + element("Id") + element("L", "t:U",
        **OPTIONAL, maxOccurs="unbounded") + "</xsd:sequence></xsd:complexType></xsd:schema>")  # fmt: skip
    types = {
        "T": {"fields": {"lines": {"soap": "L", "each": "U"}, "place": {"soap": ".", "one": "P"}}},
        "U": {"fields": {"lines": {"soap": "L", "each": "U"}}, "set": {"Id": {"compute": "request_id"}}},
        "P": {"fields": {"city": "Ort"}, "set": {"K": {"compute": "request_id"}}},
    }
    endpoint = build(xsd, types, {"body": {"one": "T", "into": "X"}, "reply": {"status": 204}})
    body = check(endpoint, {"lines": [{"lines": [{}]}, {}], "place": {"city": "B"}}).body
    message = writer(endpoint)(Checked(body=body, call=CALL))
    assert ["id-1"] * 4 == [each.text for each in message.iter("{urn:t}Id", "{urn:t}K")]


@pytest.mark.parametrize(
    ("path", "name", "text"),
    [
        ("Tag", "now", "Tag: now '2026-12-31T23:59:59Z' not a date"),
        ("Am", "today", "Am: today '2026-12-31' not a date and time"),
        ("Am", "uuid", "Am: uuid"),
        ("Am", "tomorrow", "Am: compute: nothing is called tomorrow"),
    ],
)
def test_what_the_contract_does_not_take_is_a_mistake(path: str, name: str, text: str) -> None:
    """A sample of each is proved while building."""
    found = mistakes(lambda: texts({path: {"compute": name}}, {}))
    assert text in " ".join(each.text for each in found)
    assert all(each.remedy and each.line for each in found)
