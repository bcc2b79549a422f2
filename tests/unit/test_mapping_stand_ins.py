"""Directions and what stands in for nothing: ``write_only``, ``create_only``, ``default`` and ``missing``."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.openapi.schemas import schemas
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, echo, errors, mistakes, sent, typed
from tests.unit.twins import reader

XSI = "http://www.w3.org/2001/XMLSchema-instance"


def element(name: str, type: str = "xsd:string", **more: Any) -> str:
    """An element declaration."""
    attributes = "".join(f' {key}="{value}"' for key, value in more.items())
    return f'<xsd:element name="{name}" type="{type}"{attributes}/>'


def inside(*parts: str) -> str:
    """A schema whose type T is a sequence."""
    return typed(f"<xsd:sequence>{''.join(parts)}</xsd:sequence>")


def written(endpoint: Endpoint, body: Any) -> list[tuple[str, str | None]]:
    """What stands in X of the message for a body: local names and texts."""
    message = sent(writer(endpoint)(check(endpoint, body)))
    return [(etree.QName(child).localname, child.text) for child in message[0]]


def answered(endpoint: Endpoint, inner: str) -> Any:
    """What callers read when the ERP answers X with this inside."""
    text = f'<Out xmlns="urn:t" xmlns:xsi="{XSI}"><X>{inner}</X></Out>'
    return reader(endpoint)(etree.fromstring(text)).document


def component(endpoint: Endpoint, name: str) -> dict[str, Any]:
    """A component of the documentation."""
    return dict(schemas([endpoint]).components[name])


def changing(xsd: str, fields: Any, verb: str, partial: bool = False) -> Endpoint:
    """An operation of another verb than create."""
    body = {"one": "T", "into": "X", **({"patch": "partial"} if partial else {})}
    operation = {"request": "PUT /", "body": body, "reply": {"one": "T", "from": "X"}}
    return build(xsd, {"T": {"fields": fields}}, operation, verb=verb)


TWO = inside(element("a", minOccurs="0"), element("b", minOccurs="0"))


def test_write_only_is_taken_and_never_shown() -> None:
    """A write_only property is written, and no reply has it, whatever the ERP sends; the documentation says so."""
    endpoint = echo(TWO, {"a": "a", "secret": {"soap": "b", "write_only": True}})
    assert [("b", "x")] == written(endpoint, {"secret": "x"})
    assert {"a": "1"} == answered(endpoint, "<a>1</a><b>2</b>")
    assert component(endpoint, "TInput")["properties"]["secret"]["writeOnly"] is True
    assert ["a"] == list(component(endpoint, "T")["properties"])


def test_create_only_is_taken_on_create_alone() -> None:
    """An update or patch that gives a create_only property is told why it is refused."""
    fields = {"a": "a", "once": {"soap": "b", "create_only": True}}
    assert [("b", "x")] == written(echo(TWO, fields), {"once": "x"})
    for verb, partial in (("update", False), ("patch", True)):
        endpoint = changing(TWO, fields, verb, partial)
        assert {"/once": "can only be set on create"} == errors(endpoint, {"once": "x"})
        assert {"once": "2"} == answered(endpoint, "<b>2</b>")
    assert ["a"] == list(component(changing(TWO, fields, "update"), "TUpdate")["properties"])


def test_an_update_must_be_able_to_fill_what_the_contract_requires() -> None:
    """A create_only property cannot stand for an element that an update must send."""
    fields = {"a": {"soap": "a", "create_only": True}}
    (wrong,) = mistakes(lambda: changing(inside(element("a")), fields, "update"))
    assert "requires a, and no field fills it" in wrong.text


def test_location_needs_what_callers_can_see() -> None:
    """A Location header cannot be made of a property that is never read."""
    fields = {"a": "a", "b": {"soap": "b", "write_only": True}}
    operation = {"body": {"one": "T", "into": "X"}, "reply": {"one": "T", "from": "X", "location": "/{b}"}}
    (wrong,) = mistakes(lambda: build(TWO, {"T": {"fields": fields}}, operation))
    assert "location: T has no property b" in wrong.text


def test_default_is_written_for_what_is_left_out() -> None:
    """What the caller leaves out is written as the default, even where it must be there; null and values win."""
    xsd = inside(element("a"), element("n", "xsd:int", nillable="true"))
    fields = {"a": {"soap": "a", "codes": {"open": "O", "done": "D"}, "default": "open"},
              "n": {"soap": "n", "default": 5}}  # fmt: skip
    endpoint = echo(xsd, fields)
    assert [("a", "O"), ("n", "5")] == written(endpoint, {})
    assert [("a", "D"), ("n", None)] == written(endpoint, {"a": "done", "n": None})
    schema = component(endpoint, "TInput")
    assert ("open", 5) == (schema["properties"]["a"]["default"], schema["properties"]["n"]["default"])
    assert "required" not in schema
    assert "default" not in component(endpoint, "T")["properties"]["a"]


def test_default_stays_out_of_partial_bodies() -> None:
    """In a partial body what is left out stays untouched."""
    fields = {"a": {"soap": "a", "default": "x"}, "b": "b"}
    assert [("b", "1")] == written(changing(TWO, fields, "patch", partial=True), {"b": "1"})
    assert [("a", "x"), ("b", "1")] == written(changing(TWO, fields, "update"), {"b": "1"})


def test_default_fills_a_body_that_is_the_message() -> None:
    """The same where the body fills the message itself."""
    message = "<xsd:element name='{}'><xsd:complexType><xsd:sequence>{}</xsd:sequence></xsd:complexType></xsd:element>"
    xsd = TWO.replace('<xsd:element name="In">', '<xsd:element name="Old">').replace(
        "</xsd:schema>", message.format("In", element("a") + element("b")) + "</xsd:schema>"
    )
    operation = {"body": {"one": "T"}, "reply": {"status": 204}}
    endpoint = build(xsd, {"T": {"fields": {"a": {"soap": "a", "default": "x"}, "b": "b"}}}, operation)
    message_sent = sent(writer(endpoint)(check(endpoint, {"b": "1"})))
    assert ["x", "1"] == [child.text for child in message_sent]
    assert {"/b": "is required"} == errors(endpoint, {})


CHOICE = f"<xsd:choice>{element('a')}{element('b')}</xsd:choice>"
AROUND = '<xsd:element name="o" minOccurs="0"><xsd:complexType><xsd:sequence>{}</xsd:sequence></xsd:complexType>\
</xsd:element>'


@pytest.mark.parametrize(
    ("parts", "fields", "text"),
    [
        ([element("n", "xsd:int")], {"n": {"soap": "n", "default": "x"}}, "n: default: "),
        ([element("n", "xsd:int")], {"n": {"soap": "n", "default": "1.5"}}, "must be a whole number"),
        ([element("n", maxOccurs="9")], {"n": {"soap": "n", "default": "x"}}, "may occur many times"),
        ([CHOICE], {"a": {"soap": "a", "default": "x"}, "b": "b"}, "stands in a choice"),
        ([AROUND.format(element("a") + element("b"))], {"a": {"soap": "o.a", "default": "x"}, "b": "o.b"},
         "cannot be written alone: b is required together with a"),
        ([element("n", "xsd:int")], {"n": {"soap": "n", "missing": "x"}}, "n: missing: must be a whole number"),
        ([element("n", maxOccurs="9")], {"n": {"soap": "n", "missing": "x"}}, "may occur many times"),
        ([element("n")], {"n": {"soap": "n", "codes": {"a": "A"}, "missing": "b"}}, "n: missing: must be one of a"),
    ],
)  # fmt: skip
def test_what_cannot_stand_in_is_a_mistake(parts: list[str], fields: Any, text: str) -> None:
    """A default that no caller could send, or that spoils other bodies, and a value that no reply could hold."""
    found = mistakes(lambda: echo(inside(*parts), fields))
    assert [True] == sorted({text in each.text for each in found})
    assert all(each.remedy for each in found)


def test_missing_is_read_for_what_the_erp_leaves_out() -> None:
    """An element that is not there is read as the value, so the property is in every reply; an empty one is empty."""
    xsd = inside(element("a", minOccurs="0"), element("n", "xsd:int", minOccurs="0"), element("c", "xsd:boolean"))
    fields = {"a": {"soap": "a", "missing": "none"}, "n": {"soap": "n", "missing": 0},
              "c": {"soap": "c", "missing": "false"}}  # fmt: skip
    endpoint = echo(xsd, fields)
    assert {"a": "none", "n": 0, "c": False} == answered(endpoint, "")
    assert {"a": "", "n": 7, "c": True} == answered(endpoint, "<a/><n>7</n><c>true</c>")
    assert {"a": "none", "n": 0, "c": False} == answered(endpoint, '<n xsi:nil="true"/><c xsi:nil="true"/>')
    assert ["a", "n", "c"] == component(endpoint, "T")["required"]


def test_without_missing_nothing_is_made_up() -> None:
    """An element that the contract requires and the ERP leaves out still makes the reply invalid."""
    with pytest.raises(BackendReplyInvalid):
        answered(echo(inside(element("a")), {"a": "a"}), "")


def test_missing_in_a_choice_does_not_narrow_the_documentation() -> None:
    """Both branches may be in a reply when one of them has a stand-in, so the documentation promises no choice."""
    endpoint = echo(inside(CHOICE), {"a": {"soap": "a", "missing": "x"}, "b": "b"})
    assert {"a": "x", "b": "1"} == answered(endpoint, "<b>1</b>")
    assert ["a"] == component(endpoint, "T")["required"]
    assert len(component(endpoint, "TInput")["oneOf"]) == 2
