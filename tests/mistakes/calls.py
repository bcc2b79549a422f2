"""What the build must say about mistakes in several calls."""

from __future__ import annotations

CALLS: dict[str, tuple[str, str]] = {
    "call-name-taken": ("'incomplete' cannot be the property of a call", "another name"),
    "call-answers-nothing": ("silent: a call without a body needs a reply", "reply: {one"),
    "call-with-status": ("status: is said by the operation's own reply", "remove 'status'"),
    "max-without-each": ("max: means nothing without", "remove 'max'"),
    "required-without-body": ("required: means nothing without 'body'", "remove 'required'"),
    "take-no-path": ("take: 'Auftrag..Nr' is not a path", "take: {AuftragNr: Kopf.AuftragNr}"),
    "take-is-a-number": ("AuftragNr: must be text", "write it in quotes"),
    "undo-of-a-read": ("undo: calls-grammar.read only reads", "remove 'undo'"),
    "part-of-no-body": ("takes no body that 'lines' could be a property of", "body: {one"),
    "commit-with-a-list": ("commit: answers one object", "reply: {one"),
    "part-without-type": ("body of a call needs either 'one' or 'each'", "body: {each: Line"),
    "optional-change": ("two: what changes something cannot be optional", "remove 'optional'"),
    "list-for-each-item": ("three: each item has one answer", "an array of them"),
    "unknown-key-in-call": ("has no key 'boddy'", "did you mean 'body'?"),
    "commit-refused-twice": ("refused: stands in 'reply' already", "keep one"),
    "call-named-as-a-property": ("Order has a property partner already", "another name"),
    "call-of-unknown-parameter": ("the operation has no path parameter nr", "there are: id"),
    "call-of-unknown-operation": ("ErpSoap12 has no operation LeseAuftraege", "did you mean LeseAuftrag"),
    "call-lacks-a-value": ("LeseAuftrag requires AuftragNr, and nothing fills it", "AuftragNr"),
    "take-from-nowhere": ("there is no Nummer in", "there are: "),
    "take-to-nowhere": ("there is no Nummer in LeseAuftrag", "there are: "),
    "take-of-many": ("Position may occur many times", "take one value"),
    "take-of-an-object": ("Auftrag holds elements, not a value", "take one value"),
    "calls-of-a-list": ("several calls need an object to answer with", "reply: {one"),
}
