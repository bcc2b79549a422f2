"""What the build must say about mistakes in tests and filters: a part of the text and of the remedy."""

from __future__ import annotations

LISTS: dict[str, tuple[str, str]] = {
    "filter-unknown-test": ("test: 'like' is not one of equals", "What must hold"),
    "filter-neither-form": ("filter needs either 'at' or 'each'", "each: the entries"),
    "filter-words-without-operator": ("words: mean nothing without 'operator'", "where the ERP takes them"),
    "filter-unknown-word": ("'is' is no test", "one of equals"),
    "filter-text-without-value": ("contains: must hold {value} once", '"{value}"'),
    "filter-never-is-text": ("never: must be a list of texts", 'never: ["*", ".."]'),
    "filter-otherwise-unknown": ("otherwise: nobody is no parameter that is a test", "there are: name"),
    "test-without-filter": ("name is a test, but the operation has no 'filter'", "filter: {at"),
    "filter-without-test": ("filter: no query parameter is a test", "test: equals"),
    "test-like-and-codes": ("cannot be like a property and have codes", "remove 'codes'"),
    "filter-at-unknown": ("there is no Such in SucheRechnungen", "did you mean Suche?"),
    "test-unknown-filter": ("order: there is no Auftrag in Suche", "did you mean AuftragNr?"),
    "test-without-operator": ("partner: PartnerNr takes no operator, so it cannot test contains", "test: equals"),
    "test-one-of-one": ("several: AuftragNr takes one value", "text: {one_of"),
    "test-like-unknown": ("like: Invoice has no property numbr", "did you mean number?"),
    "filter-each-occurs-once": ("filter: each: Suche occurs once", "stands there for every test"),
}
