"""Long work in pieces, so that a worker answers others while it reads or writes a large message.

A gevent worker runs one greenlet until it waits for something. Reading 10 MB of XML waits for nothing, so meanwhile
nobody else is answered. Here such work rests after each slice of some milliseconds: a real sleep, since only then the
loop looks at the sockets again. A message up to ``LARGE`` never rests and costs one comparison.

Rule 1: what is paced gives the same result as what is not; only the moments between differ.
Rule 2: of many large messages only one takes a slice between two looks of the loop at its sockets.
Rule 3: a deadline holds while work rests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from adapter.collector import Deferred
from adapter.errors import BackendTimeout, Sent

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

LARGE: Final = 256 * 1024
"""Bytes of a message above which it is worked on in pieces."""
PIECE: Final = 64 * 1024
"""Bytes that are parsed, copied or sent without a look at the clock: well below a millisecond each."""
_CHUNK: Final = 512
"""Bytes that a chunk counts for beside its own: however short it is, it costs some microseconds."""
FEW: Final = 64
"""Items of a list that are worked on without a turn."""
_SLICE: Final = 0.005
_REST: Final = 0.001
_LATE: Final[Mapping[Sent, str]] = {
    "no": "The request could not be read in time. Nothing was sent.",
    "maybe": "The answer could not be read in time. The request may have been carried out.",
    "yes": "The answer could not be read in time. The request was carried out or refused.",
}


class Pace:
    """The pace of one piece of long work. ``deadline`` is on the clock of ``time.monotonic``.

    ``sent`` says whether the ERP may have acted already. ``left`` is what takes away, at the end of a call, what is too
    large to be freed at once.
    """

    def __init__(self, deadline: float = float("inf"), sent: Sent = "maybe") -> None:
        self._deadline = deadline
        self._sent = sent
        self._since = 0.0  # work has gone on before it was known to be long, so the first turn is a rest
        self.rests = 0
        self.left: list[Callable[[Pace], None]] = []

    def turn(self) -> None:
        """Rest where others have waited long enough. Raises BackendTimeout once the deadline has passed."""
        if time.monotonic() - self._since >= _SLICE:
            self._rest()

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """Yield the items, with a turn after each."""
        for item in items:
            yield item
            self.turn()

    def over(self, items: Collection[T]) -> Iterable[T]:
        """Return what yields the items, with turns where they are many. Work on each that is long rests itself."""
        return items if len(items) <= FEW else self.each(items)

    def _rest(self) -> None:
        self.rests += 1
        _queue.rest()
        self._since = time.monotonic()
        if self._since >= self._deadline:
            cause = "the deadline passed while a large message was worked on"
            raise BackendTimeout("backend-timeout", 504, _LATE[self._sent], sent=self._sent, cause=cause)


class _Queue:
    """Where all paces of a process rest, so that their slices do not add up."""

    def __init__(self) -> None:
        self._ended = 0.0

    def rest(self) -> None:
        """Sleep, and go on sleeping where another's slice has ended in this same pass of the loop."""
        self._ended = time.monotonic()
        # Looked up now, so that gevent's is used after its monkey-patching.
        time.sleep(_REST)
        while time.monotonic() - self._ended < _REST / 2:
            time.sleep(_REST)


_queue = _Queue()
_collector = Deferred()
_SMALL: Final = Pace()
_current: ContextVar[Pace | None] = ContextVar("pace", default=None)
"""None where no call is under way, ``_SMALL`` as long as nothing in it is large."""


def begin(size: int, deadline: float, sent: Sent = "maybe") -> None:
    """Say that the call works on a message of so many bytes: from a large one on, all its work is paced.

    ``sent`` says whether the ERP may have acted already where the deadline passes meanwhile.
    """
    found = _current.get()
    if found is None or (size <= LARGE and found is _SMALL):
        return
    pace = Pace(deadline, sent)
    if found is _SMALL:
        _collector.hold()
    else:
        pace.left = found.left
    _current.set(pace)


def current() -> Pace | None:
    """Return the pace of the call that is under way here; None where nothing large is worked on."""
    found = _current.get()
    return None if found is _SMALL else found


def turn() -> None:
    """Rest where something large is worked on and others have waited long enough."""
    pace = current()
    if pace is not None:
        pace.turn()


def each(items: Iterable[T]) -> Iterable[T]:
    """Return the items, paced where something large is worked on."""
    pace = current()
    return items if pace is None else pace.each(items)


def call(work: Callable[P, R]) -> Callable[P, R]:
    """Return what works on a whole call, or on a part of one beside it: at its end, what was large in it is gone."""

    def paced(*args: P.args, **options: P.kwargs) -> R:
        _current.set(_SMALL)
        try:
            return work(*args, **options)
        finally:
            pace = current()
            _current.set(None)
            if pace is not None:
                _tidied(pace.left)

    return paced


def _tidied(left: list[Callable[[Pace], None]]) -> None:
    pace = Pace()  # whatever the deadline, nothing may stay
    try:
        for take_away in left:
            take_away(pace)
    finally:
        _collector.release()


def flow(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the chunks of a message that is on its way, with turns between them once it is large."""
    pace, size = Pace(), 0
    for chunk in chunks:
        yield chunk
        size += len(chunk) + _CHUNK
        if size > LARGE:
            pace.turn()


def leave(*values: Any) -> None:
    """Say that JSON values are nobody's once the call has ended; where it is large, they are emptied then."""
    pace = current()
    if pace is not None:
        pace.left.extend(partial(emptied, value) for value in values)


def emptied(value: Any, pace: Pace) -> None:
    """Empty the long lists in a JSON value piece by piece, so that little is left to free at once."""
    if isinstance(value, dict):
        for member in value.values():
            emptied(member, pace)
    elif isinstance(value, list) and len(value) > FEW:
        for index, item in enumerate(value):
            if isinstance(item, dict | list):
                emptied(item, pace)
            value[index] = None
            pace.turn()


def cut(data: bytes) -> Iterable[bytes]:
    """Return what is large piece by piece, with turns between them; what is not, as it is."""
    if len(data) <= LARGE:
        return (data,)
    return flow(data[at : at + PIECE] for at in range(0, len(data), PIECE))
