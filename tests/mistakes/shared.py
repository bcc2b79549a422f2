"""What the build must say about mistakes in what files share, and in what they take of it."""

from __future__ import annotations

SHARED: dict[str, tuple[str, str]] = {
    "uses-nowhere": ("there is no mappings/shared/erb.yaml", "did you mean erp?"),
    "soap-in-both": ("soap: stands in mappings/shared/erp.yaml too", "keep one of them"),
    "type-in-both": ("Money stands in mappings/shared/erp.yaml too", "rename one of them"),
    "unknown-key-in-shared": ("no key 'opertions'", "did you mean 'operations'?"),
    "path-in-shared": ("'Betrag..Wert' is not a path", "Where the value stands"),
    "pattern-of-no-verb": ("'fetch' is not a verb", "verbs: list, read, create"),
    "unknown-key-in-pattern": ("operations.read has no key 'cal'", "did you mean call?"),
    "word-not-closed": ("'$(1st)Nr': '$(' begins no word", "write $(name)"),
    "pattern-no-section": ("list must be a section with keys", "list: {request: …"),
    "pattern-takes-one": ("operations.create has no key 'shared'", "remove it"),
    "keys-become-one": ("the key 'name' stands here twice with the words filled in", "give other words"),
    "unknown-element-in-pattern": ("there is no ArtikelNummer in LeseArtikel", "did you mean ArtikelNr?"),
    "unknown-key-in-reply-of-pattern": ("operations.update.reply has no key 'frm'", "did you mean 'from'?"),
    "word-missing": (
        "the word 'type' is not given, which mappings/shared/generic.yaml:13 asks for",
        "words: {type: …}",
    ),
    "word-is-a-number": ("record: must be text", 'record: "10"'),
    "word-not-asked": ("that the file takes from mappings/shared/generic.yaml asks for the word 'recrod'", "record"),
    "words-missing": ("the word 'type' is not given", "words: {type: …"),
    "no-such-pattern": ("mappings/shared/generic.yaml has no operation 'create'", "there are: list, read, update"),
    "pattern-without-call": ("operations.update needs the key 'call'", "The WSDL operation"),
    "words-without-uses": ("words: means nothing without 'uses'", "uses: the name"),
    "pattern-of-no-file": ("read: the file uses no shared one to take it from", "uses: the name"),
}
