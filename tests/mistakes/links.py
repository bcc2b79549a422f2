"""What the build must say about links in place of long binary values, and about what travels beside an envelope."""

from __future__ import annotations

LINKS: dict[str, tuple[str, str]] = {
    "attachments-word": ("'swa' is not one of mtom", "travel beside the envelope"),
    "link-half": ("link needs the key 'operation'", "The operation with the document"),
    "link-verb": ("'read' is not a name such as invoice-files.read", "The operation with the document"),
    "link-parameter": ("nr: a parameter is never read", "remove 'link'"),
    # what the contract and the other files know
    "link-of-text": ("text: only one base64Binary value can be a link", "remove 'link'"),
    "link-to-nothing": ("gone: there is no operation linked-fils.read", "did you mean linked-files.read?"),
    "link-to-json": ("json: linked-invoices.read does not answer GET with a document", "reply: {document: …}"),
    "link-without-id": ("pdf: nothing in Linked or in the path of linked-invoices.read fills {id}", "a property id"),
}
