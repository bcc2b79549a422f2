"""The codec of a document: bytes outside, base64Binary or hexBinary (XML Schema part 2, 3.2.16 and 3.2.15) in XML."""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64, hexlify, unhexlify
from typing import Any

from adapter.mapping.codec import Codec
from adapter.messages import Awaited
from adapter.wsdl.facets import checks
from adapter.wsdl.types import Facets

BINARY = ("base64Binary", "hexBinary")
# What stands in an element whose bytes are still arriving from the caller. No base64 text holds a colon.
UPLOADED = "cid:document"
_SPACE = re.compile(r"[ \t\r\n]+")


def binary_codec(builtin: str, facets: Facets) -> Codec:
    """Return the codec; ``facets`` are checked where it writes. Both ways are one pass in C, however long the text."""
    tests = checks(builtin, facets)
    to_text = _hex if builtin == "hexBinary" else _base64
    to_bytes = unhexlify if builtin == "hexBinary" else _from_base64

    def read(text: str) -> bytes | Awaited:
        # No text of either kind holds a colon: the bytes are still on their way, beside the envelope.
        if text.startswith("cid:"):
            return Awaited(text[4:])
        try:
            return to_bytes(_SPACE.sub("", text))
        except ValueError:
            raise ValueError(f"not {builtin}") from None

    def write(content: Any) -> str:
        text = to_text(content)
        for test in tests:
            test(text)
        return text

    return Codec(read, write, {"type": "string", "format": "binary"}, logical=builtin)


def _hex(content: bytes) -> str:
    return hexlify(content).decode("ascii").upper()


def _base64(content: bytes) -> str:
    return b2a_base64(content, newline=False).decode("ascii")


def _from_base64(text: str) -> bytes:
    content = a2b_base64(text, strict_mode=True)
    # The bits that padding leaves over must be zero, or two texts would stand for the same bytes.
    if text[-4:] != _base64(content[(len(content) - 1) // 3 * 3 :]):
        raise ValueError
    return content
