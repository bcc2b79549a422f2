"""What a port asks of those who call it, beside what stands in the body."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Addressing:
    """What a port says of WS-Addressing: the namespace of its header blocks, and whether calls must have them."""

    namespace: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part beside the envelope (WSDL 1.1 section 5.3), and the tag that stands for it: base64 if binary, or text."""

    tag: str
    media_type: str
    binary: bool
