"""Every operation of the pretend ERP, called with zeep at both ports, and every reply held against the schemas."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import xmlschema
import zeep.exceptions

from adapter import virtual
from tests.unit.virtual_calls import ROOT, Erp, dialled, say

PORTS = {"ErpSoap11": "/erp/soap11", "ErpSoap12": "/erp/soap12"}
EVERYTHING = "<d:Blatt><t:MaxAnz>1000</t:MaxAnz></d:Blatt>"
COMPANY = "<p:Name1>Neu &amp; Co</p:Name1><p:Rechtsform>KG</p:Rechtsform>"
ORDER = (
    "<o:PartnerNr>0000000001</o:PartnerNr><o:FremdRef>WEB-9</o:FremdRef><o:Zahlung><o:Karte><o:Token>t</o:Token></o:Karte>"
    "</o:Zahlung>{version}<o:Positionen><o:Position><o:ArtikelNr>A-00004</o:ArtikelNr><o:Menge>2.5</o:Menge></o:Position>"
    "</o:Positionen>"
)
BODIES = {
    "SuchePartner": EVERYTHING,
    "LesePartner": "<d:PartnerNr>0000000007</d:PartnerNr>",
    "LegePartnerAn": f'<d:Partner xsi:type="p:FirmenPartnerTyp">{COMPANY}</d:Partner>',
    "ErsetzePartner": "<d:PartnerNr>0000000001</d:PartnerNr>"
    '<d:Partner xsi:type="p:FirmenPartnerTyp"><p:Name1>Anders</p:Name1><p:AendNr>2</p:AendNr>'
    "<p:Rechtsform>KG</p:Rechtsform></d:Partner>",
    "AenderePartner": "<d:PartnerNr>0000000001</d:PartnerNr><d:Modus>TEIL</d:Modus>"
    '<d:Aenderung xsi:type="u:FirmenPartnerTyp"><u:Name2>x</u:Name2>'
    '<u:Adresse land="AT"><u:Ort>Graz</u:Ort></u:Adresse></d:Aenderung>',
    "SucheArtikel": EVERYTHING,
    "LeseArtikel": "<d:ArtikelNr>A-00001</d:ArtikelNr>",
    "LeseStueckliste": "<d:ArtikelNr>A-00001</d:ArtikelNr>",
    "SucheAuftraege": EVERYTHING,
    "LeseAuftrag": "<d:AuftragNr>0000500010</d:AuftragNr>",
    "LegeAuftragAn": f"<d:Auftrag>{ORDER.format(version='')}</d:Auftrag>",
    "ErsetzeAuftrag": "<d:AuftragNr>0000500001</d:AuftragNr>"
    f"<d:Auftrag>{ORDER.format(version='<o:AendNr>2</o:AendNr>')}</d:Auftrag>",
    "AendereAuftrag": "<d:AuftragNr>0000500001</d:AuftragNr><d:Modus>TEIL</d:Modus>"
    '<d:Aenderung><u:Hinweis>neu</u:Hinweis><u:Zahlung xsi:nil="true"/></d:Aenderung>',
    "StorniereAuftrag": "<d:AuftragNr>0000500001</d:AuftragNr><d:Grund>KD</d:Grund>",
    "LeseAuftragPositionen": f"<d:AuftragNr>0000500010</d:AuftragNr>{EVERYTHING}",
    "SucheRechnungen": EVERYTHING,
    "LeseRechnung": "<d:RechNr>0000900001</d:RechNr><d:MitPdf>J</d:MitPdf>",
}


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    """The messages' schema in a second implementation, so that one library does not judge itself."""
    return xmlschema.XMLSchema(str(ROOT / "wsdl/erp/xsd/nachrichten.xsd"), allow="local")


@pytest.fixture(params=PORTS)
def erp(request: Any, server: virtual.Server) -> Iterator[Erp]:
    """A zeep client of each port, with the seed's state."""
    server.erp.state.reset()
    with dialled(server, PORTS[request.param], request.param) as client:
        yield client


