"""What the build must say about mistakes in code tables."""

from __future__ import annotations

LOOKUPS: dict[str, tuple[str, str]] = {
    "lookup-name": ("'1st' is not a name", "start with a letter"),
    "lookup-without-word": ("needs the key 'word'", "Where our word stands"),
    "lookup-keep": ("keep: must be a whole number from 1 to 604800", "Seconds until it is asked for again"),
    "lookup-key": ("has no key 'keeps'", "did you mean 'keep'?"),
    "lookup-beside-codes": ("id: cannot be lookup and codes", "remove one"),
    "lookup-beside-missing": ("unit: cannot be lookup and missing", "remove one"),
    "lookup-beside-example": ("kind: cannot be lookup and example", "remove one"),
    "lookup-beside-pattern": ("group: cannot be lookup and pattern", "remove one"),
    "lookup-beside-one": ("lookup: means nothing beside 'one'", "remove 'lookup'"),
    "lookup-beside-default": ("kind: cannot be lookup and default", "remove one"),
    "lookup-call": ("ErpSoap12 has no operation SucheGeister", "did you mean SuchePartner?"),
    "lookup-each-once": ("lookup single: each: Artikel occurs once", "the element that repeats"),
    "lookup-each-inside": ("lookup deep: Artikel on the way to", "each: end it at Artikel"),
    "lookup-each-nowhere": ("there is no Teil in", "there are: Artikel"),
    "lookup-word-nowhere": ("there is no Wort in", "there are: "),
    "lookup-of-dates": ("code: GueltBis is neither a text nor a whole number", "name an element"),
    "lookup-of-an-object": ("Preise holds elements, not a value", "lengthen the path"),
    "lookup-lacks-a-value": ("LeseAuftragPositionen requires AuftragNr, and nothing fills it", "set: {AuftragNr"),
    "lookup-unknown": ("there is no lookup item", "did you mean items?"),
    "lookup-of-a-number": ("a code is a text or a whole number, not decimal", "remove 'lookup'"),
    "lookup-of-a-list": ("do not apply to lists and unions", "remove them"),
    "when-by-lookup": ("the words of items are known only when the ERP was asked", ""),
    "lookup-unused": ("no operation uses the lookup items", "or remove it"),
}
