"""What the build must say about mistakes in what a call is made of: overloaded operations, parts of its message."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "call-overloaded": ("Anrufe has 2 operations Suche", "call one of them: Suche(nachNummer), Suche(nachName)"),
    "call-overload-unknown": ("Anrufe has no operation Suche(nachOrt)", "did you mean Suche(nach"),
    "path-past-parts": ("there is no Nummer in", "there are: Kopf, Kunde"),
    "header-field-of-http": ("Content-Type has a meaning of its own in HTTP", "X-Client"),
    "header-field-twice": ("x-client: stands here in other letters", "have no case"),
    "header-field-name": ("'X Client' is not the name of a header field", "X-Client"),
    "header-field-object": ("X-Whole must be a single value", "remove 'one' or 'each'"),
    "reply-header-required": ("X-Session: required: means nothing in an answer", "remove 'required'"),
    "reply-header-default": ("X-Seconds: default: means nothing in an answer", "remove 'default'"),
    "fault-type-without-detail": ("one: means nothing without 'detail'", "detail: the element"),
    "header-field-undeclared": ("X-Client: Suche(nachNummer) declares no header Context", "did you mean Kontext?"),
    "header-field-path": ("X-Language: there is no Sprach in Kontext", "did you mean Sprache?"),
    "header-field-default": ("X-Number: default: must have the form", "a default that a caller could have sent"),
    "header-field-collides": ("Kontext: X-Second and X-Number fill the same element", "keep one"),
    "header-block-incomplete": ("the header Spur requires Platz", "headers: {Spur.Platz"),
    "reply-header-undeclared": (
        "X-Trace: the reply of Suche(nachNummer) declares no header Spur",
        "there are: Sitzung",
    ),
    "reply-header-path": ("X-Session: there is no attribute nr", "there are: id"),
    "fault-type-unknown": ("there is no type Blocked", "there are: "),
    "fault-type-undeclared": ("declare no fault with the detail Sperr", "did you mean Sperre?"),
    "fault-type-of-a-value": ("Customer is an object, but a single value stands there", "name an element"),
    "addressing-not-said": ("anrufe.wsdl asks for WS-Addressing at AnrufePerPost", "soap: {addressing: true}"),
}
