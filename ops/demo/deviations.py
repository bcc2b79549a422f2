"""How the demonstration's microservice can be made to differ from its contract, while it runs.

What each name does to an answer::

    wrong-rounding   credit_limit in whole thousands
    status-word      status is a word of the contract, and the wrong one (active is dormant)
    status-code      status is a word that the contract does not have (active is A)
    status-missing   status is left out
    phones-order     phones in the other order
    null-absent      what is null is left out, and what is absent is null
    wrong-shape      address is a text, and name is missing
    slow=SECONDS     answers after so many seconds (2)
    failing=PERCENT  500 to that share of requests (100)
    html             an HTML page with status 200
    huge             12 MB of JSON
    hang             no answer: the connection closes after a minute, or once this is switched off
    no-dry-runs      knows nothing of Shadow: dry-run, and does what it is asked
    dry-runs-lie     says that it has dry runs, and does what it is asked
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Customer = dict[str, Any]
_HUGE = 12_000_000
_HANG_SECONDS = 60.0
_WORDS = {"active": "dormant", "dormant": "active", "deleted": "dormant"}
_CODES = {"active": "A", "dormant": "R", "deleted": "L"}
_OPTIONAL = ("name_suffix", "discount", "payment_days", "email", "note", "last_contact_on", "vat_id", "born_on")
_DEFAULTS = {"slow": 2.0, "failing": 100.0}


def _rounded(customer: Customer) -> Customer:
    if customer.get("credit_limit") is None:
        return customer
    thousands = (Decimal(customer["credit_limit"]) / 1000).quantize(Decimal(1), ROUND_HALF_UP)
    return {**customer, "credit_limit": f"{thousands * 1000}.00"}


def _status(words: Mapping[str, str]) -> Callable[[Customer], Customer]:
    return lambda customer: {**customer, "status": words.get(customer["status"], customer["status"])}


def _phones(customer: Customer) -> Customer:
    return {**customer, "phones": customer["phones"][::-1]} if customer.get("phones") else customer


def _nulls(customer: Customer) -> Customer:
    there = {name: value for name, value in customer.items() if value is not None}
    return {**there, **{name: None for name in _OPTIONAL if name not in customer}}


def _without(name: str) -> Callable[[Customer], Customer]:
    return lambda customer: {each: value for each, value in customer.items() if each != name}


_CHANGES: Mapping[str, Callable[[Customer], Customer]] = {
    "wrong-rounding": _rounded,
    "status-word": _status(_WORDS),
    "status-code": _status(_CODES),
    "status-missing": _without("status"),
    "phones-order": _phones,
    "null-absent": _nulls,
    "wrong-shape": lambda customer: {**_without("name")(customer), "address": "somewhere"},
}
NAMES = (*_CHANGES, *_DEFAULTS, "html", "huge", "hang", "no-dry-runs", "dry-runs-lie")


class Deviations:
    """What differs now. Threads may ask while another one switches."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._on: dict[str, float] = {}
        self._count = 0
        self._lock = threading.Lock()
        self._switched = threading.Event()
        self.switch(names)

    def switch(self, names: Iterable[str]) -> list[str]:
        """Switch on just these, and end all waiting. Return them. Raise ValueError for a name that is none."""
        wanted: dict[str, float] = {}
        for each in names:
            name, _, number = each.partition("=")
            if name not in NAMES or (number and not (name in _DEFAULTS and number.replace(".", "", 1).isdecimal())):
                raise ValueError(f"{each} is none of {', '.join(NAMES)}")
            wanted[name] = float(number) if number else _DEFAULTS.get(name, 0.0)
        with self._lock:
            self._on, before, self._switched = wanted, self._switched, threading.Event()
        before.set()
        return self.names()

    def names(self) -> list[str]:
        """Return what is switched on, as it is written."""
        return [f"{name}={number:g}" if name in _DEFAULTS else name for name, number in self._on.items()]

    def fails(self) -> bool:
        """Wait as long as an answer is to wait; then say whether this request is one of those that fail."""
        with self._lock:
            on, switched = self._on, self._switched
            self._count += 1
            count = self._count
        if "slow" in on:
            switched.wait(on["slow"])
        share = on.get("failing", 0.0)
        return int(count * share / 100) != int((count - 1) * share / 100)

    def hangs(self) -> bool:
        """Say whether there is to be no answer; only after a long while, or once it was switched off."""
        on, switched = self._on, self._switched
        return "hang" in on and (switched.wait(_HANG_SECONDS) or True)

    def honours(self, method: str) -> bool:
        """Say whether a dry run is one."""
        return "no-dry-runs" not in self._on and ("dry-runs-lie" not in self._on or method == "OPTIONS")

    def changed(self, body: Any) -> Any:
        """Return a good answer as it is to differ: a customer, or a page of them."""
        changes = [change for name, change in _CHANGES.items() if name in self._on]
        if "items" in body:
            return {**body, "items": [_all(changes, each) for each in body["items"]]}
        return _all(changes, body)

    def instead(self) -> tuple[bytes, str] | None:
        """Return content and media type that are answered whatever was asked, None where the answer is one."""
        if "html" in self._on:
            return b"<!doctype html><title>Maintenance</title><p>We are back soon.", "text/html"
        if "huge" in self._on:
            return b'{"padding": "' + b"x" * _HUGE + b'"}', "application/json"
        return None


def _all(changes: Iterable[Callable[[Customer], Customer]], customer: Customer) -> Customer:
    for change in changes:
        customer = change(customer)
    return customer
