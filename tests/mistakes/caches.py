"""What the build must say about ``cache:`` and ``touches:``: a part of the text and of the remedy, written by hand."""

from __future__ import annotations

CACHES: dict[str, tuple[str, str]] = {
    "cache-is-a-number": ("cache must be a section with keys", "keys: fresh, stale"),
    "cache-without-fresh": ("cache needs the key 'fresh'", "Seconds for which an answer counts"),
    "cache-stale-part": ("stale: must be a whole number from 1 to 86400", "while a newer one is fetched"),
    "cache-unit": ("stale_if_error: must be a whole number from 1 to 432000", "where the ERP is down"),
    "cache-nothing": ("not_found: must be a whole number from 1 to 86400", "left out: not at all"),
    "cache-shared-word": ("shared: must be true or false", "the same for every caller"),
    "cache-unknown-key": ("cache has no key 'fersh'", "did you mean 'fresh'?"),
    "touches-a-word": ("touches must be a list of operations", "touches: [orders.read"),
    "touches-a-verb": ("touches: read is no operation's name", "a name such as orders.read"),
    "touches-twice": ("touches: caches-grammar.read stands in the list already", "remove one"),
    # what the other operations know
    "cache-of-a-stream": ("cache: a list that leaves row by row is not kept", "remove 'stream'"),
    "cache-error-window": ("stale_if_error: 60 seconds are over when stale: 60 is", "more than 'stale'"),
    "cache-no-not-found": ("nothing says which answer of the ERP means that there is none", "status: 404"),
    "touches-of-a-read": ("touches: means nothing on an operation that reads", "effect: write"),
    "cache-of-a-post": ("cache: a POST is not kept", "GET"),
    "cache-of-nothing": ("cache: there is no answer to keep", "reply: {one: …}"),
    "cache-of-a-write": ("cache: only what reads can be answered again", "effect: read"),
    "touches-nobody": ("touches: there is no operation caches.raed", "did you mean caches.read?"),
    "touches-what-is-not-kept": ("touches: caches.peek has no 'cache'", "remove it"),
}
