"""One Flask application from routes that were built elsewhere.

Rule 1: every answer leaves with a request id, and every error as a problem document. Rule 2: each request is recorded
exactly once, by its pipeline (``steps.observe``) or, when it never reached one, here. Rule 3: what nobody expected is a
bare 500; where it came from goes to the log only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import flask
from flask import Flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix

from adapter import problems, strict_json
from adapter.callers import anybody
from adapter.errors import BuildError, Mistake, RequestError
from adapter.messages import Caller, Handler, Request, Response, Upload
from adapter.problems import Problem
from adapter.settings import Settings
from adapter.telemetry import Outcome, Telemetry
from adapter.tracebacks import forget
from adapter.web import answer, arrival, cors, hosts, house, negotiation, paths, trace
from adapter.web.cut import cutting
from adapter.web.leaving import watching
from adapter.web.straight import Guard, View, straight
from adapter.web.visit import Visit, current, outermost

Install = Callable[[Flask], None]
Who = Callable[[Mapping[str, Any], bool], Caller]
_HTTP = {404: "no-such-path", 405: "method-not-allowed", 406: "not-acceptable", 408: "request-timeout",
         413: "request-too-large", 415: "unsupported-media-type", 421: "unknown-host"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Route:
    """One operation at one method and path template (``/v1/customers/{id}``); ``timeout`` in seconds.

    ``takes`` are the media types of its body (none: JSON), at most ``max_bytes`` long where that is not 0. ``gives`` is
    that of its answer, "" where only the answer says it, and Accept is disregarded (RFC 9110, section 12.5.1).
    ``headers`` are the header fields that it takes beside those of the house, in small letters; ``shown`` are those
    that its answer may have.
    ``streams``: its body is sent on while it arrives; ``rows``: it is many rows, of which there may be more than the
    house takes otherwise. ``forms`` are the media types of which a caller may ask for one, in place of ``gives``.
    ``public``: callers need not say who they are.
    """

    operation: str
    method: str
    path: str
    handle: Handler
    timeout: float
    takes: tuple[str, ...] = ()
    max_bytes: int = 0
    gives: str = negotiation.JSON
    headers: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    streams: bool = False
    rows: bool = False
    forms: tuple[str, ...] = ()
    public: bool = False


def install(
    routes: Sequence[Route],
    settings: Settings,
    telemetry: Telemetry,
    *,
    declared: Iterable[Problem] = (),
    who: Who = anybody,
    checks: Sequence[house.Check] = (),
    extra: Sequence[Install] = (),
) -> Flask:
    """Return the application that serves ``routes``, the pages of the house and whatever ``extra`` adds.

    ``who`` tells who a request is from, or refuses it; ``declared`` are the problem types of the mappings, ``checks``
    decide what ``/readyz`` says. Raise BuildError when two operations claim the same method and path.
    """
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.url_map.merge_slashes = False  # a redirect would turn a POST into a GET
    known = problems.catalogue(declared)
    guard = _guard(settings, telemetry, known, _fields(routes))
    _hang(app, guard)
    for add in (house.install(known, checks, telemetry.metrics.render), *extra):
        add(app)
    views = {route.operation: _view(route, settings, telemetry, who) for route in routes}
    for route in routes:
        app.add_url_rule(
            paths.rule(route.path),
            endpoint=route.operation,
            view_func=_in_flask(views[route.operation]),
            methods=[route.method],
        )
    _refuse_twins(app)
    wsgi = outermost(straight(app, views, guard), trace.share(settings.traces_percent if settings.traces else 0))
    if n := settings.proxies:  # only what n proxies appended is believed; the Host stays the one that was sent
        wsgi = ProxyFix(wsgi, x_for=n, x_proto=n, x_host=0, x_port=0, x_prefix=0)
    app.wsgi_app = wsgi  # type: ignore[assignment]
    return app


def _in_flask(view: View) -> Callable[..., flask.Response]:
    def answered(**path: str) -> flask.Response:
        request, visit = current()
        return view.render(request, visit, view.answer(request, visit, path))

    return answered


def _view(route: Route, settings: Settings, telemetry: Telemetry, who: Who) -> View:
    usual = settings.max_request_bytes
    most = route.max_bytes if route.rows else min(usual, route.max_bytes or usual)
    let_in = arrival.let_in(route.headers)

    def said(arrived: flask.Request, visit: Visit, path: Mapping[str, str]) -> Response:
        environ = arrived.environ
        visit.operation = route.operation
        caller = who(environ, route.public)
        wanted = negotiation.chosen(arrived, route.forms) if route.forms else ""
        if route.gives and not wanted:
            negotiation.must_accept(arrived, route.gives)
        body, upload, deadline = _received(route, arrived, most, time.monotonic() + route.timeout)
        there = bool(body) or route.rows or (upload is not None and not upload.empty)
        if there:
            _must_be_taken(route, arrived)
        request = Request(
            operation=route.operation,
            id=visit.id,
            deadline=deadline,
            method=route.method,  # so that HEAD is a GET from here on
            path=paths.parameters(path) if path else path,
            query=arrival.query(environ.get("QUERY_STRING", "")),
            body=body,
            upload=upload,
            content_type=environ.get("CONTENT_TYPE", "") if there else "",
            headers=arrival.headers(environ, let_in),
            traceparent=visit.traceparent,
            parent=visit.parent,
            caller=caller,
            wanted=wanted,
            address=environ.get("REMOTE_ADDR", ""),
        )
        visit.observed = True
        return route.handle(request)

    def render(arrived: flask.Request, visit: Visit, response: Response) -> flask.Response:
        bug, environ = partial(telemetry.bug, request_id=visit.id, operation=route.operation), arrived.environ
        return answer.render(response, arrived.method, bug, cutting(environ), partial(watching, environ))

    return View(said, render)


def _must_be_taken(route: Route, arrived: flask.Request) -> None:
    """Raise 415 unless a body is of a type that the operation takes."""
    if route.takes:
        negotiation.must_be_one_of(arrived, route.takes, utf_8=route.rows)
    else:
        negotiation.must_be_json(arrived, route.method)


def _received(route: Route, arrived: flask.Request, most: int, deadline: float) -> tuple[bytes, Upload | None, float]:
    """Return a body, or one that is still arriving, and the deadline of what is done with it."""
    if route.rows:
        upload = arrival.rows(arrived, most, route.timeout)
        return b"", upload, time.monotonic() + route.timeout
    if route.streams:
        return b"", arrival.upload(arrived, most, deadline), deadline
    return arrival.body(arrived, most, deadline), None, deadline


def _fields(routes: Sequence[Route]) -> cors.Fields:
    sent = {name for route in routes for name in route.headers}
    return cors.Fields(tuple(sorted(sent)), tuple(sorted({name for route in routes for name in route.shown})))


def _guard(settings: Settings, telemetry: Telemetry, known: Mapping[str, Problem], fields: cors.Fields) -> Guard:
    """Return the checks before, the headers and the record after, and the outer net around every request."""

    def screen(request: flask.Request, visit: Visit) -> flask.Response | None:
        hosts.must_be_known(request.environ, settings.hosts, any_name=request.path in house.QUIET)
        paths.must_be_readable(request.environ)
        return cors.options(request) if request.method == "OPTIONS" else None

    def refuse(error: Exception, visit: Visit) -> flask.Response:
        refusal = _refusal(error)
        if refusal.problem == "internal-error" and not isinstance(error, RequestError):
            telemetry.bug(error, visit.id, visit.operation)
        visit.problem, visit.cause = refusal.problem, refusal.cause
        response = flask.Response(
            strict_json.encode(problems.document(refusal, visit.id, known)),
            refusal.status,
            content_type=problems.MEDIA_TYPE,
        )
        response.headers.extend(refusal.headers)
        return response

    def leave(request: flask.Request, visit: Visit, response: flask.Response) -> flask.Response:
        cors.allow(request, response, settings.cors_origins, fields)
        if not visit.observed:
            telemetry.refused(_outcome(request, visit, response))
        return response

    return Guard(screen, refuse, leave, adds=bool(settings.cors_origins))


def _hang(app: Flask, guard: Guard) -> None:
    """Hang a guard around everything that goes Flask's way."""
    app.before_request(lambda: guard.screen(*current()))
    app.register_error_handler(Exception, lambda error: guard.refuse(error, current()[1]))
    app.after_request(lambda response: guard.leave(*current(), response))


