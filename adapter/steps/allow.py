"""The step that refuses callers who lack a scope that the operation asks for (RFC 6750, section 3.1)."""

from __future__ import annotations

from collections.abc import Iterable

from adapter import problems
from adapter.errors import RequestError
from adapter.messages import Handler, Middleware, Request, Response


def allow(scopes: Iterable[str]) -> Middleware:
    """Return the step for an operation whose callers need all of ``scopes``."""
    needed = frozenset(scopes)
    challenge = f'Bearer realm="api", error="insufficient_scope", scope="{" ".join(sorted(needed))}"'

    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            if not needed <= request.caller.scopes:
                raise _forbidden(sorted(needed - request.caller.scopes), challenge)
            return then(request)

        return handle

    return wrap


def _forbidden(missing: list[str], challenge: str) -> RequestError:
    return problems.house(
        "forbidden",
        f"The key or token lacks: {', '.join(missing)}.",
        headers={"WWW-Authenticate": challenge},
        members={"missing": missing},
    )
