"""What a write of a feature would be at both sides, put together while building from what writes it to each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapter.backends.http import Login, Unbuildable, dry_runs, intent
from adapter.errors import BackendReplyInvalid
from adapter.exchange import Exchange
from adapter.guard import Guard
from adapter.mapping.bound import Endpoint
from adapter.mapping.served import served_as
from adapter.messages import Request
from adapter.moving.needed import CannotSay, Trial
from adapter.translate.asked import asked_reader, canonical, without_empty
from adapter.translate.made import TextOf
from adapter.translate.text_writer import text_writer


def trial(endpoint: Endpoint, text_of: TextOf, there: tuple[Exchange, Guard, Login] | None = None) -> Trial | None:
    """Return how the writes of an operation are tried out; None where its feature tries none.

    ``there`` is its new service; without it there are no dry runs.
    """
    rule = endpoint.rollout
    if rule is None or endpoint.policy.effect == "read" or rule.beside.writes == "off":
        return None
    told = Trial(_legacy(endpoint, text_of), _candidate(endpoint))
    if rule.beside.writes != "dry_run" or there is None:
        return told
    made = dry_runs(endpoint, *there)
    return replace(told, probe=made.probe, send=made.send)


def _legacy(endpoint: Endpoint, text_of: TextOf) -> Callable[[Request], Any] | None:
    """Return what gives the JSON that the ERP is told by a request, None where that cannot be read back."""
    read = asked_reader(endpoint)
    if read is None:
        return None
    write = text_writer(endpoint, text_of)

    def told(request: Request) -> Any:
        if request.checked is None:
            raise CannotSay("its values were not checked")
        try:
            return without_empty(read(write(request.checked)))
        except BackendReplyInvalid as error:
            raise CannotSay(error.cause) from None

    return told


def _candidate(endpoint: Endpoint) -> Callable[[Request], Any]:
    """Return what gives the JSON that the new service would be told."""
    say, complete = intent(served_as(endpoint)), canonical(endpoint)

    def told(request: Request) -> Any:
        try:
            return without_empty(complete(say(request)))
        except Unbuildable as error:
            raise CannotSay(str(error)) from None

    return told
