"""The warehouse: stock, and movements of stock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from adapter.virtual.encoded import Value
from adapter.virtual.faults import ErpFault
from adapter.virtual.state import Row, State

COLUMNS = "artikel, lagerort, menge, einheit, stand"


def lese_bestand(state: State, parts: Mapping[str, Value]) -> dict[str, Value]:
    """LeseBestand: the stock of an item in one warehouse, or in all when lagerort is nil or empty."""
    number, place = parts["artikelNr"], parts["lagerort"]
    query = f"SELECT {COLUMNS} FROM bestand WHERE artikel = ? AND lagerort LIKE ? ORDER BY lagerort"
    _known(state, number)
    if place:
        _known_place(state, place)
    rows = state.rows(query, number, place or "%")
    return {"bestaende": [_stock(row) for row in rows]}


def buche_bewegung(state: State, parts: Mapping[str, Value]) -> dict[str, Value]:
    """BucheBewegung: goods come in (ZU) or go out (AB). Not more goes out than there is."""
    movement = parts["bewegung"]
    if not isinstance(movement, dict):
        raise ErpFault("LG-422")
    number, place, kind = movement["artikelNr"], movement["lagerort"], movement["art"]
    quantity = Decimal(str(movement["menge"]).strip())
    _known(state, number)
    _known_place(state, place)
    if quantity <= 0:
        raise ErpFault("LG-422")
    row = state.row(f"SELECT {COLUMNS} FROM bestand WHERE artikel = ? AND lagerort = ?", number, place)
    unit = "ST" if row is None else row[3]
    before = Decimal(0) if row is None else Decimal(row[2])
    after = before + quantity if kind == "ZU" else before - quantity
    if after < 0:
        raise ErpFault("LG-409")
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    stock = (number, place, f"{after:f}", unit, now)
    state.save("bestand", *stock)
    booked = 9_007_199_254_740_993 + int(state.one("SELECT count(*) FROM buchung"))
    state.save("buchung", booked, number, place, kind, f"{quantity:f}", movement["belegRef"])
    return {"buchung": {"buchungNr": str(booked), "gebuchtAm": now, "bestand": _stock(stock)}}


def _stock(row: Row) -> Value:
    return dict(zip(("artikelNr", "lagerort", "menge", "einheit", "stand"), row, strict=True))


def _known(state: State, number: Value) -> None:
    if state.one("SELECT 1 FROM bestand WHERE artikel = ?", number) is None:
        raise ErpFault("LG-404", number)


def _known_place(state: State, place: Value) -> None:
    if state.one("SELECT 1 FROM bestand WHERE lagerort = ?", place) is None:
        raise ErpFault("LG-405", place)
