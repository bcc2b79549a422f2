"""What the build must say about mistakes in what a call is made of: overloaded operations, parts of its message."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "call-overloaded": ("Anrufe has 2 operations Suche", "call one of them: Suche(nachNummer), Suche(nachName)"),
    "call-overload-unknown": ("Anrufe has no operation Suche(nachOrt)", "did you mean Suche(nach"),
    "path-past-parts": ("there is no Nummer in", "there are: Kopf, Kunde"),
}
