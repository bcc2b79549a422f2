"""Dry runs of a service: asked with ``Shadow: dry-run``, and believed only where it says ``Shadow-Honoured: dry-run``.

Rule 1: what cannot be seen to have the marker has none: another status than is read, too much, broken HTTP.
Rule 2: where no answer came nothing is known, and nothing is said.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from adapter.backends.http.asking import Manner
from adapter.errors import BackendReplyInvalid, NotHonoured
from adapter.exchange import Exchange, Reply
from adapter.guard import Guard, Turn
from adapter.mapping.model.policy import ONCE
from adapter.messages import DRY_RUN, HONOURED, Request

Send = Callable[..., Reply]


def marked(send: Send) -> Send:
    """Return what sends as ``Exchange.send`` does, and raises NotHonoured for an answer without the marker."""

    def sent(method: str, **options: Any) -> Reply:
        try:
            reply = send(method, **options)
        except BackendReplyInvalid as error:
            raise _not_honoured(f"an answer that cannot be read ({error.cause})") from error
        if reply.headers.get(HONOURED, "").strip().lower() != DRY_RUN:
            raise _not_honoured(f"status {reply.status} without Shadow-Honoured: {DRY_RUN}")
        return reply

    return sent


def probe(exchange: Exchange, path: str, guard: Guard, manner: Manner) -> Callable[[Request], None]:
    """Return what asks whether the service has dry runs: OPTIONS (RFC 9110, section 9.3.7) at its path, marked as one.

    It raises NotHonoured where it has none, and what ``Exchange.send`` raises where that cannot be found out.
    """
    send = marked(exchange.send)

    def ask(request: Request) -> None:
        def once(turn: Turn) -> None:
            headers = {"X-Request-Id": request.id, "Shadow": DRY_RUN, **manner.shadow()}
            until = min(request.deadline, time.monotonic() + manner.timeout)
            reply = send("OPTIONS", deadline=until, headers=headers, path=path)
            turn.heard(reply.status, reply.headers)

        guard.run(request, once, ONCE)

    return ask


def _not_honoured(cause: str) -> NotHonoured:
    return NotHonoured("backend-reply-invalid", 502, cause=cause, sent="yes")
