"""What requests of features that move need of their process, without the packages of the store.

One ``Moving`` is made for each process (``following``), where a project has such features; else there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from adapter.errors import RequestError
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler, Request, Response
from adapter.rollout.rules import Side

if TYPE_CHECKING:
    from adapter.moving.follow import Snapshot

Beside = Callable[[Request, Side, Response | RequestError], None]
"""Is told each call that one side answered, with its answer or its refusal. It must not wait for anything."""


class CannotSay(Exception):
    """What a side would be told by a request cannot be said. The text says why, never with a value."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a write would be at both sides, made while building.

    ``legacy`` and ``candidate`` give the JSON that a side is told by a request, in our contract's words; nothing is
    sent. They raise CannotSay. ``legacy`` is None where it cannot be said of any request.

    ``send`` makes a dry run at the new service, None where the feature has none, and ``probe`` asks whether it has
    some. Both raise NotHonoured where the service does not say so.
    """

    legacy: Callable[[Request], Any] | None
    candidate: Callable[[Request], Any]
    probe: Callable[[Request], None] | None = None
    send: Handler | None = None


class Comparing(Protocol):
    """Takes what comparisons found (``moving.noting.Notes``)."""

    def compared(
        self,
        feature: str,
        run: int,
        operation: str,
        differences: Iterable[tuple[str, str, str]],
        *,
        dropped: bool = False,
    ) -> None:
        """Note a comparison: each difference as fingerprint, pointer and kind."""


class Noting(Comparing, Protocol):
    """Takes what calls became too."""

    def called(
        self, feature: str, run: int, operation: str, side: Side, unit: str, share: int, seconds: float, ok: bool
    ) -> None:
        """Note a call that counts for a side."""

    def opened(self, feature: str, run: int) -> None:
        """Note that the breaker of the new service is open."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told: a request that no key places, an answer of the ERP's in the new service's place and why, a bug."""

    unkeyed: Callable[[str], None] = lambda operation: None
    fell_back: Callable[[str, str], None] = lambda operation, problem: None
    bug: Callable[[BaseException, str, str], None] = lambda error, request_id, operation: None


@dataclass(frozen=True, slots=True)
class Moving:
    """``now`` is where features stand, ``look`` looks anew. ``key`` is the secret of buckets and pseudonyms.

    ``timeout``: seconds of a call whose mapping says none. ``beside`` returns, while building, who is told of the reads
    of an operation; it gets the handlers of both sides. ``trying`` does so for writes.
    """

    now: Callable[[], Snapshot]
    look: Callable[[], Snapshot]
    notes: Noting
    key: bytes = b""
    timeout: float = 10.0
    told: Told = Told()
    beside: Callable[[Endpoint, Handler, Handler], Beside] | None = None
    trying: Callable[[Endpoint, Trial], Beside] | None = None

    def begin(self) -> None:
        """Look at the store now, so that no request waits for that."""
        self.now()
