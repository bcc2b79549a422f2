"""One operation as its microservice answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from adapter.backends.http.asking import Manner, http
from adapter.backends.http.dry import Send, marked, probe
from adapter.backends.http.translation import translation
from adapter.exchange import Exchange
from adapter.guard import Guard
from adapter.identity.services import NOBODY, ShowService
from adapter.mapping.bound import Endpoint
from adapter.mapping.model.policy import ONCE
from adapter.mapping.model.served import ServedOperation
from adapter.mapping.model.service import HttpRule
from adapter.mapping.served import served_as
from adapter.messages import Handler, Request

Login = Callable[[str, str], ShowService]


def unknown(name: str, header: str) -> ShowService:
    """Return what shows no credentials."""
    return NOBODY


def served(endpoint: Endpoint, exchange: Exchange, guard: Guard, login: Login) -> Handler:
    """Return the handler of an operation. ``login`` returns what shows credentials, by their name and a key's field."""
    assert endpoint.resource.http is not None
    return asking(served_as(endpoint), endpoint.resource.http, exchange, guard, login)


def asking(operation: ServedOperation, rule: HttpRule, exchange: Exchange, guard: Guard, login: Login) -> Handler:
    """Return the handler of an operation, whether its contract is still there or not."""
    return _handler(operation, exchange, guard, _manner(operation, rule, login))


@dataclass(frozen=True, slots=True)
class DryRuns:
    """Dry runs of one operation: whether the service has some, and one of them. Both raise NotHonoured."""

    probe: Callable[[Request], None]
    send: Handler


def dry_runs(endpoint: Endpoint, exchange: Exchange, guard: Guard, login: Login) -> DryRuns:
    """Return the dry runs of an operation. None of them is made again."""
    assert endpoint.resource.http is not None
    operation = served_as(endpoint)
    manner = replace(_manner(operation, endpoint.resource.http, login), dry=True)
    asked = probe(exchange, operation.there_root, guard, manner)
    return DryRuns(asked, _handler(replace(operation, policy=ONCE), exchange, guard, manner, marked(exchange.send)))


def _manner(operation: ServedOperation, rule: HttpRule, login: Login) -> Manner:
    return Manner(
        translation(operation),
        operation.seconds or float("inf"),
        login(rule.credentials, rule.header),
        login(rule.shadow or rule.credentials, rule.header),
        rule.faults,
        operation.shown,
    )


def _handler(
    operation: ServedOperation, exchange: Exchange, guard: Guard, manner: Manner, send: Send | None = None
) -> Handler:
    return http(
        exchange,
        operation.there_method,
        operation.there_rest,
        service_path=operation.there_root,
        public_path=operation.resource_path,
        problems=operation.problems,
        shown=operation.told,
        forwarded=operation.forwarded,
        guard=guard,
        policy=operation.policy,
        manner=manner,
        send=send,
    )
