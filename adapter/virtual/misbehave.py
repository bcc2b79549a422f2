"""What the pretend ERP is told to do wrong, and what it saw: the rules and the log behind ``/_control``.

A rule is JSON: ``{"operation": "LesePartner" or "*", "times": 2 or null, "do": {...}}``. Rules stand in a queue: the
first that fits a call is carried out, and is gone after ``times`` calls (null: it stands). ``do`` may say:

``delay``      seconds to wait before anything else (together with any other, or alone)
``close``      cut the connection: ``unread`` (before the body is read), ``read`` (before it is acted upon),
               ``executed`` (acted upon, nothing sent), ``headers`` (after the head), ``body`` (in mid-body)
``reset``      the same, with a TCP reset
``fault``      answer a fault: ``{"code": "Server", "text": "…", "detail": "GP-999", "status": 200}``
``html``       answer a web page: ``{"status": 503, "text": "…"}``
``raw``        answer these bytes: ``{"status": 200, "headers": {…}, "body": "<base64>"}``
``truncate``   true: act, and answer the first half of the XML as if it were all
``drip``       act, and send the answer in pieces: ``{"bytes": 10, "seconds": 0.1}``
"""

from __future__ import annotations

import base64
import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PLACES = ("unread", "read", "executed", "headers", "body")
KEEP = 500


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the connection is cut, and whether by a reset."""

    place: str
    reset: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done instead of, or to, an ordinary answer. At most one of ``fault``, ``html`` and ``raw`` is set."""

    delay: float = 0
    cut: Cut | None = None
    fault: Mapping[str, Any] | None = None
    html: tuple[int, str] | None = None
    raw: tuple[int, Mapping[str, str], bytes] | None = None
    truncate: bool = False
    drip: tuple[int, float] | None = None

    def cut_at(self, place: str) -> Cut | None:
        """Return the cut if it is at this place."""
        return self.cut if self.cut is not None and self.cut.place == place else None


@dataclass(slots=True)
class Rule:
    """One rule and how often it is still to be carried out (None: always)."""

    operation: str
    times: int | None
    do: Mapping[str, Any]
    deed: Deed


@dataclass(frozen=True, slots=True)
class Received:
    """One request that arrived. ``operation`` and ``envelope`` are empty where they were not read."""

    operation: str
    path: str
    headers: Mapping[str, str]
    envelope: str


@dataclass(slots=True)
class Control:
    """The queue of rules and the log of requests. Safe for threads."""

    rules: list[Rule] = field(default_factory=list)
    log: deque[Received] = field(default_factory=lambda: deque(maxlen=KEEP))
    counts: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    cleared: threading.Event = field(default_factory=threading.Event)

    def add(self, operation: str = "*", times: int | None = 1, **do: Any) -> None:
        """Add a rule. Raise ValueError that names what is wrong with it."""
        if not (times is None or (isinstance(times, int) and times > 0)):
            raise ValueError("times has to be a number above 0 or null")
        rule = Rule(operation, times, do, _deed(do))
        with self.lock:
            self.rules.append(rule)

    def take(self, operation: str, unread: bool = False) -> Deed:
        """Return what to do with a call. ``unread``: its body is not read yet, so only a cut at that place counts."""
        with self.lock:
            rule = next((each for each in self.rules if each.operation in ("*", operation)), None)
            if rule is None or (unread and rule.deed.cut_at("unread") is None):
                return Deed()
            if rule.times is not None:
                rule.times -= 1
                if not rule.times:
                    self.rules.remove(rule)
            return rule.deed

    def saw(self, received: Received) -> None:
        """Write a request into the log."""
        with self.lock:
            self.log.append(received)
            self.counts[received.operation] += 1

    def connected(self) -> None:
        """Count a new connection."""
        with self.lock:
            self.connections += 1

    def clear(self) -> None:
        """Forget rules and log, and end every delay that is under way."""
        with self.lock:
            self.rules.clear()
            self.log.clear()
            self.counts.clear()
            self.connections = 0
            self.cleared.set()
            self.cleared = threading.Event()

    def wait(self, seconds: float) -> None:
        """Wait, but not longer than until the next ``clear``."""
        if seconds:
            self.cleared.wait(seconds)

    def report(self) -> dict[str, Any]:
        """Return rules, counts and log for JSON."""
        with self.lock:
            return {
                "rules": [{"operation": rule.operation, "times": rule.times, "do": rule.do} for rule in self.rules],
                "counts": dict(self.counts),
                "connections": self.connections,
                "requests": [
                    {"operation": each.operation, "path": each.path, "headers": each.headers, "envelope": each.envelope}
                    for each in self.log
                ],
            }


def _deed(do: Mapping[str, Any]) -> Deed:
    known = {"delay", "close", "reset", "fault", "html", "raw", "truncate", "drip"}
    if not do or set(do) - known:
        raise ValueError(f"do has to say some of {', '.join(sorted(known))}")
    if len(set(do) - {"delay"}) > 1:
        raise ValueError("only delay goes together with another")
    try:
        return Deed(
            delay=float(do.get("delay", 0)),
            cut=_cut(do),
            fault={"text": "", **do["fault"]} if "fault" in do else None,
            html=(int(do["html"].get("status", 503)), str(do["html"].get("text", ""))) if "html" in do else None,
            raw=_raw(do["raw"]) if "raw" in do else None,
            truncate=bool(do.get("truncate", False)),
            drip=(max(1, int(do["drip"]["bytes"])), float(do["drip"]["seconds"])) if "drip" in do else None,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"do cannot be carried out: {error}") from error


def _cut(do: Mapping[str, Any]) -> Cut | None:
    place = do.get("close", do.get("reset"))
    if place is None:
        return None
    if place not in PLACES:
        raise ValueError(f"a connection is cut at one of {', '.join(PLACES)}")
    return Cut(place, "reset" in do)


def _raw(raw: Mapping[str, Any]) -> tuple[int, Mapping[str, str], bytes]:
    headers = {str(name): str(value) for name, value in raw.get("headers", {}).items()}
    return int(raw.get("status", 200)), headers, base64.b64decode(raw.get("body", ""), validate=True)
