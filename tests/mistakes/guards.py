"""What the build must say about ``guard:`` and ``tries:``: a part of the text and of the remedy, written by hand."""

from __future__ import annotations

GUARDS: dict[str, tuple[str, str]] = {
    "guard-says-nothing": ("guard: says nothing", "or remove it"),
    "guard-is-a-word": ("soap.guard must be a section with keys", "keys: breaker"),
    "guard-unknown-key": ("http.guard has no key 'braeker'", "did you mean 'breaker'?"),
    "breaker-on": ("breaker must be a section with keys, or off", "breaker: {failures: 5, slow: 4}"),
    "breaker-failures-none": ("failures: must be a whole number from 1 to 1000", "in a row open it"),
    "breaker-slow-unit": ("slow: must be a number of seconds up to 600", "slow: 5"),
    "breaker-open-none": ("open: must be a number of seconds up to 600", "open: 5"),
    "breaker-probes-many": ("probes: must be a whole number from 1 to 100", "at once may try"),
    "breaker-unknown-key": ("has no key 'failure'", "did you mean 'failures'?"),
    "guard-contradicts": ("guard: contradicts that of mappings/guards-", "in the file that both of them use"),
    "tries-of-a-write": ("tries: what has the effect 'write' is not repeated", "effect: idempotent"),
    "tries-of-an-irreversible": ("the effect 'irreversible' is not repeated", "remove 'tries'"),
    "tries-none": ("tries: must be a whole number from 1 to 10", "read or idempotent"),
}
