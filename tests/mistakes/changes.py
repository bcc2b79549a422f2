"""What the build must say about partial changes, documents, many rows and tables that the ERP answers."""

from __future__ import annotations

from tests.mistakes.rows import ROWS

_DOCUMENTS: dict[str, tuple[str, str]] = {
    "document-beside-one": ("body has no key 'one'", "keys here: document, media_types"),
    "document-without-types": ("body needs the key 'media_types'", "The media types that callers may send"),
    "media-types-no-list": ("media_types: must be a list of media types", "media_types: [application/pdf]"),
    "media-type-of-any-kind": ("media_types: 'image/*' is not a media type", "name each type"),
    "media-type-active": ("media_type: 'text/html' would be served as application/octet-stream", "leave"),
    "media-type-is-a-number": ("media_type: must be a path", "{value: application/pdf}"),
    "document-max-bytes": ("max_bytes: must be a whole number", "ADAPTER_MAX_REQUEST_BYTES"),
    # what the contract knows
    "document-is-text": ("Rechnung.Notiz is string, not base64Binary or hexBinary", "that holds the bytes"),
    "document-holds-elements": ("Rechnung holds elements, not a value", "document: lengthen the path"),
    "document-nowhere": ("there is no Pfd in Rechnung", "did you mean Pdf?"),
    "file-name-is-a-number": ("Rechnung.MahnStufe is no text", "name an element that holds text"),
    "document-of-many": ("Position may occur many times, and a document is one", "occur once"),
    "document-without-content": ("an answer with status 204 has no content", "remove 'status'"),
    "document-and-calls": ("a document and further calls do not go together", "one call for a document"),
    "document-of-a-call": ("a document is no property of an answer", "an operation of its own"),
    "document-into-text": ("Auftrag.Hinweis is string, not", "that holds the bytes"),
}
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
    **_DOCUMENTS,
    **ROWS,
    "null-name-for-nothing": ("note: null_name: no body of this resource has it in a null_list", "remove 'null_name'"),
}
