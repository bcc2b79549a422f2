"""What the evidence of issue 6 shares: things that go wrong on purpose, on loopback, and what remembers it all.

``Proxy`` stands before an ERP, a service, PostgreSQL, Valkey or the adapter itself and spoils what passes, as a
``Fault`` says. ``Journal`` is an ERP in a process of its own that forgets nothing, also when it is killed.
"""

from __future__ import annotations

from tests.resilience.faults import HEALTHY, Cut, End, Fault, Way, bomb, document, html, truncated
from tests.resilience.journal import Journal
from tests.resilience.message import PLACES, Place
from tests.resilience.proxy import Proxy

__all__ = [
    "HEALTHY",
    "PLACES",
    "Cut",
    "End",
    "Fault",
    "Journal",
    "Place",
    "Proxy",
    "Way",
    "bomb",
    "document",
    "html",
    "truncated",
]
