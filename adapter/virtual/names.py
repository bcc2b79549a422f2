"""Names and things that the seed makes its records from, with the characters that real data has."""

from __future__ import annotations

COMPANIES = (
    "Müller & Söhne", "Stahlbau Nord <Kiel>", "Gießerei Weiß", 'Hotel "Zur Post"', "Ångström AB", "Café Łódź",
    "Schmidt+Partner", "O'Neill Foods", "Bäckerei Öhler", "東京精密", "Groß- und Einzelhandel Köhler", "Ferrostal 24/7",
)  # fmt: skip
LAST_NAMES = (
    "Meier", "Schäfer", "Özdemir", "Großmann", "von der Heide", "Nguyễn", "D'Angelo", "Kowalski", "Lindqvist",
    "Ruiz-Peña", "Žižek", "Becker",
)  # fmt: skip
FIRST_NAMES = ("Anna", "Jürgen", "Zoë", "Emre", "Søren", "Mia-Sophie", "Łukasz", "Ida", "Ben", "Renée")
STREETS = ("Hauptstraße", "Am Alten Markt", "Rue de l'Église", "Bahnhofplatz", "Lange Gasse")
PLACES = (
    ("Berlin", "10115", "DE"), ("München", "80331", "DE"), ("Wien", "1010", "AT"), ("Zürich", "8001", "CH"),
    ("Köln", "50667", "DE"), ("Łódź", "90-001", "PL"),
)  # fmt: skip
GOODS = (
    ("Werkhalle 20x40", "ST"), ("Stahlrahmen", "ST"), ("Rahmenecke", "ST"), ("Bolzen M24", "ST"),
    ("Sechskantschraube M8", "ST"), ("Unterlegscheibe 8,4", "PAK"), ("Dachplatte", "ST"), ("Dichtmasse", "L"),
    ("Schweißdraht 1,0", "KG"), ("Kabel NYM-J 3x1,5", "M"), ("Montage", "STD"), ("Lüfter Ø 400", "ST"),
)  # fmt: skip

PARTS = (
    ((2, "8"), (7, "64"), (5, "1200")),  # the hall: frames, roof plates, screws
    ((3, "4"), (9, "2.500")),  # a frame: corners, welding wire
    ((4, "6"), (5, "12")),  # a corner: bolts, screws
    ((6, "0.060"), (9, "0.125")),  # a bolt: washers, welding wire
)
"""Bills of materials of the first items, four deep: pairs of an item's number and the quantity."""