@pytest.mark.parametrize("path", PORTS.values())
@pytest.mark.parametrize("operation", BODIES)
def test_reply_fits_the_schema(server: virtual.Server, schema: xmlschema.XMLSchema, operation: str, path: str) -> None:
    """Each operation answers 200 with the element that the contract names, valid to the schema."""
    server.erp.state.reset()
    reply = say(server, path, operation, f"<d:{operation}>{BODIES[operation]}</d:{operation}>")
    assert 200 == reply.status, reply.text
    answered = reply.root[-1][0]
    assert f"{{urn:muster-erp:dienst}}{operation}Antwort" == answered.tag
    schema.validate(answered)


def test_people_and_companies_are_told_apart(erp: Erp) -> None:
    """A partner comes as the type that it is."""
    assert "PrivatPartnerTyp" == type(erp.call("LesePartner", PartnerNr="0000000002")).__name__
    assert "FirmenPartnerTyp" == type(erp.call("LesePartner", PartnerNr="0000000001")).__name__


def test_partners_are_filtered(erp: Erp) -> None:
    """Every filter of SuchePartner narrows the list, and the total is that of the narrowed list."""
    for wish, belongs in {
        ("Status", "R"): lambda partner: partner.Status == "R",
        ("SperrKz", "J"): lambda partner: partner.SperrKz == "J",
        ("Name", "müLLer"): lambda partner: "müller" in partner.Name1.lower(),
        ("Ort", "Wien"): lambda partner: partner.Adresse is not None and partner.Adresse.Ort == "Wien",
        ("Merkmal", "ROT&BLAU"): lambda p: p.Merkmale is not None and "ROT&BLAU" in p.Merkmale.Merkmal,
    }.items():
        everyone = erp.call("SuchePartner", Blatt={"MaxAnz": 1000}).Partner.Partner
        found = erp.call("SuchePartner", Suche=dict([wish]), Blatt={"MaxAnz": 1000})
        expected = [partner.PartnerNr for partner in everyone if belongs(partner)]
        assert expected == [partner.PartnerNr for partner in found.Partner.Partner], wish
        assert 0 < len(expected) == found.GesamtAnz < len(everyone), wish


def test_pages_make_up_the_whole(erp: Erp) -> None:
    """Pages follow each other without a gap, sorted as asked; the total stays the same past the end."""
    ascending = {"SortFeld": "NAME1", "SortRichtung": "AUF", "MaxAnz": 1000}
    whole = [each.PartnerNr for each in erp.call("SuchePartner", Blatt=ascending).Partner.Partner]
    parts: list[str] = []
    for offset in range(0, 80, 10):
        page = erp.call("SuchePartner", Blatt=ascending | {"MaxAnz": 10, "AbPos": offset})
        parts += [each.PartnerNr for each in (page.Partner.Partner if page.Partner else [])]
        assert 72 == page.GesamtAnz
    assert whole == parts
    assert sorted(whole) == sorted(set(whole))


def test_lists_are_sorted_both_ways(erp: Erp) -> None:
    """AUF sorts upwards, AB downwards, by the field that was named."""
    for direction, reverse in {"AUF": False, "AB": True}.items():
        blatt = {"SortFeld": "BRUTTO", "SortRichtung": direction, "MaxAnz": 1000}
        amounts = [each.Brutto._value_1 for each in erp.call("SucheRechnungen", Blatt=blatt).Rechnungen.Rechnung]
        assert sorted(amounts, reverse=reverse) == amounts


def test_unknown_sort_field_is_refused(erp: Erp) -> None:
    """A SortFeld that there is not is a fault that names it."""
    for operation, values in {"SuchePartner": {}, "LeseAuftragPositionen": {"AuftragNr": "0000500001"}}.items():
        with pytest.raises(zeep.exceptions.Fault, match="FARBE"):
            erp.call(operation, Blatt={"SortFeld": "FARBE"}, **values)


def test_bill_of_materials_is_four_deep(erp: Erp) -> None:
    """LeseStueckliste nests as deep as the parts do, or as MaxTiefe says."""

    def depth(bill: Any) -> int:
        return 0 if bill is None else 1 + max((depth(line.Stueckliste) for line in bill.Position), default=0)

    assert 4 == depth(erp.call("LeseStueckliste", ArtikelNr="A-00001"))
    assert 2 == depth(erp.call("LeseStueckliste", ArtikelNr="A-00001", MaxTiefe=2))


