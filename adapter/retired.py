"""Operations whose mapping is gone: asked of their service alone, without a contract, as they were the day before.

What callers send is held against the form that it had: JSON within the limits, no property that is not known, none
missing, no other kind. Its patterns, lengths and bounds are the service's to look at now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from adapter import pieces
from adapter.backends.http import asking
from adapter.backends.http.leaves import Seen, Wrong
from adapter.backends.http.reading import NULL, reader
from adapter.errors import FieldError, InvalidRequest
from adapter.guard import UNGUARDED
from adapter.mapping.model.served import Retired, RetiredOperation
from adapter.messages import Handler, Middleware, Request, Response
from adapter.pipeline import Backends, Limits, chain
from adapter.problems import Problem
from adapter.steps.allow import allow
from adapter.steps.limit import limiting
from adapter.steps.observe import observe
from adapter.strict_json import decode
from adapter.telemetry import Outcome, Tracer
from adapter.telemetry.spans import spanned
from adapter.web import Route

Observe = tuple[Callable[[], None], Callable[[Outcome], None]]


def handlers(
    retired: Iterable[Retired],
    backends: Backends,
    limits: Limits,
    observed: Observe,
    *,
    known: bool,
    tracer: Tracer | None = None,
) -> Iterator[tuple[RetiredOperation, Handler]]:
    """Yield each operation with its pipeline. ``known``: requests say who they are from, and its scopes count."""
    for resource in retired:
        rule = resource.http
        guard = backends.guards.get(rule.service, UNGUARDED)
        for operation in resource.operations:
            scopes = operation.served.policy.scopes
            steps = [
                observe(*observed),
                *([allow(scopes.names)] if known and scopes is not None else []),
                *limiting(operation.served, backends.limiting),
                shaped(operation, limits),
            ]
            answer = asking(operation.served, rule, backends.http[rule.service], guard, backends.login)
            yield operation, pieces.call(chain(*(steps if tracer is None else spanned(tracer, steps)), then=answer))


def routes(retired: Iterable[Retired], made: Mapping[str, Handler], timeout: float) -> Iterator[Route]:
    """Yield the routes. ``made`` are the pipelines by name, ``timeout`` is the house's."""
    for operation in (each for resource in retired for each in resource.operations):
        served = operation.served
        public = served.policy.scopes is not None and served.policy.scopes.public
        seconds = operation.timeout or timeout
        yield Route(
            served.name, served.method, served.path, made[served.name], seconds,
            headers=served.forwarded, shown=served.shown, public=public,
        )  # fmt: skip


def shaped(operation: RetiredOperation, limits: Limits) -> Middleware:
    """Return the step that holds what callers send against the form that it had."""
    takes = operation.asked is not None
    check = reader(*operation.asked) if operation.asked is not None else None
    take = partial(decode, max_depth=limits.max_depth, max_digits=limits.max_digits)

    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            wrong = list(_query(request, operation.parameters))
            if request.body and not takes:
                wrong.append(FieldError("body", "", "no body is taken here"))
            if check is not None:
                pieces.begin(len(request.body), request.deadline, sent="no")
                seen: Seen = set()
                try:
                    check(take(request.body), seen)
                except Wrong as found:
                    wrong.append(FieldError("body", found.pointer, found.text))
                else:
                    wrong += [FieldError("body", "", _SAID.get(each, _STRANGE)) for each in sorted(seen)]
            if wrong:
                raise InvalidRequest("invalid-request", 422, fields=tuple(wrong))
            return then(request)

        return handle

    return wrap


_STRANGE = "holds a property that is not known"
_SAID: Mapping[str, str] = {NULL: "holds null where there is none"}


def _query(request: Request, known: frozenset[str]) -> Iterator[FieldError]:
    given: set[str] = set()
    for name, _ in request.query:
        if name in given or name not in known:
            yield FieldError(
                "query", name, "is given twice" if name in given else "is not a parameter of this operation"
            )
        given.add(name)


def problems(retired: Iterable[Retired]) -> tuple[Problem, ...]:
    """Return the problem types that retired operations may answer with, each once."""
    found: dict[str, Problem] = {}
    for operation in (each for resource in retired for each in resource.operations):
        for slug, status in operation.served.problems.items():
            words = operation.titles.get(slug) or slug.replace("-", " ").capitalize()
            found.setdefault(slug, Problem(slug, status, words, "The system behind this API said so."))
    return tuple(found.values())
