"""Header blocks that a function makes for each call from credentials of the operator's.

A ``Block`` says which parts of the credentials it asks for and which paths below the header element it fills, so that
both are proved while building. What it makes is a secret: it is shown nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A kind of header block. ``make`` takes texts by part of the credentials and returns texts by path."""

    parts: tuple[str, ...]
    paths: tuple[str, ...]
    make: Callable[[Mapping[str, str]], Mapping[str, str]]


def _nonce() -> str:
    return secrets.token_hex(16)


def token_passport(clock: Callable[[], float] = time.time, nonce: Callable[[], str] = _nonce) -> Block:
    """Return the block of NetSuite's token-based authentication (complex type TokenPassport of its core schema).

    The signature is HMAC-SHA256, in base64, of ``account&consumerKey&token&nonce&timestamp`` with the key
    ``consumerSecret&tokenSecret``. ``clock`` gives seconds since 1970; ``nonce`` 6 to 64 letters and digits that were
    never given before.
    """

    def make(parts: Mapping[str, str]) -> Mapping[str, str]:
        block = {
            "account": parts["ACCOUNT"],
            "consumerKey": parts["CONSUMER_KEY"],
            "token": parts["TOKEN"],
            "nonce": nonce(),
            "timestamp": str(int(clock())),
        }
        key = f"{parts['CONSUMER_SECRET']}&{parts['TOKEN_SECRET']}"
        digest = hmac.new(key.encode("utf-8"), "&".join(block.values()).encode("utf-8"), hashlib.sha256).digest()
        signature = base64.b64encode(digest).decode("ascii")
        return {**block, "signature": signature, "signature.@algorithm": "HMAC-SHA256"}

    parts = ("ACCOUNT", "CONSUMER_KEY", "CONSUMER_SECRET", "TOKEN", "TOKEN_SECRET")
    paths = ("account", "consumerKey", "token", "nonce", "timestamp", "signature", "signature.@algorithm")
    return Block(parts, paths, make)


BLOCKS: Mapping[str, Block] = {"token_passport": token_passport()}
"""The functions that every mapping may name."""
