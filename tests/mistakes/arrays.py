"""What the build must say about mistakes in bags and arrays: a part of the text and of the remedy."""

from __future__ import annotations

ARRAYS: dict[str, tuple[str, str]] = {
    "bag-twice": ("the bag lines is Positionen.Position too", "keep one"),
    "bag-without-name": ("parts needs the key 'name'", "Where the entry's name stands"),
    "bag-never-used": ("no property uses the bag spare", "remove it"),
    "bag-name": ("'1st' is not a bag's name", "start with a letter"),
    "bag-unknown": ("strayed: there is no bag line", "did you mean lines?"),
    "bag-without-entry": ("nameless: 'bag' and 'entry' go together", "the entry's name"),
    "entry-without-bag": ("homeless: 'bag' and 'entry' go together", "the entry's name"),
    "entry-twice": ("again and first are the same entry of lines", "keep one"),
    "entry-is-a-number": ('entry: must be text; write it in quotes: "40"', "The name of that entry"),
    "type-outside-a-bag": ("only in an entry of a bag a path begins with a type", "name the element first"),
    "parameter-in-a-bag": ("id: a parameter stands in no bag", "a property of the body"),
    "bag-unknown-element": ("bag rows: there is no Zeile in Positionen", "there are: Position"),
    "bag-occurs-once": ("bag terms: Zahlung occurs once", "there for every entry"),
    "entry-unknown-element": ("price: there is no Preis in PositionTyp", "did you mean EinzelPreis?"),
    "entry-name-as-value": ("same: PosNr is where the entry's name stands", "where its value stands"),
    "entry-outside-contract": ("text: entry: 'zehn' not a whole number", "as the contract allows it"),
    "entry-not-derived": ("typed: ArtikelTyp is not derived from PositionTyp", "there are: PositionTyp"),
    "entry-as-object": ("whole: an object needs an element of its own", "soap: name that element"),
    "entry-beside-its-list": ("Plain: unit and all fill the same element", "make one read_only"),
    "entry-of-abstract-type": ("name: PartnerTyp is abstract", "(PrivatPartnerTyp).Name1"),
    "entry-needs-more": (
        "AuftragTyp requires Positionen.Position.Menge",
        "add a field with soap: Positionen.Position.Menge",
    ),
    "as-unknown-type": ("number: as: takes a built-in type of XML Schema", "the converter as in the reference"),
}
