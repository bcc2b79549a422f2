"""What the build must say about lists that cannot leave row by row: a part of the text and of the remedy."""

from __future__ import annotations

STREAMS: dict[str, tuple[str, str]] = {
    "stream-is-a-word": ("stream: must be true or a section", "stream: true"),
    "stream-of-one": ("stream: means nothing without each", "add each, or remove 'stream'"),
    "stream-idle-nothing": ("idle: must be a whole number from 1 to 3600", "Seconds that the ERP may be silent"),
    "stream-bytes-with-unit": ("max_bytes: must be a whole number", "Most bytes of XML"),
    "stream-unknown-key": ("stream has no key 'rows'", "keys here: max_bytes, idle"),
    "stream-behind-a-cursor": ("a page behind a cursor is known only once all its rows are there", "or 'cursor'"),
    "stream-judged-by-rows": ("refused: looks into the rows", "what stands before them"),
    "stream-warned-by-rows": ("warnings: looks into the rows", "what stands before them"),
    "stream-as-a-property": ("a list that is a property of an answer is not streamed", "remove 'stream'"),
    "stream-of-attachments": ("attachments come after the rows that refer to them", "remove 'stream'"),
    "stream-of-turns": ("is no single element that repeats", "from: the element of one row"),
    "stream-signed": ("the answers are signed", "remove 'stream'"),
    "stream-encoded": ("in rpc/encoded a value may stand anywhere", "remove 'stream'"),
}
