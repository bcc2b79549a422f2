"""One end of a connection through the fault proxy, and how long a fault holds for what passes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import Any, Final

from tests.resilience.faults import Fault

LONGEST: Final = 60.0
RESET: Final = struct.pack("ii", 1, 0)
_PIECE: Final = 65536


class Side:
    """The two streams of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        writer.transport.set_write_buffer_limits(0)  # what was drained is on its way, also when a reset follows

    def close(self, reset: bool = False) -> None:
        """Close it, once what was written is sent; or by a TCP reset, at once."""
        if reset:
            own: Any = self.writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.writer.transport.abort()
        else:
            self.writer.close()


class Spell:
    """The fault of one exchange, for as long as nobody switches it."""

    def __init__(self, fault: Fault, over: asyncio.Event) -> None:
        self.fault, self._over = fault, over

    async def wait(self, seconds: float) -> None:
        """Wait, at most until the fault is switched."""
        if seconds and not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), min(seconds, LONGEST))

    async def until_gone(self, *sides: Side) -> None:
        """Wait until a side hangs up or the fault is switched."""
        waits = [asyncio.ensure_future(_gone(side)) for side in sides]
        waits.append(asyncio.ensure_future(self.wait(LONGEST)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


async def _gone(side: Side) -> None:
    """Return when the other end of a side has closed; what it still sends is thrown away."""
    with contextlib.suppress(OSError):
        while await side.reader.read(_PIECE):
            continue
