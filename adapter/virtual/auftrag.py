"""Sales orders: search, read, create, replace, change in part, cancel."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from adapter.virtual import artikel, partner
from adapter.virtual.elements import (
    AUFTRAG,
    DIENST,
    Text,
    amount,
    child,
    copied,
    drop,
    in_order,
    is_nil,
    loaded,
    local,
    make,
    name,
    put,
    stored,
    text,
)
from adapter.virtual.faults import ErpFault
from adapter.virtual.search import found, page
from adapter.virtual.state import State

ORDER = (
    "AuftragNr", "PartnerNr", "FremdRef", "Status", "AuftrDat", "ErfasstAm", "WunschDat", "TeilLiefKz", "Hinweis",
    "LieferAdresse", "Zahlung", "Merkmale", "PosAnz", "GesBetrag", "AendNr", "Positionen",
)  # fmt: skip
LINE_ORDER = ("PosNr", "ArtikelNr", "Bez", "Menge", "Einheit", "EinzelPreis", "Charge", "Betrag")
OWNED = ("AuftragNr", "Status", "AuftrDat", "ErfasstAm", "AendNr")
SORT = {"AUFTRAGNR": "nr", "AUFTRDAT": "datum", "BETRAG": "betrag", "STATUS": "status"}
OPEN, DELIVERED, CANCELLED = "10", ("20", "30", "40"), "90"
FIRST_NUMBER = 500_001
CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 12


def suche(state: State, request: etree._Element) -> etree._Element:
    """SucheAuftraege. The orders come without their lines."""
    wish = child(request, "Suche")
    since = text(wish, "AbDatum")
    filters: dict[str, Text] = {
        "partner = ?": text(wish, "PartnerNr"),
        "status = ?": text(wish, "Status"),
        "fremdref = ?": text(wish, "FremdRef"),
        "datum >= ?": None if since is None else since.strip()[:10].replace("-", ""),
    }
    total, documents = found(state, "auftrag", filters, page(request, SORT, "nr"))
    rows = (loaded(document, name(AUFTRAG, "Auftrag")) for document in documents)
    return make(
        name(DIENST, "SucheAuftraegeAntwort"),
        make(name(DIENST, "GesamtAnz"), text=str(total)),
        make(name(DIENST, "Auftraege"), *rows),
    )


def lese(state: State, request: etree._Element) -> etree._Element:
    """LeseAuftrag: the order with all its lines."""
    return _answer(state, "LeseAuftrag", _read(state, request))


def lese_positionen(state: State, request: etree._Element) -> etree._Element:
    """LeseAuftragPositionen: a part of an order's lines."""
    number = text(_read(state, request), "AuftragNr")
    wanted = page(request, {"POSNR": "posnr"}, "posnr")
    total, documents = found(state, "position", {"auftrag = ?": number}, wanted)
    return make(
        name(DIENST, "LeseAuftragPositionenAntwort"),
        make(name(DIENST, "GesamtAnz"), text=str(total)),
        make(name(DIENST, "Positionen"), *(loaded(document, name(AUFTRAG, "Position")) for document in documents)),
    )


def lege_an(state: State, request: etree._Element) -> etree._Element:
    """LegeAuftragAn. A FremdRef that was used before does not hinder: a second order is made."""
    order = _adopted(state, child(request, "Auftrag"))
    now = datetime.now(UTC)
    own = {
        "AuftragNr": state.next_number("auftrag", FIRST_NUMBER),
        "Status": OPEN,
        "AuftrDat": now.strftime("%Y%m%d"),
        "ErfasstAm": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "AendNr": "1",
    }
    for field, value in own.items():
        put(order, make(name(AUFTRAG, field), text=value))
    save(state, order)
    return _answer(state, "LegeAuftragAn", order)


def ersetze(state: State, request: etree._Element) -> etree._Element:
    """ErsetzeAuftrag: what the request leaves out is gone. AendNr has to be the current one."""
    old, wish = _read(state, request), child(request, "Auftrag")
    version = text(wish, "AendNr")
    if version is None:
        raise ErpFault("AB-428", field="AendNr")
    _guard(state, old, version)
    new = _adopted(state, wish)
    for field in OWNED:
        kept = child(old, field)
        if kept is not None:
            put(new, kept)
    _touch(new)
    save(state, new)
    return _answer(state, "ErsetzeAuftrag", new)


def aendere(state: State, request: etree._Element) -> etree._Element:
    """AendereAuftrag. Omitted: untouched; nil: cleared; empty: set to the empty text or to no entries."""
    order, change = _read(state, request), child(request, "Aenderung")
    assert change is not None
    _guard(state, order, text(change, "AendNr"))
    order.append(_lines(state, text(order, "AuftragNr") or ""))
    for each in change:
        field = local(each)
        if field == "AendNr":
            continue
        if field == "LieferAdresse" and not is_nil(each):
            put(order, partner.merged_address(child(order, field), each, name(AUFTRAG, field), "AB-422"))
        elif is_nil(each) and field in ("Zahlung", "TeilLiefKz", "Positionen"):
            drop(order, [field])
        else:
            put(order, copied(each, name(AUFTRAG, field), {}))
    calculate(state, order)
    _touch(order)
    save(state, order)
    return _answer(state, "AendereAuftrag", order)


