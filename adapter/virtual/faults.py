"""How the ERP says no: the errors its operations raise, and the texts that go with the codes."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from adapter.virtual.elements import FEHLER, make, name

TEXTS = {
    "ALG-401": ("Nach {0} kann nicht sortiert werden.", "Cannot sort by {0}."),
    "MD-404": ("Mandant {0} ist nicht eingerichtet.", "Client {0} is not set up."),
    "GP-404": ("Geschäftspartner {0} ist nicht vorhanden.", "Business partner {0} does not exist."),
    "GP-409": (
        "Geschäftspartner {0} wurde inzwischen geändert (AendNr {1}).",
        "Business partner {0} was changed in the meantime (AendNr {1}).",
    ),
    "GP-415": (
        "Die Art des Geschäftspartners {0} kann nicht geändert werden.",
        "The kind of business partner {0} cannot be changed.",
    ),
    "GP-422": ("Feld {0} darf nicht leer sein.", "Field {0} must not be empty."),
    "GP-423": ("Geschäftspartner {0} ist für Aufträge gesperrt.", "Business partner {0} is blocked for orders."),
    "GP-428": ("AendNr fehlt.", "AendNr is missing."),
    "AR-404": ("Artikel {0} ist nicht vorhanden.", "Item {0} does not exist."),
    "AR-410": ("Artikel {0} ist nicht mehr lieferbar.", "Item {0} can no longer be ordered."),
    "AR-424": ("Artikel {0} hat keine Stückliste.", "Item {0} has no bill of materials."),
    "AB-404": ("Auftrag {0} ist nicht vorhanden.", "Order {0} does not exist."),
    "AB-409": (
        "Auftrag {0} wurde inzwischen geändert (AendNr {1}).",
        "Order {0} was changed in the meantime (AendNr {1}).",
    ),
    "AB-422": ("Feld {0} ist nicht zulässig.", "Field {0} is not acceptable."),
    "AB-423": ("Auftrag {0} kann nicht mehr geändert werden.", "Order {0} can no longer be changed."),
    "AB-428": ("AendNr fehlt.", "AendNr is missing."),
    "AB-451": ("Auftrag {0} ist bereits geliefert.", "Order {0} is already delivered."),
    "AB-452": ("Auftrag {0} ist bereits storniert.", "Order {0} is already cancelled."),
    "LG-404": ("Artikel {0} ist im Lager nicht bekannt.", "Item {0} is not known in the warehouse."),
    "LG-405": ("Lagerort {0} ist nicht bekannt.", "Warehouse {0} is not known."),
    "LG-409": ("Bestand reicht nicht aus.", "Not enough in stock."),
    "LG-422": ("Menge muss größer als 0 sein.", "Quantity must be above 0."),
}  # fmt: skip


class ErpFault(Exception):
    """The ERP refuses, for a reason of its business. ``code`` is a key of ``TEXTS``; ``field`` names what was wrong."""

    def __init__(self, code: str, *values: object, field: str = "") -> None:
        super().__init__(code)
        self.code, self.values, self.field = code, values, field

    def text(self, language: str) -> str:
        """Return the text in German (``DE``) or English (any other language)."""
        german, english = TEXTS[self.code]
        return (german if language == "DE" else english).format(*self.values)

    def detail(self, language: str) -> etree._Element:
        """Return the element that stands in the fault's detail."""
        children = [make(name(FEHLER, "Code"), text=self.code), make(name(FEHLER, "Text"), text=self.text(language))]
        if self.field:
            children.append(make(name(FEHLER, "Feld"), text=self.field))
        return make(name(FEHLER, "ErpFehler"), *children)


class LockFault(Exception):
    """Somebody else has the record open. ``since`` is an xs:dateTime."""

    code = "LOCKED"

    def __init__(self, number: str, holder: str, since: str) -> None:
        super().__init__(number)
        self.number, self.holder, self.since = number, holder, since

    def text(self, language: str) -> str:
        """Return the text in German (``DE``) or English (any other language)."""
        sentence = "Datensatz {0} wird von {1} bearbeitet." if language == "DE" else "Record {0} is open for {1}."
        return sentence.format(self.number, self.holder)

    def detail(self, language: str) -> etree._Element:
        """Return the element that stands in the fault's detail."""
        return make(
            name(FEHLER, "SperrFehler"),
            make(name(FEHLER, "ObjektNr"), text=self.number),
            make(name(FEHLER, "GesperrtVon"), text=self.holder),
            make(name(FEHLER, "GesperrtSeit"), text=self.since),
        )


@dataclass(eq=False)
class ProtocolFault(Exception):
    """The message is not one that the contract allows. ``code`` is the SOAP 1.1 name; 1.2 has its own for the same.

    ``status`` overrides the HTTP status that SOAP wants (0: it does not), for example 415.
    """

    code: str
    text: str
    status: int = 0
