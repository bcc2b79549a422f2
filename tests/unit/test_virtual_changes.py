"""Changes in the pretend ERP: three states of a field, the optimistic lock, records that somebody has open."""

from __future__ import annotations

import pytest
from lxml import etree

from adapter import virtual
from tests.unit.virtual_calls import Reply, say

PATH = "/erp/soap11"
NIL = 'xsi:nil="true"'
STATES = {"value": "<u:{0}>neu</u:{0}>", "nil": "<u:{0} " + NIL + "/>", "empty": "<u:{0}/>", "omitted": ""}


def change(erp: virtual.Server, inner: str, number: str = "0000000001", kind: str = "FirmenPartnerTyp") -> Reply:
    """Send AenderePartner."""
    body = f"<d:PartnerNr>{number}</d:PartnerNr><d:Modus>TEIL</d:Modus>"
    body += f'<d:Aenderung xsi:type="u:{kind}">{inner}</d:Aenderung>'
    return say(erp, PATH, "AenderePartner", f"<d:AenderePartner>{body}</d:AenderePartner>")


def replace(erp: virtual.Server, inner: str, number: str = "0000000001", kind: str = "FirmenPartnerTyp") -> Reply:
    """Send ErsetzePartner."""
    body = f'<d:PartnerNr>{number}</d:PartnerNr><d:Partner xsi:type="p:{kind}">{inner}</d:Partner>'
    return say(erp, PATH, "ErsetzePartner", f"<d:ErsetzePartner>{body}</d:ErsetzePartner>")


def partner(erp: virtual.Server, number: str = "0000000001") -> etree._Element:
    """Read a partner."""
    reply = say(erp, PATH, "LesePartner", f"<d:LesePartner><d:PartnerNr>{number}</d:PartnerNr></d:LesePartner>")
    return reply.root[-1][0][0]


def order(erp: virtual.Server, number: str) -> etree._Element:
    """Read an order."""
    reply = say(erp, PATH, "LeseAuftrag", f"<d:LeseAuftrag><d:AuftragNr>{number}</d:AuftragNr></d:LeseAuftrag>")
    return reply.root[-1][0][0]


def change_order(erp: virtual.Server, inner: str, number: str = "0000500001") -> Reply:
    """Send AendereAuftrag."""
    body = f"<d:AuftragNr>{number}</d:AuftragNr><d:Modus>TEIL</d:Modus><d:Aenderung>{inner}</d:Aenderung>"
    return say(erp, PATH, "AendereAuftrag", f"<d:AendereAuftrag>{body}</d:AendereAuftrag>")


def shown(record: etree._Element, field: str) -> str:
    """Return the state of a field: its text, ``nil``, ``empty`` or ``absent``."""
    element = record.find(f"{{*}}{field}")
    if element is None:
        return "absent"
    return "nil" if element.attrib else element.text or "empty"


@pytest.mark.parametrize("field", ["Name2", "Email", "Notiz", "UstId"])
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("value", "omitted", "neu"), ("value", "nil", "nil"), ("value", "empty", "empty"), ("nil", "value", "neu")],
)
def test_three_states(erp: virtual.Server, field: str, first: str, second: str, expected: str) -> None:
    """Omitted leaves a field as it is, nil clears it, empty sets the empty text."""
    for state in (first, second):
        assert 200 == change(erp, STATES[state].format(field)).status
    assert expected == shown(partner(erp), field)


def test_nothing_but_the_change_changes(erp: virtual.Server) -> None:
    """A partial change leaves every other field alone, save AendNr and GeaendAm."""
    before = {str(each.tag): etree.tostring(each) for each in partner(erp)}
    change(erp, STATES["value"].format("Name2"))
    after = {str(each.tag): etree.tostring(each) for each in partner(erp)}
    changed = {tag.rpartition("}")[2] for tag in before | after if before.get(tag) != after.get(tag)}
    assert {"Name2", "AendNr", "GeaendAm"} == changed


def test_address_is_merged(erp: virtual.Server) -> None:
    """Inside of an address the same three states count; nil takes the address away; a new one needs a place."""
    change(erp, '<u:Adresse land="AT"><u:Strasse xsi:nil="true"/></u:Adresse>')
    address = partner(erp).find("{*}Adresse")
    assert address is not None
    assert ("nil", "80331", "München", "AT") == (
        *(shown(address, field) for field in ("Strasse", "Plz", "Ort")), address.get("land"),
    )  # fmt: skip
    change(erp, f"<u:Adresse {NIL}/>")
    assert "nil" == shown(partner(erp), "Adresse")
    assert "GP-422" == change(erp, "<u:Adresse><u:Plz>1</u:Plz></u:Adresse>").detail
    assert 200 == change(erp, "<u:Adresse><u:Ort>Graz</u:Ort></u:Adresse>").status


def test_lists_are_replaced_whole(erp: virtual.Server) -> None:
    """A list in a partial change takes the place of the old one; empty is no entries; nil clears it."""
    change(erp, "<u:Merkmale><t:Merkmal>A</t:Merkmal><t:Merkmal>B</t:Merkmal></u:Merkmale>")
    assert ["A", "B"] == [each.text for each in partner(erp).iterfind("{*}Merkmale/{*}Merkmal")]
    change(erp, "<u:Merkmale/>")
    assert "empty" == shown(partner(erp), "Merkmale")
    change(erp, f"<u:Merkmale {NIL}/>")
    assert "nil" == shown(partner(erp), "Merkmale")


