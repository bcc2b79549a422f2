"""Business partners: search, read, create, replace, change in part."""

from __future__ import annotations

from datetime import UTC, datetime

from lxml import etree

from adapter.virtual.elements import (
    DIENST,
    PARTNER,
    TYPE,
    TYPEN,
    Text,
    actual_type,
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
from adapter.virtual.faults import ErpFault, LockFault
from adapter.virtual.search import found, page
from adapter.virtual.state import State

ORDER = (
    "PartnerNr", "Name1", "Name2", "Status", "SperrKz", "KreditLimit", "Rabatt", "ZahlZiel", "Email", "Notiz",
    "Adresse", "Telefone", "Merkmale", "LetztKontakt", "AnlDat", "GeaendAm", "KontoRef", "Umsatz", "AendNr",
    "Vorname", "GebDat", "UstId", "Rechtsform",
)  # fmt: skip
OWNED = ("PartnerNr", "AnlDat", "GeaendAm", "KontoRef", "Umsatz", "AendNr")
REQUIRED = ("Name1", "Status", "SperrKz", "Vorname", "Rechtsform")
SORT = {"PARTNERNR": "nr", "NAME1": "such", "ORT": "ort", "ANLDAT": "anldat", "UMSATZ": "umsatz"}


def suche(state: State, request: etree._Element) -> etree._Element:
    """SuchePartner. ``Name`` fits anywhere in Name1 and Name2, in any case."""
    wish = child(request, "Suche")
    name_part, mark = text(wish, "Name"), text(wish, "Merkmal")
    filters: dict[str, Text] = {
        "instr(such, ?)": None if name_part is None else name_part.casefold(),
        "ort = ?": text(wish, "Ort"),
        "status = ?": text(wish, "Status"),
        "sperr = ?": text(wish, "SperrKz"),
        "instr(merkmale, ?)": None if mark is None else f"|{mark}|",
    }
    total, documents = found(state, "partner", filters, page(request, SORT, "nr"))
    rows = (loaded(document, name(PARTNER, "Partner")) for document in documents)
    return make(
        name(DIENST, "SuchePartnerAntwort"),
        make(name(DIENST, "GesamtAnz"), text=str(total)),
        make(name(DIENST, "Partner"), *rows),
    )


def lese(state: State, request: etree._Element) -> etree._Element:
    """LesePartner."""
    return _answer("LesePartner", _read(state, request))


def lege_an(state: State, request: etree._Element) -> etree._Element:
    """LegePartnerAn. What the ERP fills itself is ignored in the request."""
    partner = _adopted(child(request, "Partner"))
    number = state.next_number("partner", 1)
    own = {
        "PartnerNr": number,
        "AnlDat": datetime.now(UTC).strftime("%Y%m%d"),
        "GeaendAm": _now(),
        "KontoRef": str(9_100_000_000_000_000_000 + int(number)),
        "AendNr": "1",
    }
    for field, value in own.items():
        put(partner, make(name(PARTNER, field), text=value))
    put(partner, amount(name(PARTNER, "Umsatz"), "0.00"))
    save(state, partner)
    return _answer("LegePartnerAn", partner)


def ersetze(state: State, request: etree._Element) -> etree._Element:
    """ErsetzePartner: what the request leaves out is gone. AendNr has to be the current one."""
    old, wish = _read(state, request), child(request, "Partner")
    new = _adopted(wish)
    version = text(wish, "AendNr")
    if version is None:
        raise ErpFault("GP-428", field="AendNr")
    _guard(state, old, actual_type(new), version)
    for field in OWNED:
        kept = child(old, field)
        if kept is not None:
            put(new, kept)
    _touch(new)
    save(state, new)
    return _answer("ErsetzePartner", new)


def aendere(state: State, request: etree._Element) -> etree._Element:
    """AenderePartner. Omitted: untouched; nil: cleared; empty: set to the empty text or to no entries."""
    partner, change = _read(state, request), child(request, "Aenderung")
    assert change is not None
    _guard(state, partner, actual_type(change), text(change, "AendNr"))
    for each in change:
        field = local(each)
        if field == "AendNr":
            continue
        if field in REQUIRED and not (each.text or ""):
            raise ErpFault("GP-422", field, field=field)
        if field == "Adresse" and not is_nil(each):
            put(partner, merged_address(child(partner, field), each, name(PARTNER, field), "GP-422"))
        else:
            put(partner, copied(each, name(PARTNER, field), {}))
    _touch(partner)
    save(state, partner)
    return _answer("AenderePartner", partner)


def merged_address(old: etree._Element | None, change: etree._Element, tag: str, code: str) -> etree._Element:
    """Return the address after a partial change. Raise ErpFault ``code`` when it has no place then."""
    address = make(tag) if old is None or is_nil(old) else copied(old, tag, {})
    for attribute, value in change.attrib.items():
        address.set(attribute, value)
    for each in change:
        put(address, copied(each, name(TYPEN, local(each)), {}))
    if text(address, "Ort") is None:
        field = f"{etree.QName(tag).localname}.Ort"
        raise ErpFault(code, field, field=field)
    in_order(address, ("Strasse", "Plz", "Ort"))
    return address


def save(state: State, partner: etree._Element) -> None:
    """Keep a partner, its children brought into the contract's order."""
    in_order(partner, ORDER)
    marks = child(partner, "Merkmale")
    names = (text(partner, "Name1") or "", text(partner, "Name2") or "")
    state.save(
        "partner",
        text(partner, "PartnerNr"),
        " ".join(names).casefold(),
        text(partner, "Adresse", "Ort"),
        text(partner, "Status"),
        text(partner, "SperrKz"),
        "|".join(["", *((each.text or "") for each in (() if marks is None else marks)), ""]),
        text(partner, "AnlDat"),
        int((text(partner, "Umsatz") or "0").replace(".", "")),
        stored(partner),
    )


def document(state: State, number: str) -> etree._Element:
    """Return a partner. Raise ErpFault GP-404 when there is none with that number."""
    kept = state.one("SELECT document FROM partner WHERE nr = ?", number)
    if kept is None:
        raise ErpFault("GP-404", number, field="PartnerNr")
    return loaded(kept, name(DIENST, "Partner"))


def check_lock(state: State, number: str) -> None:
    """Raise LockFault when somebody has the record open."""
    lock = state.row("SELECT von, seit FROM sperre WHERE nr = ?", number)
    if lock is not None:
        raise LockFault(number, *lock)


def _read(state: State, request: etree._Element) -> etree._Element:
    return document(state, text(request, "PartnerNr") or "")


def _guard(state: State, partner: etree._Element, kind: str, version: Text) -> None:
    number, current = text(partner, "PartnerNr") or "", text(partner, "AendNr") or ""
    check_lock(state, number)
    if version is not None and int(version) != int(current):
        raise ErpFault("GP-409", number, current, field="AendNr")
    if kind != actual_type(partner):
        raise ErpFault("GP-415", number)


def _adopted(wish: etree._Element | None) -> etree._Element:
    """Return a partner as a request gives it, without what the ERP fills itself, with its defaults."""
    assert wish is not None
    partner = copied(wish, name(DIENST, "Partner"), {})
    partner.set(TYPE, f"p:{actual_type(wish)}")
    drop(partner, OWNED)
    for field, default in {"Status": "A", "SperrKz": "N"}.items():
        if child(partner, field) is None:
            put(partner, make(name(PARTNER, field), text=default))
    for field in REQUIRED:
        if text(partner, field) == "":
            raise ErpFault("GP-422", field, field=field)
    return partner


def _touch(partner: etree._Element) -> None:
    put(partner, make(name(PARTNER, "AendNr"), text=str(int(text(partner, "AendNr") or "0") + 1)))
    put(partner, make(name(PARTNER, "GeaendAm"), text=_now()))


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _answer(operation: str, partner: etree._Element) -> etree._Element:
    return make(name(DIENST, f"{operation}Antwort"), partner)
