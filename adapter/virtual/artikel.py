"""Items and bills of materials."""

from __future__ import annotations

from decimal import Decimal

from lxml import etree

from adapter.virtual.elements import DIENST, UNQUALIFIED, Text, child, loaded, make, name, stored, text
from adapter.virtual.faults import ErpFault
from adapter.virtual.search import found, page
from adapter.virtual.state import State

SORT = {"ARTIKELNR": "nr", "BEZ": "such", "WARENGRP": "warengrp"}


def suche(state: State, request: etree._Element) -> etree._Element:
    """SucheArtikel. ``Bez`` fits anywhere, in any case."""
    wish = child(request, "Suche")
    words = text(wish, "Bez")
    filters: dict[str, Text] = {
        "instr(such, ?)": None if words is None else words.casefold(),
        "warengrp = ?": text(wish, "WarenGrp"),
        "aktiv = ?": text(wish, "AktivKz"),
    }
    total, documents = found(state, "artikel", filters, page(request, SORT, "nr"))
    return make(
        name(DIENST, "SucheArtikelAntwort"),
        make(name(DIENST, "GesamtAnz"), text=str(total)),
        make(name(DIENST, "Artikel"), *(loaded(document, "Artikel") for document in documents)),
    )


def lese(state: State, request: etree._Element) -> etree._Element:
    """LeseArtikel."""
    item = document(state, text(request, "ArtikelNr") or "")
    item.tag = name(DIENST, "Artikel")
    return make(name(DIENST, "LeseArtikelAntwort"), item)


def lese_stueckliste(state: State, request: etree._Element) -> etree._Element:
    """LeseStueckliste: the parts of an item, their parts, and so on; ``MaxTiefe`` levels deep."""
    number, depth = text(request, "ArtikelNr") or "", text(request, "MaxTiefe")
    document(state, number)
    parts = _parts(state, number, name(DIENST, "Stueckliste"), 99 if depth is None else int(depth))
    if parts is None:
        raise ErpFault("AR-424", number, field="ArtikelNr")
    return make(name(DIENST, "LeseStuecklisteAntwort"), parts)


def _parts(state: State, number: str, tag: str, depth: int) -> etree._Element | None:
    """Return the bill of materials of an item, or None when it has none or the depth is used up."""
    rows = state.rows("SELECT posnr, teil, menge, einheit FROM stueckliste WHERE artikel = ? ORDER BY posnr", number)
    if not rows or depth < 1:
        return None
    bill = make(tag, make("ArtikelNr", text=number), make("Bez", text=text(document(state, number), "Bez")))
    for position, part, quantity, unit in rows:
        line = make(
            name(UNQUALIFIED, "Position"),
            make("PosNr", text=str(position)),
            make("ArtikelNr", text=part),
            make("Menge", text=quantity),
            make("Einheit", text=unit),
        )
        below = _parts(state, part, "Stueckliste", depth - 1)
        if below is not None:
            line.append(below)
        bill.append(line)
    return bill


def document(state: State, number: str, field: str = "ArtikelNr") -> etree._Element:
    """Return an item. Raise ErpFault AR-404, which names ``field``, when there is none with that number."""
    kept = state.one("SELECT document FROM artikel WHERE nr = ?", number)
    if kept is None:
        raise ErpFault("AR-404", number, field=field)
    return loaded(kept, "Artikel")


def price(item: etree._Element, quantity: Decimal) -> str:
    """Return the price of one unit when that much is ordered: the last step that ``quantity`` reaches."""
    steps = child(item, "Preise")
    reached = [step for step in (() if steps is None else steps) if Decimal(step.get("abMenge", "0")) <= quantity]
    return (reached[-1].text or "0.00") if reached else "0.00"


def save(state: State, item: etree._Element) -> None:
    """Keep an item."""
    state.save(
        "artikel",
        text(item, "ArtikelNr"),
        (text(item, "Bez") or "").casefold(),
        text(item, "WarenGrp"),
        text(item, "AktivKz"),
        stored(item),
    )
