"""What a case is, and short ways to write the requests of cases down, byte by byte."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

BY_SERVER = ""
"""In place of a problem type: gunicorn itself answers, by a bare page, since there is no request to hand on."""


@dataclass(frozen=True, slots=True)
class Case:
    """One wrong request and the answer it deserves.

    ``sent`` are the bytes on the wire. ``at`` are the ``errors`` of the problem document, each as ``in pointer``, all
    of them in any order. ``headers`` are fields the answer must have, with exactly these values. ``closes`` says that
    the caller closes its side after sending. ``shown`` stands in the reference where the bytes say too little.
    """

    name: str
    sent: bytes
    status: int
    problem: str
    why: str
    at: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    closes: bool = False
    shown: str = ""


def raw(line: str, *fields: str, body: bytes = b"", host: str = "Host: localhost") -> bytes:
    """Return a request with exactly these lines, a host and ``Connection: close``; no length is added."""
    lines = [line, *([host] if host else []), "Connection: close", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def get(target: str, *fields: str) -> bytes:
    """Return a GET."""
    return raw(f"GET {target} HTTP/1.1", *fields)


def send(method: str, target: str, body: Any, *fields: str, media: str = "Content-Type: application/json") -> bytes:
    """Return a request whose body is ``body``: bytes as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = [media] if media else []
    return raw(f"{method} {target} HTTP/1.1", f"Content-Length: {len(data)}", *told, *fields, body=data)


def post(body: Any, *fields: str, media: str = "Content-Type: application/json") -> bytes:
    """Return a request that would make a customer."""
    return send("POST", "/v1/customers", body, *fields, media=media)


def person(**changes: Any) -> bytes:
    """Return a request for a person: a right one, but for ``changes``; ``...`` takes a member away."""
    return post(_changed(changes, {"kind": "person", "name": "Wolf", "first_name": "Ada"}))


def company(**changes: Any) -> bytes:
    """Return a request for a company: a right one, but for ``changes``."""
    return post(_changed(changes, {"kind": "company", "name": "Wolf KG", "legal_form": "kg"}))


def order(**changes: Any) -> bytes:
    """Return a request for an order: a right one, but for ``changes``."""
    rest = {"customer_id": "1", "lines": [{"item_id": "A-00007", "quantity": "1"}]}
    return send("POST", "/v1/orders", _changed(changes, rest))


def line(**changes: Any) -> bytes:
    """Return a request for an order with one line: a right one, but for ``changes``."""
    return order(lines=[_changed(changes, {"item_id": "A-00007", "quantity": "1"})])


def movement(**changes: Any) -> bytes:
    """Return a request that would move stock: a right one, but for ``changes``."""
    rest = {"item_id": "A-00001", "warehouse": "BERLIN", "direction": "in", "quantity": "1"}
    return send("POST", "/v1/stock-movements", _changed(changes, rest))


def sample(**changes: Any) -> bytes:
    """Return a request to the project beside this file, which has a field of each remaining kind."""
    return send("POST", "/v1/samples", _changed(changes, {"name": "a"}))


def _changed(changes: Mapping[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
    """What is wrong stands first, so that the reference shows it."""
    return {name: value for name, value in {**changes, **{k: v for k, v in rest.items() if k not in changes}}.items()
            if value is not ...}  # fmt: skip
