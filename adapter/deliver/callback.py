"""Telling a caller, at an address of his, that one of his writes has ended.

Rule 1: the operator lists the origins that may be told (ADAPTER_CALLBACKS), and an address that is not one of the
        public Internet is refused twice: when a caller names it, and when the connection is made, since a name may mean
        something else by then (DNS rebinding).
Rule 2: a message says which operation ended and how, and holds nothing of it; who may read it asks for it.
Rule 3: it is signed as Standard Webhooks have it (standardwebhooks.com, HMAC-SHA256), with its id and time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from adapter import strict_json
from adapter.deliver.addresses import public
from adapter.errors import BackendError, BackendFault
from adapter.exchange import Exchange

MOST_CHARACTERS = 2000
GONE = 410
_SECONDS = 10.0
_ANSWER_BYTES = 65536
_PREFIX = "whsec_"
_LITERAL = frozenset("0123456789.:[]")


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: the id of the operation, its name, the state it ended in, and when, in seconds since 1970."""

    id: str
    operation: str
    state: str
    ended: int

    def body(self) -> bytes:
        """Return the JSON that is sent: the same bytes at every attempt, so that receivers can drop a second one."""
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.ended))
        data = {
            "id": self.id,
            "operation": self.operation,
            "status": self.state,
            "location": f"/v1/operations/{self.id}",
        }
        return strict_json.encode({"type": "operation.ended", "timestamp": at, "data": data})


def refused(url: str, origins: Collection[str]) -> str:
    """Return why a caller's address is not taken, "" where it is. Nothing is looked up."""
    if len(url) > MOST_CHARACTERS or not (url.isascii() and url.isprintable()) or " " in url:
        return f"It is not a URL of at most {MOST_CHARACTERS} printable ASCII characters."
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "It is not a URL."
    if parts.scheme not in ("http", "https") or not host or parts.fragment or "@" in parts.netloc:
        return "It is not an absolute http or https URL without a user and a fragment."
    if _is_address(host) and not public(host):
        return "It leads to an address that is not one of the public Internet."
    if f"{parts.scheme}://{parts.netloc}".lower() not in origins:
        return "Its origin is none that the operator allows."
    return ""


def _is_address(host: str) -> bool:
    """Whether a host is written as an address; what only some resolvers take for one (127.1, 0x7f000001) is one too."""
    return _LITERAL.issuperset(host) or host.startswith("0x") or ":" in host


def keys_of(secret: str) -> list[bytes]:
    """Return the keys of a secret: one, or several parted by commas while they are changed. The first is the new one.

    Raises ValueError where what follows ``whsec_`` is not base64.
    """
    found = []
    for each in secret.split(","):
        text = each.strip()
        try:
            key = (
                base64.b64decode(text.removeprefix(_PREFIX), validate=True)
                if text.startswith(_PREFIX)
                else text.encode()
            )
        except binascii.Error:
            raise ValueError(f"what follows {_PREFIX} is not base64") from None
        if len(key) < 24:
            raise ValueError("has fewer than 24 bytes")
        found.append(key)
    return found


def signature(keys: Sequence[bytes], message: str, at: int, body: bytes) -> str:
    """Return the value of ``webhook-signature``: one for each key."""
    signed = f"{message}.{at}.".encode() + body
    made = (hmac.new(key, signed, hashlib.sha256).digest() for key in keys)
    return " ".join(f"v1,{base64.b64encode(each).decode()}" for each in made)


def tell(
    url: str, message: Message, keys: Sequence[bytes], now: int, *, allowed: Callable[[str], bool] = public
) -> None:
    """Send one message. Raise BackendError where it was not taken: with a 2xx, and nothing else, it was.

    ``now`` is the time of this attempt in seconds since 1970. BackendFault with the code 410: nobody is there any more.
    """
    body = message.body()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(keys, message.id, now, body),
    }
    exchange = Exchange(url, max_reply_bytes=_ANSWER_BYTES, pool_size=1, allowed=allowed)
    try:
        reply = exchange.send("POST", deadline=time.monotonic() + _SECONDS, headers=headers, body=body)
    finally:
        exchange.close()
    if reply.status >= 300:
        raise BackendFault("backend-fault", 502, sent="yes", code=str(reply.status))


def gone(error: BackendError) -> bool:
    """Whether a receiver said that it will never take anything again."""
    return isinstance(error, BackendFault) and error.code == str(GONE)
