"""A request whose body is sent while it is made, so that neither its length nor its end is known when it begins.

Rule 1: it goes in chunks (RFC 9112, section 7.1), and the last chunk says that it is whole. Where what makes it fails,
        the connection is closed without that chunk: the other side cannot take what it got for a request.
Rule 2: an answer that comes before the end is the answer (RFC 9112, section 9.5): no more is sent.
Rule 3: each chunk has so many seconds to be taken; once the last one was, the answer has seconds of its own.
Rule 4: it is the last request of its connection, since nobody can say what an early answer leaves behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from adapter.exchange.greeting import GreetingConnection
from adapter.pieces import flow

IDLE_SECONDS: Final = 30.0


class Pouring:
    """A body as it is sent. ``whole`` once all of it was; ``patience`` are the seconds that the answer has then."""

    def __init__(self, chunks: Iterator[bytes], patience: float) -> None:
        self.whole = False
        self.patience = patience
        self._chunks = chunks
        self._wait: Callable[[float], None] = lambda seconds: None

    def timed_by(self, wait: Callable[[float], None]) -> None:
        """Take what sets the seconds until the answer."""
        self._wait = wait

    def over(self, connection: Any) -> Iterator[bytes]:
        """Yield the chunks for a connection. Raise what making them raises.

        Raise BrokenPipeError where an answer is there already, which urllib3 takes for the other side's wish to hear no
        more: it goes on to read the answer.
        """
        for chunk in self._chunks:
            if connection.answered():
                self._wait(self.patience)
                raise BrokenPipeError("answered before the end")
            connection.bounded.settimeout(IDLE_SECONDS)
            yield chunk
        self.whole = True
        self._wait(self.patience)
        connection.bounded.settimeout(IDLE_SECONDS)


class PouringConnection(GreetingConnection):
    """A connection over which a body can be poured."""

    _spent = False

    @property
    def is_connected(self) -> bool:
        """Whether another request can be sent on it: not after one that was poured, or whose end was never sent."""
        return super().is_connected and not self._spent

    def answered(self) -> bool:
        """Tell whether there is something to read already."""
        return not self.bounded.silent()

    def request(  # type: ignore[override]  # our options are urllib3's own
        self, method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None, **options: Any
    ) -> None:
        """Send a request, or pour it."""
        self._spent, poured = True, isinstance(body, Pouring)
        if poured:
            body = flow(body.over(self))
        elif body is not None and not isinstance(body, bytes):
            body = flow(body)
        super().request(method, url, body, headers, **options)
        self._spent = poured
