"""What a port asks of those who call it, beside what stands in the body."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Addressing:
    """What a port says of WS-Addressing: the namespace of its header blocks, and whether calls must have them."""

    namespace: str
    required: bool = False
