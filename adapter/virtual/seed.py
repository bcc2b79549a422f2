"""What the ERP knows when it starts: the same every time, and with the oddities of real data well mixed in."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from lxml import etree

from adapter.virtual import artikel, auftrag, partner, rechnung
from adapter.virtual.elements import (
    AUFTRAG,
    PARTNER,
    RECHNUNG,
    TYPE,
    TYPEN,
    Text,
    amount,
    make,
    name,
    record,
)
from adapter.virtual.names import COMPANIES, FIRST_NAMES, GOODS, LAST_NAMES, PARTS, PLACES, STREETS
from adapter.virtual.state import State

CLIENT = "100"
PARTNERS, ITEMS, ORDERS, INVOICES = 72, 36, 48, 40
LOCKED_PARTNER, LOCKED_ORDER = "0000000013", "0000500013"
LONG_ORDER, EMPTY_ORDER, SHORT_ORDER = 10, 11, 12
FIRST_DAY = date(2024, 1, 8)
TIMES = ("07:31:09", "07:31:09Z", "23:59:59.123Z", "12:00:00+01:00", "00:00:00")
Fields = dict[str, Text | etree._Element]


def sow(state: State) -> None:
    """Fill an empty database."""
    chance = random.Random(4711)
    for index in range(1, ITEMS + 1):
        artikel.save(state, _item(index))
    for index, bill in enumerate(PARTS):
        for position, (part, quantity) in enumerate(bill, start=1):
            state.save("stueckliste", _item_number(index + 1), position * 10, _item_number(part), quantity, "ST")
    for index in range(1, PARTNERS + 1):
        partner.save(state, _partner(index, chance))
    orders = [_order(state, index, chance) for index in range(1, ORDERS + 1)]
    for index in range(1, INVOICES + 1):
        pdf = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n% Rechnung " + str(index).encode() + b"\n%%EOF\n"
        rechnung.save(state, _invoice(index, orders[index - 1]), None if index % 7 == 0 else pdf)
    for index in range(1, ITEMS + 1, 2):
        for place in ("BERLIN", "HAMBURG", "WIEN")[: 1 + index % 3]:
            state.save("bestand", _item_number(index), place, f"{index * 12}.{index % 1000:03d}", "ST", _stamp(index))
    state.save("sperre", LOCKED_PARTNER, "MEIERA", "2024-06-03T08:15:00Z")
    state.save("sperre", LOCKED_ORDER, "SCHULZK", "2024-06-03T09:20:00Z")


def _stamp(index: int) -> str | None:
    """Return an xs:dateTime, in one of the forms that real systems mix; now and then None."""
    return None if index % 11 == 5 else f"{_day(index).isoformat()}T{TIMES[index % len(TIMES)]}"


def _day(index: int) -> date:
    return FIRST_DAY + timedelta(days=(index * 37) % 700)


def _three_states(values: Fields, field: str, index: int, value: str) -> None:
    """Give a field a value, nil, the empty text, or leave it out, in turns."""
    state = index % 4
    if state < 3:
        values[field] = (value, None, "")[state]


def _item_number(index: int) -> str:
    return f"A-{index:05d}"


def _item(index: int) -> etree._Element:
    good, unit = GOODS[(index - 1) % len(GOODS)]
    cents = 1_000_000 if index == 1 else 95 + index * index * 7
    price = Decimal(cents) / 100
    steps = [amount("Preis", f"{price}", abMenge="1"), amount("Preis", f"{price * Decimal('0.9'):.4f}", abMenge="100")]
    values: Fields = {"ArtikelNr": _item_number(index), "Bez": good if index <= len(GOODS) else f"{good} {index}"}
    _three_states(values, "BezLang", index, f"{good}\nNach Werksnorm <{index}> & geprüft")
    values["WarenGrp"] = ("HALLE", "WERKZEUG", "NORMTEIL", "CHEMIE")[index % 4]
    values |= {"Einheit": unit, "AktivKz": "N" if index % 12 == 0 else "J"}
    if index % 9:
        values["Preise"] = make("Preise", *steps[: 1 + index % 2])
    if index % 3:
        values["Gewicht"] = None if index % 3 == 1 else f"{index}.250"
    if index % 5 == 0:
        values["LagerTemp"] = ("-18.5", "4.0E0", "INF")[index % 3]
    if index % 2:
        values["SerienZaehler"] = str(98_765_432_109_876_543_210_000 + index)
    if index % 6 == 1:
        values["Normen"] = "DIN933 ISO4017" if index % 12 == 1 else ""
    values["GueltBis"] = "9999-12-31" if index % 4 else _day(index).isoformat()
    return record("Artikel", "", values)


def _address(tag: str, index: int) -> etree._Element:
    place, postcode, country = PLACES[index % len(PLACES)]
    values: Fields = {}
    _three_states(values, "Strasse", index + 3, f"{STREETS[index % len(STREETS)]} {1 + index % 90}")
    values |= {"Plz": postcode, "Ort": place}
    address = record(tag, TYPEN, values)
    address.set("land", country)
    return address


def _phones(index: int) -> etree._Element:
    phones = []
    for number in range(index % 3):
        phone = record(name(TYPEN, "Telefon"), TYPEN, {"Nummer": f"+49 30 {9_000_000 + index * 10 + number}"})
        if (index + number) % 4:
            phone.set("art", "FMX"[(index + number) % 3])
        phones.append(phone)
    return make(name(PARTNER, "Telefone"), *phones)


def _marks(tag: str, index: int) -> etree._Element:
    marks = [mark for bit, mark in enumerate(("STAMM", "EXPORT", "ROT&BLAU")) if index >> bit & 1]
    return make(tag, *(make(name(TYPEN, "Merkmal"), text=mark) for mark in marks))


def _partner(index: int, chance: random.Random) -> etree._Element:
    person = index % 2 == 0
    title = LAST_NAMES[index // 2 % len(LAST_NAMES)] if person else COMPANIES[index // 2 % len(COMPANIES)]
    values: Fields = {"PartnerNr": f"{index:010d}", "Name1": title}
    _three_states(values, "Name2", index, f"Abteilung {index}")
    values |= {"Status": "ARAL"[index % 4], "SperrKz": "J" if index % 10 == 0 else "N"}
    _three_states(values, "KreditLimit", 2 * (index % 2), f"{index * 150_000:010d}")
    if index % 2:
        values["KreditLimit"] = f"{index * 150_000:010d}"
    values |= {"Rabatt": None if index % 5 == 0 else f"{index % 40}.{index % 100:02d}", "ZahlZiel": str(14 + index % 3)}
    _three_states(values, "Email", index + 1, f"einkauf{index}@example.org")
    _three_states(values, "Notiz", index + 2, f"Ruft zurück.\nZeile 2: <b>&amp;</b> {index}")
    if index % 6:
        values["Adresse"] = None if index % 6 == 5 else _address(name(PARTNER, "Adresse"), index)
    if index % 7:
        values["Telefone"] = None if index % 7 == 6 else _phones(index)
    if index % 8:
        values["Merkmale"] = None if index % 8 == 7 else _marks(name(PARTNER, "Merkmale"), index)
    _three_states_date(values, "LetztKontakt", index, _day(index + 3).isoformat())
    values |= {"AnlDat": _day(index).strftime("%Y%m%d"), "GeaendAm": _stamp(index) or "2024-02-29T12:00:00Z"}
    values["KontoRef"] = str(9_007_199_254_740_993 + index if index % 2 else 9_223_372_036_854_775_000 + index)
    values["Umsatz"] = amount(name(PARTNER, "Umsatz"), f"{chance.randrange(10**9)}.{index % 100:02d}", "EUR")
    values["AendNr"] = str(1 + index % 5)
    return _with_kind(values, person, index)


def _with_kind(values: Fields, person: bool, index: int) -> etree._Element:
    if person:
        values["Vorname"] = FIRST_NAMES[index // 2 % len(FIRST_NAMES)]
        born = date(1950 + index % 55, 1 + index % 12, 1 + index % 28)
        _three_states_date(values, "GebDat", index // 2, born.isoformat())
    else:
        _three_states(values, "UstId", index // 2, f"DE{100_000_000 + index}")
        values["Rechtsform"] = ("GMBH", "AG", "KG", "OHG", "EK", "SONST")[index // 2 % 6]
    element = record(name(PARTNER, "Partner"), PARTNER, values)
    element.set(TYPE, "p:PrivatPartnerTyp" if person else "p:FirmenPartnerTyp")
    return element


def _three_states_date(values: Fields, field: str, index: int, value: str) -> None:
    """Give a field a value, nil, or leave it out, in turns: a date is never empty."""
    if index % 3 < 2:
        values[field] = (value, None)[index % 3]


def _order(state: State, index: int, chance: random.Random) -> etree._Element:
    number = f"{auftrag.FIRST_NUMBER - 1 + index:010d}"
    counts = {LONG_ORDER: 1000, EMPTY_ORDER: 0, SHORT_ORDER: 1}
    count = counts.get(index, 1 + index % 7)
    lines = [_line(position, chance) for position in range(count)]
    values: Fields = {"AuftragNr": number, "PartnerNr": f"{1 + index * 5 % PARTNERS:010d}"}
    _three_states(values, "FremdRef", index, f"WEB-{index:04d}")
    values |= {"Status": ("10", "10", "20", "30", "40", "90")[index % 6], "AuftrDat": _day(index).strftime("%Y%m%d")}
    values["ErfasstAm"] = _stamp(index) or "2024-02-29T12:00:00Z"
    _three_states_date(values, "WunschDat", index, (_day(index) + timedelta(days=14)).isoformat())
    values["TeilLiefKz"] = "JN"[index % 2]
    _three_states(values, "Hinweis", index + 1, f"Anlieferung Tor {index} – bitte klingeln")
    if index % 3:
        values["LieferAdresse"] = None if index % 3 == 1 else _address(name(AUFTRAG, "LieferAdresse"), index)
    if index % 5:
        values["Zahlung"] = _payment(index)
    if index % 2:
        values["Merkmale"] = _marks(name(AUFTRAG, "Merkmale"), index)
    values |= {"AendNr": str(1 + index % 3), "Positionen": make(name(AUFTRAG, "Positionen"), *lines)}
    order = record(name(AUFTRAG, "Auftrag"), AUFTRAG, values)
    auftrag.calculate(state, order)
    auftrag.save(state, order)
    return order


def _line(position: int, chance: random.Random) -> etree._Element:
    item = chance.choice([index for index in range(1, ITEMS + 1) if index % 12])
    values: Fields = {"ArtikelNr": _item_number(item), "Menge": f"{1 + chance.randrange(200)}"}
    if position % 5 == 4:
        values["EinzelPreis"] = f"{chance.randrange(1, 10**6)}.{chance.randrange(10**4):04d}"
    line = record(name(AUFTRAG, "Position"), AUFTRAG, values)
    line.extend([make(name(AUFTRAG, "Charge"), text=f"CH{position}-{each}") for each in range(position % 3)])
    return line


def _payment(index: int) -> etree._Element:
    ways: tuple[tuple[str, Fields], ...] = (
        ("Lastschrift", {"Iban": f"DE{index:02d}100500000024290661", "MandatRef": f"M-{index}"}),
        ("Karte", {"Token": f"tok_{index:08d}"}),
        ("Rechnung", {"ZielTage": "30"}),
    )
    way, fields = ways[index % 3]
    return make(name(AUFTRAG, "Zahlung"), record(name(AUFTRAG, way), AUFTRAG, fields))


def _invoice(index: int, order: etree._Element) -> etree._Element:
    number, day = f"{900_000 + index:010d}", _day(index + 20)
    net = Decimal(index * index * 1111) / 100
    taxes = [
        amount(name(RECHNUNG, "Steuer"), f"{net * Decimal(rate) / 100:.2f}", satz=rate) for rate in ("19", "7.00")
    ][: index % 3 if index % 8 else 0]
    order_number = None if index % 4 == 0 else order.findtext(name(AUFTRAG, "AuftragNr"))
    values: Fields = {"RechNr": number, "BelegId": str(9_223_372_036_854_770_000 + index)}
    values |= {"PartnerNr": order.findtext(name(AUFTRAG, "PartnerNr")), "AuftragNr": order_number}
    due = "00000000" if index % 5 == 0 else f"{day + timedelta(30):%Y%m%d}"
    values |= {"RechDat": day.isoformat(), "FaelligDat": due}
    if index % 6:
        values["GebuchtAm"] = _stamp(index)
    values["OffenKz"] = "JN"[index % 2]
    if index % 3:
        values["MahnStufe"] = None if index % 3 == 1 else str(index % 4)
    values["Netto"] = amount(name(RECHNUNG, "Netto"), f"{net}")
    if index % 8:
        values["Steuern"] = make(name(RECHNUNG, "Steuern"), *taxes)
    gross = net + sum(Decimal(tax.text or "0") for tax in taxes)
    values["Brutto"] = amount(name(RECHNUNG, "Brutto"), f"{gross}")
    _three_states(values, "Notiz", index, "Zahlbar ohne Abzug.")
    return record(name(RECHNUNG, "Rechnung"), RECHNUNG, values)
