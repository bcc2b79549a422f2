"""A stand-in for the ERP that takes its time: an asyncio server in a process of its own.

What it does is told by marks in the request: the first rule whose text stands in the body holds.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from tests.evidence.house import ROOT


@dataclass(frozen=True, slots=True)
class Rule:
    """What is answered to a request that holds a text: a status and a body, after a delay in seconds.

    ``cut``: the connection is closed in the middle of the answer; 0 bytes of it are sent where the body is empty.
    ``by`` is a pattern, whose group finds what a request is about. It is remembered; where there is ``known``, that is
    the body for what was remembered before, with the find in place of ``{}``. ``kind`` is the media type of the answer.
    """

    text: str
    body: str
    status: int = 200
    delay: float = 0.0
    cut: bool = False
    by: str = ""
    known: str = ""
    kind: str = "text/xml; charset=utf-8"


@contextmanager
def answering(rules: Sequence[Rule]) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run the stand-in; yield its port and its process."""
    command = [sys.executable, "-m", "tests.bench.standin"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps([asdict(rule) for rule in rules]))
            process.stdin.close()
            yield int(process.stdout.readline()), process
        finally:
            process.terminate()


class _Connection(asyncio.Protocol):
    """One connection: requests in, answers out, one after another."""

    def __init__(self, rules: Sequence[tuple[Rule, bytes]], remembered: set[str]) -> None:
        self.rules, self.remembered = rules, remembered
        self.received = b""
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers are written to."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Take a part of a request, and answer once it is whole."""
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self.received = b""
        rule, answer = next(each for each in self.rules if each[0].text.encode() in body)
        if rule.by:
            answer = self._about(rule, body.decode()) or answer
        asyncio.get_running_loop().call_later(rule.delay, self._send, rule, answer)

    def _about(self, rule: Rule, body: str) -> bytes | None:
        """Remember what a request is about, or return what is answered since it is known."""
        found = re.search(rule.by, body)
        if found is None:
            return None
        if not rule.known:
            self.remembered.add(found[1])
            return None
        return _answer(rule, rule.known.replace("{}", found[1])) if found[1] in self.remembered else None

    def _send(self, rule: Rule, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer[: len(answer) // 2] if rule.cut and rule.body else b"" if rule.cut else answer)
            if rule.cut:
                self.transport.close()


def _length(head: bytes) -> int:
    """Return the length of a body from its head."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _answer(rule: Rule, text: str) -> bytes:
    body = text.encode()
    head = f"HTTP/1.1 {rule.status} X\r\nContent-Type: {rule.kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _serve(rules: Sequence[Mapping[str, Any]]) -> None:
    ready = [(rule, _answer(rule, rule.body)) for rule in (Rule(**each) for each in rules)]
    remembered = set[str]()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(ready, remembered), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(json.load(sys.stdin)))