def storniere(state: State, request: etree._Element) -> etree._Element:
    """StorniereAuftrag. What is delivered or already cancelled cannot be cancelled."""
    order = _read(state, request)
    number, status = text(order, "AuftragNr") or "", text(order, "Status")
    if status in DELIVERED:
        raise ErpFault("AB-451", number)
    if status == CANCELLED:
        raise ErpFault("AB-452", number)
    _guard(state, order, text(request, "AendNr"))
    order.append(_lines(state, number))
    put(order, make(name(AUFTRAG, "Status"), text=CANCELLED))
    _touch(order)
    save(state, order)
    return make(name(DIENST, "StorniereAuftragAntwort"))


def save(state: State, order: etree._Element) -> None:
    """Keep an order and, apart from it, its lines."""
    in_order(order, ORDER)
    number, lines = text(order, "AuftragNr"), child(order, "Positionen")
    state.execute("DELETE FROM position WHERE auftrag = ?", number)
    if lines is not None:
        order.remove(lines)
        for line in lines:
            state.save("position", number, int(text(line, "PosNr") or "0"), stored(line))
    state.save(
        "auftrag",
        number,
        text(order, "PartnerNr"),
        text(order, "Status"),
        text(order, "FremdRef"),
        text(order, "AuftrDat"),
        int(Decimal(text(order, "GesBetrag") or "0") * 100),
        stored(order),
    )


def _read(state: State, request: etree._Element) -> etree._Element:
    number = text(request, "AuftragNr") or ""
    kept = state.one("SELECT document FROM auftrag WHERE nr = ?", number)
    if kept is None:
        raise ErpFault("AB-404", number, field="AuftragNr")
    return loaded(kept, name(DIENST, "Auftrag"))


def _lines(state: State, number: str) -> etree._Element:
    rows = state.rows("SELECT document FROM position WHERE auftrag = ? ORDER BY posnr", number)
    return make(name(AUFTRAG, "Positionen"), *(loaded(line, name(AUFTRAG, "Position")) for (line,) in rows))


def _guard(state: State, order: etree._Element, version: Text) -> None:
    number, current = text(order, "AuftragNr") or "", text(order, "AendNr") or ""
    partner.check_lock(state, number)
    if version is not None and int(version) != int(current):
        raise ErpFault("AB-409", number, current, field="AendNr")
    if text(order, "Status") != OPEN:
        raise ErpFault("AB-423", number)


def _adopted(state: State, wish: etree._Element | None) -> etree._Element:
    """Return an order as a request gives it, without what the ERP fills itself, its lines priced."""
    assert wish is not None
    order = copied(wish, name(DIENST, "Auftrag"), {})
    drop(order, OWNED)
    number = text(order, "PartnerNr") or ""
    if text(partner.document(state, number), "SperrKz") == "J":
        raise ErpFault("GP-423", number, field="PartnerNr")
    calculate(state, order)
    return order


def calculate(state: State, order: etree._Element) -> None:
    """Number and price the lines, and sum them up."""
    lines = child(order, "Positionen")
    total = Decimal("0.00")
    for index, line in enumerate(() if lines is None else lines):
        total += _price(state, line, index)
    put(order, make(name(AUFTRAG, "PosAnz"), text=str(0 if lines is None else len(lines))))
    put(order, amount(name(AUFTRAG, "GesBetrag"), f"{total:f}"))


def _price(state: State, line: etree._Element, index: int) -> Decimal:
    """Fill in what the request left to the ERP and return the line's amount."""
    where = f"Positionen.Position[{index + 1}]"
    number, quantity = text(line, "ArtikelNr") or "", Decimal(text(line, "Menge") or "0")
    item = artikel.document(state, number, f"{where}.ArtikelNr")
    if text(item, "AktivKz") != "J":
        raise ErpFault("AR-410", number, field=f"{where}.ArtikelNr")
    if quantity <= 0:
        raise ErpFault("AB-422", f"{where}.Menge", field=f"{where}.Menge")
    filled = {"Bez": text(item, "Bez"), "Einheit": text(item, "Einheit"), "EinzelPreis": artikel.price(item, quantity)}
    for field, value in filled.items():
        if text(line, field) is None:
            put(line, make(name(AUFTRAG, field), text=value))
    amount_of_line = quantity * Decimal(text(line, "EinzelPreis") or "0")
    if abs(amount_of_line) >= LARGEST:
        raise ErpFault("AB-422", f"{where}.Menge", field=f"{where}.Menge")
    rounded = amount_of_line.quantize(CENT, ROUND_HALF_UP)
    put(line, make(name(AUFTRAG, "PosNr"), text=str(10 * (index + 1))))
    put(line, amount(name(AUFTRAG, "Betrag"), f"{rounded:f}"))
    in_order(line, LINE_ORDER)
    return rounded


def _touch(order: etree._Element) -> None:
    put(order, make(name(AUFTRAG, "AendNr"), text=str(int(text(order, "AendNr") or "0") + 1)))


def _answer(state: State, operation: str, order: etree._Element) -> etree._Element:
    """Return the whole order, its lines put back."""
    order.append(_lines(state, text(order, "AuftragNr") or ""))
    return make(name(DIENST, f"{operation}Antwort"), order)
