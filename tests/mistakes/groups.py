"""What the build must say about mistakes in groups that repeat: a part of the text and of the remedy."""

from __future__ import annotations

GROUPS: dict[str, tuple[str, str]] = {
    "group-as-one": ("first: Ereignisse.group(Geladen) may occur many times", "write 'each' for 'one'"),
    "group-as-value": ("value: Ereignisse.group(Geladen) is an array of turns", "each: the type of one turn"),
    "group-unknown": ("other: there is no Gelade in Ereignisse", "did you mean Geladen?"),
    "group-does-not-repeat": ("alone: Nummer stands in no group that repeats as a whole", "soap: Nummer"),
    "group-on-the-way": ("amount: group(Faellig) on the way repeats", "a field with 'each'"),
    "group-beside-its-element": ("Twice: notes and instalments fill the same element", "make one read_only"),
    "turn-without-what-it-requires": ("FahrtTyp/group(Faellig) requires Betrag", "add a field with soap: Betrag"),
    "turn-as-xml": ("whole: a turn has no element that could be XML", "name the elements in it"),
    "group-as-body": ("group(Faellig) is an array of turns, and here an element is meant", "name Faellig itself"),
}
