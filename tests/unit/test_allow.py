"""Whoever lacks a scope is refused, by name of the scope, before anything else is done."""

from __future__ import annotations

import pytest

from adapter.errors import RequestError
from adapter.messages import ANYBODY, Caller, Request, Response
from adapter.steps.allow import allow


def ask(caller: Caller, *scopes: str) -> Response:
    """Send a request of a caller through the step."""
    return allow(scopes)(lambda request: Response(204))(Request("orders.create", "1", 0.0, caller=caller))


@pytest.mark.parametrize("needed", [(), ("a",), ("a", "b")])
def test_all_scopes_let_in(needed: tuple[str, ...]) -> None:
    """More scopes than needed do no harm, and none needed is none missing."""
    assert 204 == ask(Caller("me", frozenset("abc")), *needed).status


def test_what_is_missing_is_named() -> None:
    """The problem names every missing scope, the challenge all that are needed (RFC 6750, section 3.1)."""
    with pytest.raises(RequestError) as raised:
        ask(Caller("me", frozenset({"b"})), "c", "b", "a")
    assert (403, "forbidden", {"missing": ["a", "c"]}) == (
        raised.value.status, raised.value.problem, raised.value.members,
    )  # fmt: skip
    assert 'Bearer realm="api", error="insufficient_scope", scope="a b c"' == raised.value.headers["WWW-Authenticate"]


def test_nobody_has_no_scopes() -> None:
    """A request that nobody signed is not let in by a lucky default."""
    with pytest.raises(RequestError):
        ask(ANYBODY, "a")
