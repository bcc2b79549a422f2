"""The step that lets each caller ask only so often, and tells how often that is.

Fields of the answer: ``RateLimit-Policy`` and ``RateLimit`` (draft-ietf-httpapi-ratelimit-headers-10, sections 3 and
4), and ``X-RateLimit-Limit``, ``-Remaining`` and ``-Reset`` (seconds) of the limit that is nearest, for older clients.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from adapter import problems
from adapter.errors import RequestError
from adapter.mapping.bound import Endpoint
from adapter.mapping.model.policy import LimitRule
from adapter.mapping.model.served import ServedOperation
from adapter.messages import Handler, Middleware, Request, Response
from adapter.shared import Shared
from adapter.shared.gcra import Quota, Standing
from adapter.shared.quotas import Quotas

Take = Callable[[str], tuple[bool, tuple[Standing, ...]]]
_NETWORK = 64


@dataclass(frozen=True, slots=True)
class Limiting:
    """What limits are counted with: what workers share, how many they are, and who is told of a refusal."""

    shared: Shared | None = None
    workers: int = 1
    limited: Callable[[str], None] = lambda operation: None


def limiting(endpoint: Endpoint | ServedOperation, by: Limiting) -> Iterator[Middleware]:
    """Yield the step, where an operation has a limit."""
    if rules := endpoint.policy.limits:
        quotas = [Quota(rule.most, rule.seconds) for rule in rules]
        take = Quotas(endpoint.name, quotas, by.shared, by.workers).take
        yield limit(rules, take, partial(by.limited, endpoint.name))


def limit(rules: Sequence[LimitRule], take: Take, limited: Callable[[], None]) -> Middleware:
    """Return the step of one operation. ``take`` uses one of each rule for somebody, ``limited`` counts refusals."""
    policy = ", ".join(f'"{rule.name}";q={rule.most};w={rule.seconds}' for rule in rules)

    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            allowed, standings = take(who(request))
            fields = {"RateLimit-Policy": policy, **_shown(rules, standings)}
            if not allowed:
                limited()
                raise _exceeded(rules, standings, fields)
            try:
                return _with(then(request), fields)
            except RequestError as error:  # it may be another's too, who asked for the same
                raise replace(error, headers={**error.headers, **fields}) from error

        return handle

    return wrap


def who(request: Request) -> str:
    """Return whose quotas a request uses: its caller's, else those of the address (IPv6: the network) it came from."""
    if request.caller.id:
        return f"caller {request.caller.id}"
    if ":" not in request.address:
        return f"address {request.address}"
    try:
        found = ipaddress.IPv6Address(request.address)
    except ValueError:
        return f"address {request.address}"
    if found.ipv4_mapped is not None:
        return f"address {found.ipv4_mapped}"
    return f"address {int(found) >> (128 - _NETWORK):x}::"  # who has one address has the whole network


def _shown(rules: Sequence[LimitRule], standings: Sequence[Standing]) -> Mapping[str, str]:
    """Return how the limits stand: each of them, and the one of which the least is left."""
    each = [f'"{rule.name}";r={now.left};t={math.ceil(now.reset)}' for rule, now in zip(rules, standings, strict=True)]
    rule, nearest = min(zip(rules, standings, strict=True), key=lambda pair: (pair[1].left, -pair[1].wait))
    return {
        "RateLimit": ", ".join(each),
        "X-RateLimit-Limit": str(rule.most),
        "X-RateLimit-Remaining": str(nearest.left),
        "X-RateLimit-Reset": str(math.ceil(nearest.reset)),
    }


def _exceeded(rules: Sequence[LimitRule], standings: Sequence[Standing], fields: Mapping[str, str]) -> RequestError:
    spent = [(rule, math.ceil(now.wait)) for rule, now in zip(rules, standings, strict=True) if not now.left]
    wait = max(1, *(seconds for _, seconds in spent))
    lines = " and ".join(f"{rule.most} in one {rule.name}" for rule, _ in spent)
    return problems.house(
        "quota-exceeded",
        f"At most {lines}.",
        headers={**fields, "Retry-After": str(wait)},
        members={"violated-policies": [rule.name for rule, _ in spent]},
    )


def _with(response: Response, fields: Mapping[str, str]) -> Response:
    """Return a response with more header fields; each answer passes here."""
    return Response(
        response.status, response.body, response.content_type, {**response.headers, **fields}, response.notes,
        response.answered_by, response.awaits,
    )  # fmt: skip
