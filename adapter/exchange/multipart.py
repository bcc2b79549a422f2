"""``multipart/related`` bodies (RFC 2387), read part by part as their bytes arrive, and written as a row of chunks.

Rule 1: a part is never held unless its reader holds it; what nobody reads is passed over.
Rule 2: header fields, parts and the search for a boundary are bounded, whatever the sender does.
Rule 3: only ``7bit``, ``8bit`` and ``binary`` are read (RFC 2045, section 6); SOAP senders use nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message

from adapter.exchange.failures import reply_invalid

MEDIA_TYPE = "multipart/related"
MOST_PARTS = 1000
_MOST_HEADER = 16 * 1024
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_ENCODINGS = ("", "7bit", "8bit", "binary")


def parameters(content_type: str) -> dict[str, str]:
    """Return the parameters of a Content-Type by lower-case name (RFC 2045, section 5.1)."""
    parsed = Message()
    parsed["Content-Type"] = content_type
    found = parsed.get_params(failobj=[], unquote=True)
    return {name.lower(): value for name, value in found[1:]}


def content_id(text: str) -> str:
    """Return a Content-ID without its angle brackets (RFC 2392)."""
    return text.strip().removeprefix("<").removesuffix(">")


@dataclass(slots=True)
class Part:
    """One part: its header fields by lower-case name, and its bytes as they arrive."""

    headers: Mapping[str, str]
    chunks: Iterator[bytes]

    @property
    def id(self) -> str:
        """The Content-ID without brackets, empty where there is none."""
        return content_id(self.headers.get("content-id", ""))

    def whole(self, most: int) -> bytes:
        """Return all bytes. Raise BackendReplyInvalid when there are more than ``most``."""
        body = bytearray()
        for chunk in self.chunks:
            body += chunk
            if len(body) > most:
                raise reply_invalid(f"a part of more than {most} bytes")
        return bytes(body)


class Parts:
    """The parts of a body, one after the other. Asking for the next one passes over what is left of the last."""

    def __init__(self, content_type: str, chunks: Iterable[bytes]) -> None:
        """Raise BackendReplyInvalid where the media type names no boundary that can be one (RFC 2046, 5.1.1)."""
        self.parameters = parameters(content_type)
        boundary = self.parameters.get("boundary", "")
        if not _BOUNDARY.fullmatch(boundary):
            raise reply_invalid("multipart without a boundary")
        self._delimiter = b"\r\n--" + boundary.encode("ascii")
        self._chunks = iter(chunks)
        # The first delimiter may stand at the very beginning; a line break before it makes all of them alike.
        self._buffer = bytearray(b"\r\n")
        self._count = 0

    def __iter__(self) -> Iterator[Part]:
        """Yield the parts in their order. Raise BackendReplyInvalid where the body is broken or cut off."""
        self._pass_over(self._until_delimiter())
        while self._another():
            self._count += 1
            if self._count > MOST_PARTS:
                raise reply_invalid(f"more than {MOST_PARTS} parts")
            headers = self._headers()
            if headers.get("content-transfer-encoding", "").lower() not in _ENCODINGS:
                raise reply_invalid("a part with a transfer encoding")
            self._may_be_empty()
            part = Part(headers, self._until_delimiter())
            yield part
            self._pass_over(part.chunks)

    def _pass_over(self, chunks: Iterator[bytes]) -> None:
        for _ in chunks:
            pass

    def _fill(self) -> None:
        chunk = next(self._chunks, None)
        if chunk is None:
            raise reply_invalid("multipart that breaks off")
        self._buffer += chunk

    def _until_delimiter(self) -> Iterator[bytes]:
        """Yield what stands before the next delimiter, and take the delimiter away."""
        keep = len(self._delimiter) - 1
        while (at := self._buffer.find(self._delimiter)) < 0:
            if len(self._buffer) > keep:
                ready = bytes(self._buffer[:-keep])
                del self._buffer[:-keep]
                yield ready
            self._fill()
        ready = bytes(self._buffer[:at])
        del self._buffer[: at + len(self._delimiter)]
        if ready:
            yield ready

    def _another(self) -> bool:
        """Tell whether another part follows the delimiter: ``--`` says that none does."""
        while len(self._buffer) < 2:
            self._fill()
        if self._buffer.startswith(b"--"):
            return False
        line = self._line()
        if line.strip(b" \t"):
            raise reply_invalid("multipart with a broken boundary")
        return True

    def _line(self) -> bytes:
        while (at := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > _MOST_HEADER:
                raise reply_invalid("a part with too long a header")
            self._fill()
        line = bytes(self._buffer[:at])
        del self._buffer[: at + 2]
        return line

    def _headers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        size, last = 0, ""
        while line := self._line():
            size += len(line)
            if size > _MOST_HEADER:
                raise reply_invalid("a part with too long a header")
            text = line.decode("latin-1")
            if text[0] in " \t" and last:
                found[last] += " " + text.strip()
                continue
            name, colon, value = text.partition(":")
            if not colon:
                raise reply_invalid("a part with a broken header")
            last = name.strip().lower()
            found[last] = value.strip()
        return found

    def _may_be_empty(self) -> None:
        """Some senders let the empty line after the header begin the delimiter of a part without content."""
        while len(self._buffer) < len(self._delimiter) - 2:
            self._fill()
        if self._buffer.startswith(self._delimiter[2:]):
            self._buffer[:0] = b"\r\n"


@dataclass(frozen=True, slots=True)
class Sending:
    """One part to send: its header fields, and its bytes, or where they come from. ``size`` is None where unknown."""

    headers: Mapping[str, str]
    body: bytes | Iterable[bytes]
    size: int | None = field(default=None)

    @property
    def length(self) -> int | None:
        """How many bytes it has, None where that is not known."""
        return len(self.body) if isinstance(self.body, bytes) else self.size


@dataclass(frozen=True, slots=True)
class Related:
    """A whole body to send: an iterable of chunks that can be gone through once, and its length where it is known."""

    boundary: str
    parts: tuple[Sending, ...]

    def __iter__(self) -> Iterator[bytes]:
        """Yield the chunks; nothing is joined, so a large part is not copied."""
        for part in self.parts:
            yield self._head(part)
            if isinstance(part.body, bytes):
                yield part.body
            else:
                yield from part.body
            yield b"\r\n"
        yield self._end()

    @property
    def length(self) -> int | None:
        """The value of Content-Length, None where a part's size is not known."""
        total = len(self._end())
        for part in self.parts:
            if part.length is None:
                return None
            total += len(self._head(part)) + part.length + 2
        return total

    def _head(self, part: Sending) -> bytes:
        fields = "".join(f"{name}: {value}\r\n" for name, value in part.headers.items())
        return f"--{self.boundary}\r\n{fields}\r\n".encode("latin-1")

    def _end(self) -> bytes:
        return f"--{self.boundary}--\r\n".encode("ascii")