@pytest.mark.parametrize("state", ["nil", "empty"])
def test_required_field_is_not_cleared(erp: virtual.Server, state: str) -> None:
    """Name1 cannot be cleared or emptied; the fault names the field and nothing is changed."""
    reply = change(erp, STATES[state].format("Name1"))
    assert (500, "Server", "GP-422") == (reply.status, reply.code, reply.detail)
    assert "Name1" == reply.root.findtext(".//{urn:muster-erp:fehler}Feld")
    assert "2" == shown(partner(erp), "AendNr")


def test_old_version_is_refused(erp: virtual.Server) -> None:
    """A change with an AendNr that is not the current one is refused, in part and in whole; the current one passes."""
    assert "GP-409" == change(erp, STATES["value"].format("Name2") + "<u:AendNr>1</u:AendNr>").detail
    whole = "<p:Name1>x</p:Name1><p:AendNr>{}</p:AendNr><p:Rechtsform>AG</p:Rechtsform>"
    assert "GP-409" == replace(erp, whole.format(1)).detail
    assert 200 == replace(erp, whole.format(2)).status
    assert "GP-409" == replace(erp, whole.format(2)).detail
    assert "3" == shown(partner(erp), "AendNr")


def test_whole_replacement(erp: virtual.Server) -> None:
    """What a replacement leaves out is gone; what belongs to the ERP stays; without AendNr it is refused."""
    body = "<p:PartnerNr>0000000099</p:PartnerNr><p:Name1>x</p:Name1>{}<p:Rechtsform>AG</p:Rechtsform>"
    assert "GP-428" == replace(erp, body.format("")).detail
    assert 200 == replace(erp, body.format("<p:AendNr>2</p:AendNr>")).status
    after = partner(erp)
    assert ("x", "absent", "A", "20240214") == tuple(
        shown(after, field) for field in ("Name1", "KreditLimit", "Status", "AnlDat")
    )


def test_kind_stays(erp: virtual.Server) -> None:
    """A company does not become a person."""
    assert "GP-415" == change(erp, "<u:Name2>x</u:Name2>", kind="PrivatPartnerTyp").detail
    assert 200 == change(erp, "<u:Vorname>Eva</u:Vorname>", "0000000002", "PrivatPartnerTyp").status


@pytest.mark.parametrize("code", ["soap11", "soap12"])
def test_open_record_is_locked(erp: virtual.Server, code: str) -> None:
    """A record that somebody has open is answered by the second fault detail, SperrFehler."""
    body = "<d:PartnerNr>0000000013</d:PartnerNr><d:Modus>TEIL</d:Modus>"
    body += '<d:Aenderung xsi:type="u:FirmenPartnerTyp"><u:Name2>x</u:Name2></d:Aenderung>'
    reply = say(erp, f"/erp/{code}", "AenderePartner", f"<d:AenderePartner>{body}</d:AenderePartner>")
    assert (500, "Server" if code == "soap11" else "Receiver") == (reply.status, reply.code)
    assert "MEIERA" == reply.root.findtext(".//{urn:muster-erp:fehler}SperrFehler/{*}GesperrtVon")


def test_order_is_changed_in_part(erp: virtual.Server) -> None:
    """Of an order only what was sent changes; new lines replace the old ones and are summed up anew."""
    assert 200 == change_order(erp, "<u:Hinweis/>").status
    before = order(erp, "0000500001")
    assert ("empty", "2") == (shown(before, "Hinweis"), shown(before, "PosAnz"))
    line = "<o:Position><o:ArtikelNr>A-00004</o:ArtikelNr><o:Menge>10</o:Menge></o:Position>"
    assert 200 == change_order(erp, f"<u:Positionen>{line}</u:Positionen>").status
    after = order(erp, "0000500001")
    assert ("1", "empty") == (shown(after, "PosAnz"), shown(after, "Hinweis"))
    assert "20.70" == after.findtext("{*}GesBetrag")
    assert 200 == change_order(erp, f"<u:Zahlung {NIL}/><u:Positionen {NIL}/>").status
    assert "0" == shown(order(erp, "0000500001"), "PosAnz")


def test_order_refusals(erp: virtual.Server) -> None:
    """Old version, delivered order, open record, unknown number: each has its own code."""
    hint = "<u:Hinweis>x</u:Hinweis>"
    assert "AB-409" == change_order(erp, f"{hint}<u:AendNr>9</u:AendNr>").detail
    assert "AB-423" == change_order(erp, hint, "0000500002").detail
    assert "AB-404" == change_order(erp, hint, "0000999999").detail
    assert b"SperrFehler" in change_order(erp, hint, "0000500013").body


def test_refused_change_leaves_no_trace(erp: virtual.Server) -> None:
    """A fault on the second line takes back everything: the order has its old lines."""
    bad = "<o:Position><o:ArtikelNr>{}</o:ArtikelNr><o:Menge>1</o:Menge></o:Position>"
    lines = bad.format("A-00004") + bad.format("A-99999")
    reply = change_order(erp, f"<u:Positionen>{lines}</u:Positionen>")
    assert "AR-404" == reply.detail
    assert "Positionen.Position[2].ArtikelNr" == reply.root.findtext(".//{urn:muster-erp:fehler}Feld")
    assert "2" == shown(order(erp, "0000500001"), "PosAnz")
