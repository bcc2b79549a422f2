"""A new service that is asked for dry runs: one that honours them, and those that do not, or break in some way.

It counts what it was asked, and what it carried out: each write that came and was no dry run to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.strangler.candidate import JSON, customer
from tests.unit.loopback import Peer, answer

MARKER = "Shadow-Honoured: dry-run\r\n"
_LINE = re.compile(rb"^([A-Z]+) (\S+) ")
_WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass
class Rehearsing:
    """The service. ``marks`` says to which methods its answers have the marker; what has it changes nothing.

    ``breaks`` makes an answer in its own way, with the marker's header field; None: it answers well.
    """

    marks: Callable[[str], bool]
    breaks: Callable[[str], bytes | None] = lambda marker: None
    probes: int = 0
    dry: int = 0
    carried_out: list[str] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)

    def script(self, peer: Peer) -> None:
        """Answer one connection."""
        while request := peer.request():
            found = _LINE.match(request)
            method, path = (found[1].decode(), found[2].decode()) if found else ("?", "?")
            self.heads.append(request)
            marker = MARKER if b"\r\nshadow: dry-run" in request.lower() and self.marks(method) else ""
            if method == "OPTIONS":
                self.probes += 1
                peer.send(answer(b"", status="204 No Content", fields=marker))
                continue
            if method in _WRITES and marker:
                self.dry += 1
            elif method in _WRITES:
                self.carried_out.append(f"{method} {path}")
            broken = self.breaks(marker) if method in _WRITES else None
            if broken == b"":
                peer.reset()
                return
            status = "201 Created" if method == "POST" else "200 OK"
            body = customer(path.rpartition("/")[2] if path.count("/") > 1 else "7")
            peer.send(broken or answer(body, status=status, media_type=JSON, fields=marker))


def honours() -> Rehearsing:
    """It does as it is asked, and says so."""
    return Rehearsing(lambda method: True)


def knows_nothing() -> Rehearsing:
    """It has never heard of it: it says nothing, and carries out what comes."""
    return Rehearsing(lambda method: False)


def lies() -> Rehearsing:
    """It says that it has dry runs, and carries out what comes."""
    return Rehearsing(lambda method: method == "OPTIONS")
