"""Invoices: search and read."""

from __future__ import annotations

import base64
from decimal import Decimal

from lxml import etree

from adapter.virtual.elements import DIENST, RECHNUNG, Text, child, loaded, make, name, stored, text
from adapter.virtual.search import found, page
from adapter.virtual.state import State

SORT = {"RECHNR": "nr", "RECHDAT": "datum", "BRUTTO": "brutto"}


def suche(state: State, request: etree._Element) -> etree._Element:
    """SucheRechnungen. The invoices come without their PDF."""
    wish = child(request, "Suche")
    filters: dict[str, Text] = {
        "partner = ?": text(wish, "PartnerNr"),
        "auftrag = ?": text(wish, "AuftragNr"),
        "offen = ?": text(wish, "OffenKz"),
        "datum >= ?": _day(text(wish, "AbDatum")),
        "datum <= ?": _day(text(wish, "BisDatum")),
    }
    total, documents = found(state, "rechnung", filters, page(request, SORT, "nr"))
    rows = (loaded(document, name(RECHNUNG, "Rechnung")) for document in documents)
    return make(
        name(DIENST, "SucheRechnungenAntwort"),
        make(name(DIENST, "GesamtAnz"), text=str(total)),
        make(name(DIENST, "Rechnungen"), *rows),
    )


def lese(state: State, request: etree._Element) -> etree._Element:
    """LeseRechnung. The odd one out: an unknown number is answered by an empty reply, not by a fault."""
    reply = make(name(DIENST, "LeseRechnungAntwort"))
    row = state.row("SELECT document, pdf FROM rechnung WHERE nr = ?", text(request, "RechNr"))
    if row is not None:
        document, pdf = row
        invoice = loaded(document, name(DIENST, "Rechnung"))
        if text(request, "MitPdf") == "J":
            content = None if pdf is None else base64.b64encode(pdf).decode("ascii")
            invoice.append(make(name(RECHNUNG, "Pdf"), text=content))
        reply.append(invoice)
    return reply


def save(state: State, invoice: etree._Element, pdf: bytes | None) -> None:
    """Keep an invoice, and its PDF apart from it."""
    state.save(
        "rechnung",
        text(invoice, "RechNr"),
        text(invoice, "PartnerNr"),
        text(invoice, "AuftragNr"),
        text(invoice, "OffenKz"),
        text(invoice, "RechDat"),
        int(Decimal(text(invoice, "Brutto") or "0") * 100),
        pdf,
        stored(invoice),
    )


def _day(value: Text) -> Text:
    return None if value is None else value.strip()[:10]
