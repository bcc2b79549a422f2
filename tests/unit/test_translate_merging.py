"""``patch: read_modify_write``: a caller's change merged into the record that was read, nothing else touched."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapter.errors import InvalidRequest
from adapter.mapping.bound import Endpoint
from adapter.mapping.project import load_project
from adapter.messages import Checked
from adapter.translate.writer import writer
from adapter.wsdl.load import load
from tests.cases import SHAPES
from tests.unit.mapped import around, check, sent
from tests.unit.twins import reader

SHAPE = SHAPES / "patch-read-modify-write"
K, XSI = "urn:kartei", "http://www.w3.org/2001/XMLSchema-instance"
KEPT = ("PartnerNr", "AendNr", "Merkmal", "Plz")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shape as a project."""
    folder = tmp_path_factory.mktemp("merging")
    for name, source in (("wsdl/shape.wsdl", "shape.wsdl"), ("mappings/mapping.yaml", "mapping.yaml")):
        (folder / name).parent.mkdir()
        (folder / name).write_text((SHAPE / source).read_text("utf-8"), "utf-8")
    return folder


@pytest.fixture(scope="module")
def bound(project: Path) -> dict[str, Endpoint]:
    """Its operations by verb."""
    endpoints, _ = load_project(project, load, around())
    return {endpoint.verb: endpoint for endpoint in endpoints}


@cache
def judge() -> etree.XMLSchema:
    """What the contract says a message is."""
    found = etree.parse(str(SHAPE / "shape.wsdl")).find("{*}types/{http://www.w3.org/2001/XMLSchema}schema")
    return etree.XMLSchema(etree.fromstring(etree.tostring(found)))


def record(content: str, more: str = "", prefix: str = "k") -> Any:
    """A record as it stands in a reply."""
    inner = f"<k:Partner{more}>{content}</k:Partner>".replace("k:", f"{prefix}:")
    return etree.fromstring(f'<{prefix}:Antwort xmlns:{prefix}="{K}" xmlns:xsi="{XSI}">{inner}</{prefix}:Antwort>')[0]


def changed(patch: Endpoint, was: Any, change: Any) -> Any:
    """The record as it is sent."""
    checked = check(patch, change, {"id": "4711"})
    message = sent(writer(patch)(Checked(checked.path, checked.query, checked.body, record=was)))
    assert judge().validate(message), judge().error_log
    return message[0]


def shown(read: Endpoint, element: Any) -> dict[str, Any]:
    """The record as callers see it."""
    reply = etree.Element(f"{{{K}}}LeseAntwort")
    reply.append(etree.fromstring(etree.tostring(element)))
    found: dict[str, Any] = reader(read)(reply).document
    return found


def merged(old: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """RFC 7396, section 2: what the record must be afterwards."""
    new = dict(old)
    for name, value in change.items():
        if value is None:
            new.pop(name, None)
        elif isinstance(value, dict):
            new[name] = merged(old.get(name) or {}, value)
        else:
            new[name] = value
    return new


TEXT = st.text("abc", min_size=1, max_size=3)
NULL_OR_TEXT = st.none() | TEXT


@st.composite
def records(draw: st.DrawFn) -> str:
    """The content of a valid record, with elements that nobody mapped."""
    parts = ["<k:PartnerNr>4711</k:PartnerNr><k:AendNr>3</k:AendNr>", f"<k:Name>{draw(TEXT)}</k:Name>"]
    parts += [f"<k:Hinweis>{draw(TEXT)}</k:Hinweis>"] if draw(st.booleans()) else []
    if draw(st.booleans()):
        code = f"<k:Plz>{draw(TEXT)}</k:Plz>" if draw(st.booleans()) else ""
        parts.append(f'<k:Adresse land="DE"><k:Strasse>s</k:Strasse>{code}<k:Ort>o</k:Ort></k:Adresse>')
    for _ in range(draw(st.integers(0, 2))):
        parts.append("<k:Merkmal><k:Wert>A</k:Wert></k:Merkmal>")
    if draw(st.booleans()):
        dated = (
            '<x:Merkmal xmlns:x="urn:kartei" xsi:type="x:DatumMerkmalTyp"><x:Wert>A</x:Wert><x:Bis>2030-01-01</x:Bis>'
        )
        parts.append(f"{dated}</x:Merkmal>")
    parts += [f"<k:Gruppe>{each}</k:Gruppe>" for each in draw(st.lists(TEXT, max_size=2))]
    parts.append(draw(st.sampled_from(["", "<k:Konto>77</k:Konto>", "<k:Karte>4000</k:Karte>"])))
    parts.append(draw(st.sampled_from(["<k:Sperre>J</k:Sperre>", '<k:Sperre xsi:nil="true"/>'])))
    return "".join(parts) + draw(st.sampled_from(["", "<k:GeaendAm>2024-05-06</k:GeaendAm>"]))


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXT,
        "note": NULL_OR_TEXT,
        "address": st.none()
        | st.fixed_dictionaries({}, optional={"street": TEXT, "city": TEXT, "country": NULL_OR_TEXT}),
        "groups": st.none() | st.lists(TEXT, max_size=3),
        "account": NULL_OR_TEXT,
        "card": NULL_OR_TEXT,
        "block": NULL_OR_TEXT,
    },
)


