"""What the build must say about partial changes, documents and tables that the ERP answers."""

from __future__ import annotations

CHANGES: dict[str, tuple[str, str]] = {
    "null-name-and-read-only": ("note: cannot be null_name and read_only", "remove one"),
    "parameter-null-name": ("id: a parameter is never null", "remove 'null_name'"),
    "patch-is-a-flag": ("patch: 'true' is no way to change a part", "patch: partial"),
    "without-beside-null-list": ("without: means nothing without read_modify_write", "remove 'without'"),
    "without-is-no-list": ("without: must be a list of paths", "without: [GeaendAm]"),
    "without-bad-path": ("without: 'Auftrag..Status' is not a path", "name an element"),
    "flag-beside-null-list": ("flag: means nothing without changed_flags", "remove 'flag'"),
    "parameter-flagged": ("nr: a parameter has no flag", "remove 'flagged'"),
    "partial-is-old": ("body has no key 'partial'", "keys here: one, into, patch"),
    "patch-says-nothing": ("patch: needs one of null_list, read_modify_write, changed_flags", "one way for each body"),
    # what the contract knows
    "null-list-occurs-once": ("null_list: Hinweis occurs once", "name the element that repeats"),
    "merge-other-type": ("patch-merge-more.read reads {", "of one type"),
    "merge-without-reader": ("read_modify_write: this resource has no operation 'cancel'", "add 'cancel:'"),
    "merge-of-a-list": ("patch-merge-more.list does not answer one record", "reply: {one: …}"),
    "merge-without-key": ("patch-merge.read needs the path parameter id", "write {id} in 'request:'"),
    "merge-without-unknown": ("without: there is no Hinwies in AuftragTyp", "did you mean Hinweis?"),
    "merge-without-required": ("without: PartnerNr must be there", "leave it in"),
    "flags-unknown": ("there is no AuftragX in AendereAuftrag", "did you mean"),
    "flag-without-place": ("note: AuftragNr has no place for its flag", "flagged: false"),
    "flagged-for-nothing": (
        "wanted_on: flagged: no body of this resource is told by changed_flags",
        "remove 'flagged'",
    ),
    "null-list-unknown": ("null_list: there is no Hinwies in AuftragTyp", "did you mean Hinweis?"),
    "null-name-for-nothing": ("note: null_name: no body of this resource has it in a null_list", "remove 'null_name'"),
}
