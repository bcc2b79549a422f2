"""A TCP proxy on loopback that spoils what passes, as told, and can be told otherwise while it runs.

One thread with an event loop serves all connections, at most ``MOST`` at once; ``close`` ends it and all of them. With
``http`` it passes whole messages, so that a connection can be cut at a place of a message; without, bytes as they come.
Nothing waits longer than ``LONGEST`` seconds.
"""

from __future__ import annotations

import asyncio
import random
import socket
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Final, NoReturn, Self

from tests.resilience.faults import HEALTHY, Cut, Fault, Way
from tests.resilience.message import Message, read_message
from tests.resilience.sides import LONGEST, RESET, Side, Spell

MOST: Final = 512
_LIMIT: Final = 256 * 1024

Chooser = Callable[[Message], Fault]


class _Ended(Exception):
    """The connection is over, by the fault."""


class Proxy:
    """Listens on loopback and passes on to ``target``. Used in a ``with`` block, from any thread."""

    def __init__(self, target: tuple[str, int], *, http: bool = True, seed: int = 0) -> None:
        """Take where to pass on to; ``seed`` is that of what is random (jitter)."""
        self.target = target
        self.seen: Counter[str] = Counter()
        self._http = http
        self._random = random.Random(seed)
        self._fault = HEALTHY
        self._chooser: Chooser | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault proxy", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._switched = asyncio.Event()
        self._listening = False
        self._held = _bound(0)
        self.port: int = self._held.getsockname()[1]

    def __enter__(self) -> Self:
        """Start to listen."""
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything that was started here."""
        self._run(self._deaf())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LONGEST)
        self._loop.close()

    @property
    def url(self) -> str:
        """The address as a URL without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def fault(self) -> Fault:
        """What happens to what passes from now on. Whatever waits goes on at once when it is switched."""
        return self._fault

    @fault.setter
    def fault(self, fault: Fault) -> None:
        self._run(self._switch(fault, None))

    @property
    def chooser(self) -> Chooser | None:
        """Who is asked for the fault of each exchange."""
        return self._chooser

    def choose(self, chooser: Chooser) -> None:
        """Ask ``chooser`` for the fault of each exchange, with its request (HTTP only). The proxy's thread calls it."""
        self._run(self._switch(HEALTHY, chooser))

    def heal(self) -> None:
        """Pass everything on, from now on."""
        self.fault = HEALTHY

    def drop(self) -> None:
        """Reset every open connection."""
        self._run(self._drop())

    def _run(self, act: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(act, self._loop).result(LONGEST)

    async def _listen(self) -> None:
        self._held.listen(MOST)
        self._loop.add_reader(self._held, self._accept)
        self._listening = True

    async def _switch(self, fault: Fault, chooser: Chooser | None) -> None:
        self._fault, self._chooser = fault, chooser
        before, self._switched = self._switched, asyncio.Event()
        before.set()
        if fault.down and self._listening:
            await self._deaf()
            self._held = _bound(self.port)  # nobody else gets the port, and nobody listens at it
        elif not fault.down and not self._listening:
            await self._listen()

    async def _deaf(self) -> None:
        """Stop listening, and reset what is open."""
        self._loop.remove_reader(self._held)
        self._listening = False
        self._held.close()
        await self._drop()

    async def _drop(self) -> None:
        await asyncio.sleep(0)  # each has begun, so each closes what is its own
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # the loop lets go of what was closed

    def _accept(self) -> None:
        try:
            own, _ = self._held.accept()
        except OSError:
            return  # it has gone again
        own.setblocking(False)
        task = asyncio.ensure_future(self._serve(own))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, own: socket.socket) -> None:
        try:
            client = Side(*await asyncio.open_connection(sock=own, limit=_LIMIT))
        except asyncio.CancelledError:  # dropped before it began
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            own.close()
            return
        self.seen["connections"] += 1
        reset = True
        try:
            if len(self._tasks) <= MOST:
                await (self._exchanges(client) if self._http else self._pipe(client))
                reset = False
        except _Ended:
            reset = False  # how it ends was decided where it was cut
        except (OSError, ValueError):
            self.seen["broken"] += 1
        except asyncio.CancelledError:
            self.seen["dropped"] += 1
        finally:
            client.close(reset)

    async def _exchanges(self, client: Side) -> None:
        while (request := await read_message(client.reader)) is not None:
            spell = self._spell(request)
            self.seen["exchanges"] += 1
            if spell.fault.instead is not None:
                await self._write(client, spell.fault.instead, spell, "reply")
            elif await self._exchange(client, request, spell):
                continue
            await spell.wait(spell.fault.slow_close)
            return

    def _spell(self, request: Message | None = None) -> Spell:
        chosen = self._fault if self._chooser is None or request is None else self._chooser(request)
        return Spell(chosen, self._switched)

    async def _exchange(self, client: Side, request: Message, spell: Spell) -> bool:
        """Pass on one request and its reply; tell whether the connection may be used again."""
        server = Side(*await asyncio.open_connection(*self.target, limit=_LIMIT))
        try:
            await self._pass(client, server, request, spell, "request")
            reply = await read_message(server.reader, request.method)
            if reply is None:
                raise _Ended
            if spell.fault.spoil is not None:
                reply = Message(spell.fault.spoil(reply), whole=False)
            await self._pass(server, client, reply, spell, "reply")
            return not (request.last_of_connection or reply.last_of_connection or spell.fault.slow_close)
        finally:
            server.close()

    async def _pass(self, origin: Side, to: Side, message: Message, spell: Spell, way: Way) -> None:
        """Send a message on, up to where it is cut."""
        cut = spell.fault.cut
        if cut is None or cut.way != way:
            await self._write(to, message.data, spell, way)
            return
        upto = cut.at if isinstance(cut.at, int) else message.offset(cut.at)
        await self._write(to, message.data[:upto], spell, way)
        await self._cut(origin, to, cut, spell)

    async def _cut(self, origin: Side, to: Side, cut: Cut, spell: Spell) -> NoReturn:
        self.seen[f"{cut.way} {cut.at} {cut.end}"] += 1
        if cut.end == "stall":
            await spell.until_gone(origin, to)
        for side in (origin, to):
            side.close(reset=cut.end != "close")
        raise _Ended

    async def _write(self, to: Side, data: bytes, spell: Spell, way: Way) -> None:
        fault = spell.fault if way in spell.fault.ways else HEALTHY
        if fault.stall:
            self.seen[f"{way} stalled"] += 1
            await spell.until_gone(to)
            raise _Ended
        await spell.wait(fault.latency + self._random.uniform(0, fault.jitter))
        size = fault.piece or (max(1, fault.rate // 20) if fault.rate else len(data)) or 1
        pause = size / fault.rate if fault.rate else fault.pause
        for start in range(0, len(data), size):
            if start:
                await spell.wait(pause)
            to.writer.write(data[start : start + size])
            await to.writer.drain()

    async def _pipe(self, client: Side) -> None:
        """Pass bytes both ways until both ends are reached, or one way is cut."""
        server = Side(*await asyncio.open_connection(*self.target, limit=_LIMIT))
        ways = [
            asyncio.ensure_future(self._one_way(client, server, "request")),
            asyncio.ensure_future(self._one_way(server, client, "reply")),
        ]
        try:
            await asyncio.gather(*ways)
        finally:
            server.close()  # first: what follows may be cancelled
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _one_way(self, origin: Side, to: Side, way: Way) -> None:
        passed = 0
        while data := await origin.reader.read(_LIMIT):
            spell = self._spell()
            if spell.fault.instead is not None:
                client = origin if way == "request" else to
                await self._write(client, spell.fault.instead, spell, "reply")
                raise _Ended
            cut = spell.fault.cut
            if cut is not None and cut.way == way and isinstance(cut.at, int) and passed + len(data) > cut.at:
                await self._write(to, data[: max(0, cut.at - passed)], spell, way)
                await self._cut(origin, to, cut, spell)
            await self._write(to, data, spell, way)
            passed += len(data)
        spell = self._spell()
        await spell.wait(spell.fault.slow_close)
        to.writer.write_eof()


def _bound(port: int) -> socket.socket:
    own = socket.socket()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    own.bind(("127.0.0.1", port))
    own.setblocking(False)
    return own