@given(content=records(), change=CHANGES)
def test_law(bound: dict[str, Endpoint], content: str, change: dict[str, Any]) -> None:
    """What is sent is valid, reads as RFC 7396 says, and keeps what nobody mapped; else the change is refused."""
    was = record(content)
    old = shown(bound["read"], was)
    wanted = merged(old, change)
    address = wanted.get("address") or {}
    both = wanted.get("account") is not None and wanted.get("card") is not None
    given = address or change.get("address") is not None
    if both or (given and not {"street", "city"} <= address.keys()):
        with pytest.raises(InvalidRequest):
            changed(bound["patch"], was, change)
        return
    now = changed(bound["patch"], was, change)
    cleared = {"groups": [], "block": None}
    assert {**cleared, **wanted} == {**cleared, **shown(bound["read"], now)}
    for name in KEPT if "address" not in change or change["address"] is not None else KEPT[:3]:
        before, after = (each.findall(f".//{{{K}}}{name}") for each in (was, now))
        assert [_content(each) for each in before] == [_content(each) for each in after]
    assert now.find(f"{{{K}}}GeaendAm") is None


def _content(element: Any) -> tuple[Any, ...]:
    """An element with its type's name resolved, whatever its prefixes are."""
    prefix, _, local = (element.get(f"{{{XSI}}}type") or "").rpartition(":")
    return (element.tag, element.nsmap.get(prefix), local, element.text, *map(_content, element))


BASE = "<k:PartnerNr>1</k:PartnerNr><k:AendNr>1</k:AendNr><k:Name>n</k:Name>"
END = '<k:Sperre xsi:nil="true"/>'


def test_attributes_stay(bound: dict[str, Endpoint]) -> None:
    """Attributes that nobody mapped are sent back."""
    assert "100" == changed(bound["patch"], record(BASE + END, ' mandant="100"'), {"name": "x"}).get("mandant")


def test_prefixes_of_the_erp_do_not_matter(bound: dict[str, Endpoint]) -> None:
    """A type's prefix may be declared anywhere, and may be one that our own messages use."""
    inner = '<k:Merkmal xsi:type="k:DatumMerkmalTyp"><k:Wert>A</k:Wert><k:Bis>2030-01-01</k:Bis></k:Merkmal>'
    was = record(BASE + inner + END, prefix="n0")
    other = etree.fromstring(etree.tostring(was).replace(b"<n0:Merkmal", b'<n0:Merkmal xmlns:n1="urn:other"'))
    for each in (was, other):
        now = changed(bound["patch"], each, {"name": "x"})
        assert (K, "DatumMerkmalTyp") == _content(now.find(f"{{{K}}}Merkmal"))[1:3]


def test_a_value_takes_the_place_of_nil(bound: dict[str, Endpoint]) -> None:
    """xsi:nil goes when a value comes."""
    element = changed(bound["patch"], record(BASE + END), {"block": "J"}).find(f"{{{K}}}Sperre")
    assert ("J", None) == (element.text, element.get(f"{{{XSI}}}nil"))


def test_what_was_wrong_before_is_not_the_callers_fault(bound: dict[str, Endpoint]) -> None:
    """A record that already breaks its contract is changed all the same."""
    broken = record(f"{BASE}<k:Konto>1</k:Konto><k:Karte>2</k:Karte>{END}")
    checked = check(bound["patch"], {"note": "x"}, {"id": "1"})
    message = writer(bound["patch"])(Checked(checked.path, {}, checked.body, record=broken))
    assert "x" == message[0].findtext(f"{{{K}}}Hinweis")
    with pytest.raises(InvalidRequest) as caught:
        changed(bound["patch"], record(BASE + "<k:Konto>1</k:Konto>" + END), {"card": "2"})
    assert ["must have only one of account, card"] == [each.detail for each in caught.value.fields]


def test_the_record_that_was_read_is_not_changed(bound: dict[str, Endpoint]) -> None:
    """The change is made in a copy."""
    was = record(BASE + END)
    before = etree.tostring(was)
    changed(bound["patch"], was, {"name": "x", "note": "y", "address": None})
    assert before == etree.tostring(was)
