"""One operation of a mapping as its microservice answers it."""

from __future__ import annotations

from collections.abc import Callable

from adapter.backends.http.asking import Manner, http
from adapter.backends.http.refusing import declared_problems
from adapter.backends.http.translation import translation
from adapter.exchange import Exchange
from adapter.guard import Guard
from adapter.identity.services import NOBODY, ShowService
from adapter.mapping.bound import Endpoint
from adapter.mapping.header_parameters import header_parameters
from adapter.mapping.service_forms import there_of, timeout_of
from adapter.messages import Handler

Login = Callable[[str, str], ShowService]


def unknown(name: str, header: str) -> ShowService:
    """Return what shows no credentials."""
    return NOBODY


def served(endpoint: Endpoint, exchange: Exchange, guard: Guard, login: Login) -> Handler:
    """Return the handler of an operation. ``login`` returns what shows credentials, by their name and a key's field."""
    rule, there = endpoint.resource.http, there_of(endpoint)
    assert rule is not None
    own = there is not None and bool(there.path)
    template = there.path if there is not None and there.path else rule.path
    manner = Manner(
        translation(endpoint),
        timeout_of(endpoint) or float("inf"),
        login(rule.credentials, rule.header),
        login(rule.shadow or rule.credentials, rule.header),
        rule.faults,
        [each.field.name for each in endpoint.reply.headers],
    )
    below = endpoint.path.removeprefix(endpoint.resource.path)
    # What stands before the first parameter is where the resource lives there.
    root, brace, rest = template.partition("/{") if own else (template, "", "")
    return http(
        exchange,
        (there.method if there is not None else "") or endpoint.method,
        brace + rest if own else below,
        service_path=root,
        public_path=endpoint.resource.path,
        problems=declared_problems(endpoint),
        shown={fault.problem for fault in endpoint.faults if fault.message},
        forwarded=[field.name.lower() for field in header_parameters(endpoint)],
        guard=guard,
        policy=endpoint.policy,
        manner=manner,
    )
