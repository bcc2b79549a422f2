"""What the build must say about values that no element holds: constants, and what is made for each call."""

from __future__ import annotations

VALUES: dict[str, tuple[str, str]] = {
    "set-is-a-number": ("Status: must be text", "write it in quotes"),
    "constant-beside-soap": ("soap: means nothing beside 'constant'", "remove 'soap'"),
    "constant-is-a-list": ("constant: must be one value", "constant: EUR"),
    "constant-is-null": ("constant: is empty", "remove it"),
    "neither-soap-nor-constant": ("void needs the key 'soap'", "where its value stands in XML"),
    "parameter-constant": ("a parameter stands for something in the request", "remove 'constant'"),
    "set-outside-contract": ("Status: '11' must be one of", "a value the contract allows"),
    "set-unknown-element": ("there is no AuftrNr in AuftragTyp", "did you mean AuftragNr?"),
    "set-and-field": ("reference fill the same element", "keep one"),
    "set-needs-more": ("cannot always be written: city is required together with", "make what it needs required"),
    "nested-of-constants": ("Nothing holds nothing of the ERP's", "with 'soap' in it"),
    "when-no-list": ("customer: needs a list of values", "when: {kind: [company, agency]}"),
    "when-empty": ("when: names no property", "when: {kind: [company, agency]}"),
    "when-and-default": ("cannot be default and when", "remove one"),
    "when-other-word": ("late: needs a list of values", "when: {discount: given}"),
    "parameter-when": ("a parameter depends on nothing", "remove 'when'"),
    "when-read-only": ("TeilLiefKz: when: callers cannot give number", "name one that they can give"),
    "when-no-value": ("Hinweis: when: lines is no single value", "with one value"),
    "when-required": ("the contract always requires PartnerNr", "remove 'when'"),
    "when-unknown": ("wanted: when: there is no cuont", "did you mean count?"),
    "when-never": ("when: count can never be 1: must be a whole number", "as JSON has them"),
    "when-of-when": ("status: when: reference depends on another property itself", "name what that one depends on"),
    "compute-and-required": ("required: means nothing beside 'compute'", "remove 'required'"),
    "function-not-there": ("other: there is no function aeg", "ADAPTER_FUNCTIONS"),
    "function-no-call": ("bare: compute: 'age' is no call", "compute: age_class(birth_date)"),
    "compute-unknown": ("Notiz: compute: nothing is called nwo", "did you mean now?"),
    "compute-and-value": ("Hinweis: a function takes 'credential' and nothing else", "credential: a name"),
    "now-for-a-date": ("WunschDat: now '2026-12-31T23:59:59Z' not a date", "a value the contract allows"),
}
