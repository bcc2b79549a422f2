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
    "guard-concurrency-none": ("concurrency: must be a whole number from 1", "more wait for their turn"),
    "guard-adaptive-word": ("adaptive: must be true or false", "how many calls at once"),
    "guard-rate-bare": ("rate: must be text", "second, minute or hour"),
    "guard-closed-hour": ("closed: '25:00' is no time of the day", "closed: [22:00-04:00"),
    "guard-zone": ("zone: 'Berlin' is not known here", "such as Europe/Berlin"),
    "guard-closed-always": ("closed: all of the week, so it never opens", "leave some of it out"),
    "guard-closed-no-zone": ("closed: needs 'zone'", "zone: Europe/Berlin"),
    "guard-zone-alone": ("zone: means nothing without 'closed'", "closed: [22:00-04:00]"),
    "guard-closed-text": ("closed must be a list of times", "closed: [22:00-04:00"),
    "guard-contradicts": ("guard: contradicts that of mappings/guards-", "in the file that both of them use"),
    "tries-of-a-write": ("tries: what has the effect 'write' is not repeated", "effect: idempotent"),
    "tries-of-an-irreversible": ("the effect 'irreversible' is not repeated", "remove 'tries'"),
    "tries-none": ("tries: must be a whole number from 1 to 10", "read or idempotent"),
}