def _refusal(error: Exception) -> RequestError:
    if isinstance(error, RequestError):
        return error
    if not isinstance(error, HTTPException) or error.code is None or error.code >= 500:
        return problems.house("internal-error")
    forget(error, (Exception,))  # the request has it in an attribute, and its frames have the request
    allowed = sorted(error.valid_methods or ()) if isinstance(error, MethodNotAllowed) else []
    headers = {"Allow": ", ".join(allowed)} if allowed else {}
    return problems.house(_HTTP.get(error.code, "bad-request"), headers=headers)


def _outcome(request: flask.Request, visit: Visit, response: flask.Response) -> Outcome:
    return Outcome(
        operation=visit.operation,
        method=request.method,
        status=response.status_code,
        request_id=visit.id,
        trace_id=trace.trace_id(visit.traceparent),
        seconds=time.monotonic() - visit.begin,
        problem=visit.problem,
        cause=visit.cause,
        bytes=response.content_length or 0,
        quiet=request.path in house.QUIET and response.status_code < 400,
    )


def _refuse_twins(app: Flask) -> None:
    """Raise BuildError for methods and paths that two operations claim; the second would never be called."""
    claimed: dict[tuple[str, str], str] = {}
    mistakes = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            place = (method, paths.shape(rule.rule))
            if (other := claimed.setdefault(place, rule.endpoint)) != rule.endpoint:
                text = f"{rule.endpoint} answers {method} {rule.rule}, and so does {other}"
                mistakes.append(Mistake("mappings", 0, 0, text, "give one of them another path"))
    if mistakes:
        raise BuildError(mistakes)
