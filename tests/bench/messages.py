"""What the stand-in ERP answers and what callers send: made by rule, the same in every run.

The values are such that every peer can give the same JSON: no empty and no nil elements, which zeep cannot tell from
absent ones. The rows of the large order are not all alike: a third of them have a price, a fifth have a batch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LINES: Final = 1000

_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{}</soapenv:Body></soapenv:Envelope>'
)
_CUSTOMER = (
    '<d:LesePartnerAntwort xmlns:d="urn:muster-erp:dienst" xmlns:p="urn:muster-erp:partner" '
    'xmlns:t="urn:muster-erp:typen"><d:Partner xsi:type="p:PrivatPartnerTyp">'
    "<p:PartnerNr>0000000042</p:PartnerNr><p:Name1>Schäfer</p:Name1><p:Name2>c/o Muster</p:Name2><p:Status>A</p:Status>"
    "<p:SperrKz>N</p:SperrKz><p:KreditLimit>0000300000</p:KreditLimit><p:Rabatt>2.50</p:Rabatt><p:ZahlZiel>30</p:ZahlZiel>"
    '<p:Email>j.schaefer@muster.example</p:Email><p:Adresse land="DE"><t:Strasse>Lange Gasse 7</t:Strasse>'
    "<t:Plz>89073</t:Plz><t:Ort>Ulm</t:Ort></p:Adresse>"
    '<p:Telefone><t:Telefon art="F"><t:Nummer>+49 731 900002</t:Nummer></t:Telefon>'
    '<t:Telefon art="M"><t:Nummer>+49 170 9000021</t:Nummer></t:Telefon></p:Telefone>'
    "<p:Merkmale><t:Merkmal>EXPORT</t:Merkmal><t:Merkmal>STAMM</t:Merkmal></p:Merkmale>"
    "<p:LetztKontakt>2026-02-11</p:LetztKontakt><p:AnlDat>20240322</p:AnlDat><p:GeaendAm>2026-03-01T23:59:59Z</p:GeaendAm>"
    '<p:KontoRef>9223372036854775002</p:KontoRef><p:Umsatz waehrung="EUR">936151685.02</p:Umsatz><p:AendNr>3</p:AendNr>'
    "<p:Vorname>Jürgen</p:Vorname><p:GebDat>1964-08-12</p:GebDat></d:Partner></d:LesePartnerAntwort>"
)
_ORDER = (
    '<d:{} xmlns:d="urn:muster-erp:dienst" xmlns="urn:muster-erp:auftrag" xmlns:t="urn:muster-erp:typen"><d:Auftrag>'
    "<AuftragNr>0000500001</AuftragNr><PartnerNr>0000000042</PartnerNr><FremdRef>SHOP-2026-0001</FremdRef>"
    "<Status>10</Status><AuftrDat>20260301</AuftrDat><ErfasstAm>2026-03-01T08:15:00Z</ErfasstAm>"
    "<WunschDat>2026-03-15</WunschDat><TeilLiefKz>J</TeilLiefKz><Hinweis>Anlieferung Tor 11</Hinweis>"
    '<LieferAdresse land="DE"><t:Strasse>Hof 1</t:Strasse><t:Plz>89073</t:Plz><t:Ort>Ulm</t:Ort></LieferAdresse>'
    "<Zahlung><Rechnung><ZielTage>30</ZielTage></Rechnung></Zahlung><Merkmale><t:Merkmal>STAMM</t:Merkmal></Merkmale>"
    '<PosAnz>1000</PosAnz><GesBetrag waehrung="EUR">12500.00</GesBetrag><AendNr>1</AendNr>{}</d:Auftrag></d:{}>'
)
_UNITS: Final = {"ST": "piece", "KG": "kilogram", "M": "metre", "L": "litre", "PAK": "pack", "STD": "hour"}
_NAMES: Final = ("Schraube", "Mutter", "Dichtung 40", "Lager & Ring", "Öl", "Kabel rot", "Blech")


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of request: its name in results, method, path and body, and the ERP's operation and answer."""

    name: str
    method: str
    path: str
    body: bytes
    soap: str
    reply: bytes


def _line(number: int) -> Mapping[str, Any]:
    """Return an order line as callers write it, with what the ERP adds in ``number`` and ``amount``."""
    units = list(_UNITS)
    line: dict[str, Any] = {
        "number": number,
        "item_id": f"A-{number * 37 % 100_000:05}",
        "description": _NAMES[number % len(_NAMES)],
        "quantity": f"{number % 90 + 1}.{number % 8 * 125:03}",
        "unit": _UNITS[units[number % len(units)]],
    }
    if number % 3 == 0:
        line["unit_price"] = f"{number % 40}.{number * 7 % 10_000:04}"
    if number % 5 == 0:
        line["batches"] = [f"L-{number}"]
    line["amount"] = {"value": f"{number % 900}.{number % 100:02}", "currency": "EUR"}
    return line


def _as_xml(line: Mapping[str, Any]) -> str:
    codes = {word: code for code, word in _UNITS.items()}
    price = f"<EinzelPreis>{line['unit_price']}</EinzelPreis>" if "unit_price" in line else ""
    batches = "".join(f"<Charge>{batch}</Charge>" for batch in line.get("batches", ()))
    return (
        f"<Position><PosNr>{line['number']}</PosNr><ArtikelNr>{line['item_id']}</ArtikelNr>"
        f"<Bez>{line['description'].replace('&', '&amp;')}</Bez><Menge>{line['quantity']}</Menge>"
        f"<Einheit>{codes[line['unit']]}</Einheit>{price}{batches}"
        f'<Betrag waehrung="EUR">{line["amount"]["value"]}</Betrag></Position>'
    )


def _order(answer: str, lines: str) -> bytes:
    return _ENVELOPE.format(_ORDER.format(answer, lines, answer)).encode()


def _new_order() -> bytes:
    lines = [{name: value for name, value in line.items() if name not in ("number", "amount")} for line in _ROWS]
    order = {
        "customer_id": "42",
        "reference": "SHOP-2026-0001",
        "wanted_on": "2026-03-15",
        "partial_delivery": True,
        "note": "Anlieferung Tor 11",
        "delivery_address": {"street": "Hof 1", "postcode": "89073", "city": "Ulm", "country": "DE"},
        "payment": {"invoice": {"days": 30}},
        "tags": ["STAMM"],
        "lines": lines,
    }
    return json.dumps(order, ensure_ascii=False).encode()


_ROWS: Final = [_line(number) for number in range(1, LINES + 1)]
SMALL: Final = Call("small", "GET", "/v1/customers/42", b"", "LesePartner", _ENVELOPE.format(_CUSTOMER).encode())
LARGE: Final = Call(
    "large", "GET", "/v1/orders/500001", b"", "LeseAuftrag",
    _order("LeseAuftragAntwort", f"<Positionen>{''.join(map(_as_xml, _ROWS))}</Positionen>"),
)  # fmt: skip
# The ERP says what it took by the order's head, so that this measures writing.
WRITE: Final = Call("write", "POST", "/v1/orders", _new_order(), "LegeAuftragAn", _order("LegeAuftragAnAntwort", ""))
CALLS: Final = (SMALL, LARGE, WRITE)
