"""What the build must say about ``limit:``: a part of the text and of the remedy, written by hand."""

from __future__ import annotations

LIMITS: dict[str, tuple[str, str]] = {
    "limit-a-number": ("limit: 60 is not how often a caller may ask", "limit: 60/minute"),
    "limit-a-unit": ("limit: '60/min' is not how often", "second, minute, hour or day"),
    "limit-none": ("limit: '0/minute' is not how often", "limit: 60/minute"),
    "limit-empty": ("limit: an empty list limits nothing", "or remove it"),
    "limit-twice": ("limit: there is one for each minute already", "remove one"),
    "limit-short-never": ("limit: 10/second is never reached, since 10/hour is less", "more than 10/hour"),
    "limit-long-never": ("limit: 36000/hour is never reached", "less than 36000/hour, or remove 36000/hour"),
    "limit-section": ("is not how often a caller may ask", "limit: 60/minute"),
}
