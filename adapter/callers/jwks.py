"""The signing keys of one issuer: fetched ahead, beside the requests, and used for a day where it cannot be asked.

A key id that is not known lets them be fetched once more, at most once in thirty seconds, however many such ids come;
no request waits for that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from adapter import problems
from adapter.background import Background
from adapter.callers.signers import Signers, signers
from adapter.errors import BackendError, InvalidRequest, RequestError
from adapter.exchange import Exchange, Reply
from adapter.strict_json import decode

FETCHED_EVERY: Final = 300.0
ASKED_AT_MOST_EVERY: Final = 30.0
STALE_FOR: Final = 86400.0
MOST_BYTES: Final = 256 * 1024
_SECONDS: Final = 5.0


class Jwks:
    """Keeps the keys of an issuer. ``clock`` is monotonic; ``fetch`` gets a deadline on ``time.monotonic``.

    ``failed`` is told what a fetch raised, ``aged`` how old the keys are.
    """

    def __init__(
        self,
        fetch: Callable[[float], Reply],
        algorithms: tuple[str, ...],
        failed: Callable[[Exception], None],
        aged: Callable[[float], None] = lambda seconds: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch, self._algorithms = fetch, algorithms
        self._failed, self._aged, self._clock = failed, aged, clock
        self._background = Background(self.refresh, ASKED_AT_MOST_EVERY, failed)
        self._signers: Signers | None = None
        self._body = b""
        self._asked = self._good = -STALE_FOR
        self._wanted = False

    def begin(self) -> None:
        """Begin to fetch, ahead of the first token."""
        self._background.begin()

    def signers(self) -> Signers:
        """Return the keys. Raise 503 where there are none that are not too old."""
        self._background.begun()
        found = self._signers
        if found is None or self._clock() - self._good > STALE_FOR:
            raise _unavailable()
        return found

    def miss(self) -> None:
        """Say that a token names a key that is not known: maybe there are new ones."""
        if not self._wanted:
            self._wanted = True
            if self._clock() - self._asked >= ASKED_AT_MOST_EVERY:
                self._background.wake()

    def refresh(self) -> None:
        """Fetch the keys where it is time to. What is known stays where that fails."""
        now = self._clock()
        old = now - self._good >= FETCHED_EVERY
        if now - self._asked >= ASKED_AT_MOST_EVERY and (old or self._wanted):
            self._asked, self._wanted = now, False
            try:
                self._take(self._fetched())
                self._good = now
            except (BackendError, ValueError) as error:
                self._failed(error)
        self._aged(max(0.0, now - self._good))

    def _fetched(self) -> bytes:
        reply = self._fetch(time.monotonic() + _SECONDS)
        if reply.status != 200:
            raise ValueError(f"status {reply.status}")
        return reply.body

    def _take(self, body: bytes) -> None:
        """Take keys, where they are others than before: what was checked with these need not be checked again."""
        if self._signers is None or body != self._body:
            try:
                self._signers = signers(decode(body, max_depth=8, max_digits=20), self._algorithms)
            except InvalidRequest as error:
                raise ValueError("no JSON") from error
            self._body = body


def fetching(url: str) -> Callable[[float], Reply]:
    """Return what fetches a JWK set: one origin, no redirect, bounded. It opens a pool at first use, after the fork."""
    made: list[Exchange] = []

    def fetch(deadline: float) -> Reply:
        if not made:
            made.append(Exchange(url, max_reply_bytes=MOST_BYTES, pool_size=1))
        headers = {"Accept": "application/jwk-set+json, application/json"}
        return made[0].send("GET", deadline=deadline, headers=headers)

    return fetch


def _unavailable() -> RequestError:
    detail = "The keys of the token's issuer cannot be had now."
    return problems.house("issuer-unavailable", detail, headers={"Retry-After": "5"}, cause="no signing keys")
