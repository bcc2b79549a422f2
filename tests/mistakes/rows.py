"""What the build must say about bodies of many rows: a part of the text and of the remedy."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str]] = {
    "rows-without-into": ("body needs the key 'into'", "The repeated element"),
    "rows-beside-one": ("body has no key 'one'", "keys here: each, into"),
    "rows-merged": ("patch: a row is whole", "write 'one' for 'each'"),
    "rows-max-bytes": ("max_bytes: must be a whole number", "Most bytes"),
    "rows-max-rows": ("max_rows: must be a whole number", "Most rows"),
    "rows-and-calls": ("a body of many rows and further calls do not go together", "one call for a body"),
    # what the contract knows
    "rows-occur-once": ("Buchungen occurs once", "write 'one' for 'each'"),
    "rows-below-rows": ("Nr on the way to Nr.Beleg repeats", "into: end the path at Nr"),
    "rows-patched": ("PATCH changes one thing, and rows are many", "use POST or PUT"),
    "rows-beside-a-constant": ("Nr.Beleg: Nr on the way repeats", "name the rest in its type"),
    "rows-of-no-type": ("there is no type Nobody", "there are: Number, Posting"),
    "rows-no-certificate": ("no CERTIFICATE of the credentials 'rows'", "ADAPTER_CREDENTIAL_ROWS_CERTIFICATE"),
    "rows-signed": ("a signature covers the whole request", "a file of its own"),
    "rows-with-parts": ("binary values beside the envelope come after it", "a file of its own"),
    "rows-encoded": ("SOAP encoding counts the rows before the first", 'an operation with use="literal"'),
    "rows-take-turns": ("Fahrt.Ereignisse.Geladen takes turns with other elements", "a body of 'one'"),
    "rows-at-places": ("Fahrt.Ort stands at several places", "write 'one' for 'each'"),
}