def test_orders_of_all_sizes(erp: Erp) -> None:
    """There is an order with a thousand lines, one with a single line, one with none."""
    for number, count in {"0000500010": 1000, "0000500011": 0, "0000500012": 1}.items():
        order = erp.call("LeseAuftrag", AuftragNr=number)
        assert count == order.PosAnz
        assert count == len(order.Positionen.Position if order.Positionen else [])
        assert count == erp.call("LeseAuftragPositionen", AuftragNr=number).GesamtAnz


def test_new_order_is_priced_and_found(erp: Erp) -> None:
    """A new order gets number, lines and sum from the ERP, and is found by the caller's own reference."""
    line = {"ArtikelNr": "A-00004", "Menge": Decimal("2.5")}
    order = {"PartnerNr": "0000000001", "FremdRef": "R-1", "Zahlung": {"Rechnung": {"ZielTage": 30}}}
    made = erp.call("LegeAuftragAn", Auftrag=order | {"Positionen": {"Position": [line, line | {"EinzelPreis": 1}]}})
    assert ["10", "20"] == [str(each.PosNr) for each in made.Positionen.Position]
    assert [Decimal("5.18"), Decimal("2.50")] == [each.Betrag._value_1 for each in made.Positionen.Position]
    assert Decimal("7.68") == made.GesBetrag._value_1
    assert 30 == made.Zahlung.Rechnung.ZielTage
    found = erp.call("SucheAuftraege", Suche={"FremdRef": "R-1"})
    assert [made.AuftragNr] == [each.AuftragNr for each in found.Auftraege.Auftrag]


def test_same_reference_makes_a_second_order(erp: Erp) -> None:
    """FremdRef hinders no second order; a search finds both."""
    numbers = [
        erp.call("LegeAuftragAn", Auftrag={"PartnerNr": "0000000001", "FremdRef": "R-2"}).AuftragNr for _ in "12"
    ]
    found = erp.call("SucheAuftraege", Suche={"FremdRef": "R-2"})
    assert numbers == [each.AuftragNr for each in found.Auftraege.Auftrag]
    assert 2 == len(set(numbers))


def test_orders_are_filtered_by_day_and_status(erp: Erp) -> None:
    """AbDatum keeps what is as late or later; Status keeps its own."""
    orders = erp.call("SucheAuftraege", Blatt={"MaxAnz": 1000}).Auftraege.Auftrag
    late = erp.call("SucheAuftraege", Suche={"AbDatum": "2025-01-12", "Status": "10"}, Blatt={"MaxAnz": 1000})
    expected = [each.AuftragNr for each in orders if each.AuftrDat >= "20250112" and each.Status == "10"]
    assert expected == [each.AuftragNr for each in late.Auftraege.Auftrag]
    assert 0 < len(expected) < len(orders)


def test_cancelling(erp: Erp) -> None:
    """An open order can be cancelled once; a delivered one never."""
    before = erp.call("LeseAuftrag", AuftragNr="0000500001")
    erp.call("StorniereAuftrag", AuftragNr="0000500001", Grund="KD")
    after = erp.call("LeseAuftrag", AuftragNr="0000500001")
    assert "90" == after.Status
    assert before.Positionen == after.Positionen
    for number, said in {"0000500001": "storniert", "0000500002": "geliefert"}.items():
        with pytest.raises(zeep.exceptions.Fault, match=said):
            erp.call("StorniereAuftrag", AuftragNr=number)


def test_unknown_invoice_is_an_empty_reply(erp: Erp) -> None:
    """LeseRechnung answers an unknown number with nothing in it; a known one with its PDF where asked for."""
    assert erp.call("LeseRechnung", RechNr="0000000000") is None
    assert erp.call("LeseRechnung", RechNr="0000900001", MitPdf="J").Pdf.startswith(b"%PDF")
    assert erp.call("LeseRechnung", RechNr="0000900001").Pdf is None


def test_numbers_beyond_doubles_survive(erp: Erp) -> None:
    """Whole numbers that a double cannot hold come as they were stored."""
    assert 9_223_372_036_854_775_002 == erp.call("LesePartner", PartnerNr="0000000002").KontoRef
    assert 98_765_432_109_876_543_210_001 == erp.call("LeseArtikel", ArtikelNr="A-00001").SerienZaehler
