"""What the build must say about ``http:``, the new service: a part of the text and of the remedy, written by hand."""

from __future__ import annotations

ENV = """ADAPTER_CREDENTIAL_FILES_KEY=a-key
ADAPTER_CREDENTIAL_TOKEN_TOKEN=a-token
ADAPTER_CREDENTIAL_BOTH_TOKEN=a-token
ADAPTER_CREDENTIAL_BOTH_USER=a-user
ADAPTER_CREDENTIAL_HALF_USER=a-user
"""
SERVICES: dict[str, tuple[str, str]] = {
    "service-header-alone": ("header: means nothing without 'credentials'", "credentials: a name"),
    "service-timeout-unit": ("timeout: must be a number of seconds up to 600", "timeout: 2"),
    "service-unknown-key": ("http has no key 'shado'", "did you mean 'shadow'?"),
    "service-no-words": ("codes: names no word", "codes: {our word: the service's word}"),
    "service-says-nothing": ("quantity: says nothing", "quantity: the service's name"),
    "service-name-with-two-dots": ("'item..id' is not a name such as fullName", "with dots it stands in objects"),
    "service-no-property-name": ("'.warehouse' is no property of ours", "address.city: town"),
    "service-json-word": ("'text' is not one of string, number", "a decimal or a big integer"),
    "service-property-unknown-key": ("http.fields.StockLevel.warehouse has no key 'code'", "did you mean 'codes'?"),
    "service-one-word-for-two": ("old: two of our words stand for the same word 'N' of the service", "one word for"),
    "service-word-is-a-number": ("bad: must be text", 'write it in quotes: bad: "5"'),
    "service-fault-never-reached": ("a line above takes every answer 404 that fits this one", "move it up"),
    "service-fault-of-success": ("status: must be a whole number from 400 to 599", "The status that the service"),
    "service-at-alone": ("at: means nothing without 'code'", "code: what stands there"),
    "service-at-no-pointer": ("'code' is not a pointer such as /error/code", "Where the code stands"),
    "service-fault-without-problem": ("needs the key 'problem'", "which a fault table has"),
    "service-request-without-slash": ("is not a method and a path such as 'GET /partners/{id}'", "from the service's"),
    "service-request-no-path": ("'/a b/{item_id}' is not a path", "for example /partners/{id}"),
    "service-timeout-none": ("timeout: must be a number of seconds up to 600", "timeout: 2"),
    "service-query-with-dots": ("warehouse: a query parameter has a name without dots", "query: {status: state}"),
    "service-total-no-pointer": ("'count' is not a pointer such as /count", "how many there are"),
    "service-fields-is-a-word": ("http.fields must map names to types", "write 'name: …' lines"),
    "service-faults-is-a-section": ("faults must be a list", "start each line with '- {status"),
    "service-unknown-type": ("fields: there is no type Stocklevel", "did you mean StockLevel?"),
    "service-unknown-property": ("fields: Posting has no property posted_on", "did you mean posted_at?"),
    "service-unknown-inner-property": ("fields: StockLevel has no property quantty", "did you mean quantity?"),
    "service-through-a-value": ("fields: id.number: id is no object", "end it at id"),
    "service-through-a-list-of-values": ("fields: batches.item: batches is no object", "end it at batches"),
    "service-words-missing": ("direction: codes has no word for out", "add the service's words"),
    "service-word-unknown": ("direction: codes: up is no word of ours", "there are: in, out"),
    "service-words-of-text": ("item_id: codes: it is no property with words", "remove 'codes'"),
    "service-number-of-text": ("warehouse: json: number: it is said so already, or is no number", "remove 'json'"),
    "service-word-no-number": ("direction: json: number: 'I' is no whole number", "remove 'json'"),
    "service-said-so-already": ("quantity: json: string: it is said so already, or is no number", "remove 'json'"),
    "service-words-as-strings": ("warehouse: json: string: words are strings without it", "remove 'json'"),
    "service-words-of-any-text": ("warehouse: codes: it is no property with words", "remove 'codes'"),
    "service-unknown-problem": (
        "faults: the problem item-not-fond stands in no fault table of the file",
        "did you mean item-not-found?",
    ),
    "service-problem-of-the-house": ("faults: the problem precondition-failed is one of the house's", "there are:"),
    "service-get-with-body": ("services.create: http: GET carries no body, and callers send one", "POST, PUT or PATCH"),
    "service-unknown-parameter": ("services.create: http: {id} is no path parameter of ours", ""),
    "service-unknown-query": ("services.create: http: query: warehouse is no parameter of ours", ""),
    "service-items-of-one": (
        "services.create: http: items and total mean nothing, since no list is answered",
        "remove",
    ),
    "service-parameter-left-out": ("services.list: http: {item_id} does not stand in the request there", "GET …/{item"),
    "service-json-in-query": ("warehouse: json: means nothing in a query", "remove 'json'"),
    "service-total-without-page": ("services.list: http: total: means nothing, since the list is not paged", "remove"),
    "service-two-to-one-name": ("posted_at and level.quantity would both be posted_at there", "another name"),
    "service-inside-an-object": ("id and level would both be level there", "another name"),
    "service-key-without-header": ("http: credentials with a KEY need a header field for it", "header: X-Api-Key"),
    "service-credentials-not-set": (
        "http: the settings have not one kind of the credentials 'nobody'",
        "set ADAPTER_CREDENTIAL_NOBODY_TOKEN or ADAPTER_CREDENTIAL_NOBODY_USER and ADAPTER_CREDENTIAL_NOBODY_PASSWORD",
    ),
    "service-credentials-of-two-kinds": (
        "http: the settings have not one kind of the credentials 'both'",
        "or ADAPTER_CREDENTIAL_BOTH_KEY",
    ),
    "service-credentials-in-halves": ("http: ADAPTER_CREDENTIAL_HALF_PASSWORD: is not set", "see the-new-side"),
    "service-header-of-no-key": ("header: means nothing, since no credentials of the service are a KEY", "remove it"),
    "service-operation-alone": ("services-alone.list: 'http' means nothing without 'http:' of the file", "http: {serv"),
}
