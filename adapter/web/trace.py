"""Request ids, and W3C Trace Context (https://www.w3.org/TR/trace-context/): what is accepted, and what is made."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_VARIANTS = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}
_PARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


def request_id(sent: str | None) -> str:
    """Return the caller's id if it is 1 to 64 letters, digits, dots, dashes and underscores, else a new UUID."""
    return sent if sent is not None and _ID.fullmatch(sent) else _uuid()


def _uuid() -> str:
    """Return a random UUID (RFC 9562, section 5.4), as ``uuid.uuid4`` makes it at four times the cost."""
    made = os.urandom(16).hex()
    return f"{made[:8]}-{made[8:12]}-4{made[13:16]}-{_VARIANTS[made[16]]}{made[17:20]}-{made[20:]}"


def continued(sent: str | None, sampled: Callable[[], bool] = lambda: False) -> tuple[str, str]:
    """Return our own ``traceparent``, and the id of the caller's span.

    It is a new span in the caller's trace, or in a new one, where ``sampled`` decides; "" is the id then.
    """
    match = _PARENT.fullmatch(sent) if sent else None
    if match is None or (match[1] == "00" and match[5]):  # version 00 has exactly four parts
        made = os.urandom(24).hex()
        return f"00-{made[:32]}-{made[32:]}-{sampled():02x}", ""
    return f"00-{match[2]}-{os.urandom(8).hex()}-{int(match[4], 16) & 1:02x}", match[3]


def trace_id(traceparent: str) -> str:
    """Return the trace's id out of a ``traceparent`` that ``continued`` made."""
    return traceparent.split("-")[1]


def share(percent: int) -> Callable[[], bool]:
    """Return what is true so many times in a hundred."""
    if percent in (0, 100):
        return lambda: percent == 100
    return lambda: random.random() * 100 < percent  # nobody gains by guessing it
