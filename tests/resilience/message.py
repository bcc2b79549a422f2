"""HTTP/1.1 messages as the bytes they are (RFC 9112), and the places in them where a connection can end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, Literal

Place = Literal["before", "line", "head", "body", "middle", "last", "after"]
PLACES: Final[tuple[Place, ...]] = ("before", "line", "head", "body", "middle", "last", "after")
LARGEST: Final = 64 * 1024 * 1024
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a reply. ``whole`` says that it did not end too early; ``body`` is as sent, chunks and all."""

    head: bytes
    body: bytes = b""
    whole: bool = True

    @property
    def data(self) -> bytes:
        """All of its bytes."""
        return self.head + self.body

    @property
    def line(self) -> bytes:
        """Its first line, without the end of the line."""
        return self.head.partition(b"\r\n")[0]

    @property
    def status(self) -> int:
        """The status of a reply."""
        return int(self.line.split(b" ", 2)[1])

    @property
    def method(self) -> str:
        """The method of a request."""
        return self.line.partition(b" ")[0].decode("latin-1")

    def field(self, name: str) -> str:
        """Return the value of a header field, named in lower case; an empty text where it is not there."""
        for line in self.head.split(b"\r\n")[1:]:
            found, _, value = line.partition(b":")
            if found.strip().lower() == name.encode():
                return value.strip().decode("latin-1")
        return ""

    def offset(self, place: Place) -> int:
        """Return how many of its bytes stand before a place. Without a body the last places are its end."""
        all_of_it = len(self.data)
        places: dict[Place, int] = {
            "before": 0,
            "line": len(self.line) // 2,
            "head": (len(self.line) + len(self.head)) // 2,
            "body": min(len(self.head) + 1, all_of_it),
            "middle": len(self.head) + len(self.body) // 2,
            "last": max(0, all_of_it - 1),
            "after": all_of_it,
        }
        return places[place]

    @property
    def last_of_connection(self) -> bool:
        """Whether nothing comes after it on this connection."""
        said = self.field("connection").lower()
        return not self.whole or said == "close" or (b"HTTP/1.0" in self.line and said != "keep-alive")


async def read_message(reader: asyncio.StreamReader, answers: str = "") -> Message | None:
    """Read a request, or the reply to a method (``answers``). None where the connection ends before it begins.

    Raise ValueError where it is larger than 64 MB or no HTTP.
    """
    try:
        head = await reader.readuntil(_END)
    except asyncio.IncompleteReadError as cut:
        return Message(cut.partial, whole=False) if cut.partial else None
    except asyncio.LimitOverrunError as error:
        raise ValueError("a head that long is none") from error
    message = Message(head)
    if answers and 100 <= message.status < 200:
        return await read_message(reader, answers)
    try:
        return Message(head, await _body(reader, message, answers))
    except asyncio.IncompleteReadError as cut:
        return Message(head, cut.partial, whole=False)


async def _body(reader: asyncio.StreamReader, message: Message, answers: str) -> bytes:
    if answers and (answers == "HEAD" or message.status in (204, 304)):
        return b""
    if message.field("transfer-encoding").lower() == "chunked":
        return await _chunks(reader)
    length = message.field("content-length")
    if length:
        return await reader.readexactly(_bounded(int(length)))
    return await _rest(reader) if answers else b""


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """Return a chunked body as it is on the wire. What came of one that ends too early is kept in the exception."""
    data = bytearray()
    try:
        while True:
            line = await reader.readuntil(b"\r\n")
            size = int(line.partition(b";")[0], 16)
            data += line
            data += await reader.readexactly(_bounded(len(data) + size) - len(data) + 2)
            if not size:  # trailers are not sent by anybody here
                return bytes(data)
    except asyncio.IncompleteReadError as cut:
        raise asyncio.IncompleteReadError(bytes(data) + cut.partial, None) from cut


async def _rest(reader: asyncio.StreamReader) -> bytes:
    data = bytearray()
    while piece := await reader.read(65536):
        data += piece
        _bounded(len(data))
    return bytes(data)


def _bounded(size: int) -> int:
    if not 0 <= size <= LARGEST:
        raise ValueError(f"{size} bytes are too many for a message")
    return size
