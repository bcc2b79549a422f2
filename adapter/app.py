"""The composition root of the web process: project folder and environment in, Flask application out.

``built.build`` is the first phase (everything written is read, proved and compiled, or BuildError names every mistake);
``create_app`` goes on to open what a process needs. gunicorn calls ``adapter.app:create_app()``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

from adapter import ahead, collector, following, keeping, operating, problems, retired
from adapter import settings as settings_room
from adapter.built import Built, build, credentials_of, declared
from adapter.cache import open_cache
from adapter.callers import anybody
from adapter.callers.opening import nobody_can_be_known, open_callers
from adapter.durable import Durable
from adapter.errors import BuildError
from adapter.guard.isolation import following as isolations
from adapter.guard.told import telling
from adapter.mapping.blocks import BLOCKS, Block
from adapter.mapping.bound import Endpoint
from adapter.mapping.documents import sent_on
from adapter.mapping.header_parameters import header_parameters
from adapter.messages import SHADOW, Handler
from adapter.moving.needed import Moving
from adapter.openapi import document as openapi_document
from adapter.openapi import read_examples, to_json, with_parts
from adapter.opened import open_backends
from adapter.pipeline import Backends, Limits
from adapter.pipeline import build as build_pipeline
from adapter.rows import FORMS
from adapter.steps.limit import Limiting
from adapter.steps.observe import observe
from adapter.steps.side import HEADER
from adapter.telemetry import Telemetry, tracer
from adapter.web import Route, docs, install, operations

if TYPE_CHECKING:
    from adapter.deliver.desk import Desk
    from adapter.deliver.settle import Keeping

__all__ = ["Built", "application", "build", "create_app", "credentials_of", "declared", "handlers", "openapi"]

Watch = Callable[[Endpoint, Handler], Handler]


def opened(built: Built, telemetry: Telemetry, durable: Durable, moving: Moving | None) -> Backends:
    """Open what calls need (pools, no sockets yet).

    ``durable`` is the store of the project, ``moving`` what features need that move; None where there are none.
    """
    credentials = credentials_of(built.project, built.settings)
    told = telling(telemetry, watch=built.settings.guard == "watch")
    isolating = partial(isolations, durable if built.durable else None, telemetry)
    backends = open_backends(
        built.settings, built.endpoints, built.contracts, credentials, told, isolating, built.retired
    )
    cache = open_cache(built.endpoints, built.settings, telemetry, backends.shared, built.project)
    limiting = Limiting(backends.shared, built.settings.workers, telemetry.metrics.limited)
    return replace(backends, cache=cache, limiting=limiting, moving=moving)


def handlers(built: Built, telemetry: Telemetry, backends: Backends, kept: Keeping | None) -> Mapping[str, Handler]:
    """Return every operation's pipeline by its name. ``kept`` is where writes are kept, None where none are."""
    once = keeping.once(kept) if kept is not None else None
    limits, observed = _limits(built), (telemetry.started, telemetry.finished)
    old = retired.handlers(built.retired, backends, limits, observed, known=built.known, tracer=telemetry.tracer)
    return {operation.served.name: handle for operation, handle in old} | {
        each.name: build_pipeline(
            each,
            backends,
            limits,
            telemetry.started,
            telemetry.finished,
            known=built.known,
            once=once,
            tracer=telemetry.tracer,
        )
        for each in built.endpoints
    }


def _limits(built: Built) -> Limits:
    return Limits(built.settings.max_depth, built.settings.max_digits, built.settings.max_request_bytes)


def _kept(built: Built, telemetry: Telemetry, durable: Durable) -> Keeping | None:
    """Return where writes are kept."""
    if not keeping.keeps(built.endpoints):
        return None
    known = problems.catalogue(declared(built.endpoints))
    return keeping.keeping(built.settings, durable, known, telemetry.metrics.write)


def build_to_serve(project: Path, environ: Mapping[str, str], blocks: Mapping[str, Block] = BLOCKS) -> Built:
    """Build a project that is to be served. Raise BuildError also where nobody could be let in."""
    built = build(project, environ, blocks)
    if mistakes := nobody_can_be_known(built.settings):
        raise BuildError(mistakes)
    return built


def create_app(
    project: Path | None = None, environ: Mapping[str, str] | None = None, blocks: Mapping[str, Block] = BLOCKS
) -> Flask:
    """Return the application of a project folder (default: as ``settings.project`` chooses)."""
    environ = settings_room.environment() if environ is None else environ
    built = build_to_serve(project or settings_room.project(environ), environ, blocks)
    telemetry = Telemetry(built.settings.log_level, tracer=tracer(built.settings.traces))
    telemetry.lines.adopt_libraries()
    if not built.known:
        telemetry.lines.warning("everyone-may-call", message="ADAPTER_CALLERS=everyone: nobody is asked who they are")
    return application(built, telemetry)


@collector.paused()
def application(built: Built, telemetry: Telemetry, watch: Watch = lambda endpoint, handle: handle) -> Flask:
    """Return the application of a built project. ``watch`` may wrap each operation's pipeline (``adapter explain``)."""
    durable = Durable(built.settings, built.project)
    kept = _kept(built, telemetry, durable)
    moving = following.moving(built.settings, durable, built.endpoints, telemetry)
    backends = opened(built, telemetry, durable, moving)
    made = handlers(built, telemetry, backends, kept)
    routes = [
        _route(each, watch(each, made[each.name]), each.timeout or built.settings.timeout) for each in built.endpoints
    ]
    routes += retired.routes(built.retired, made, built.settings.timeout)
    if kept is not None:
        around = observe(telemetry.started, telemetry.finished)
        routes += operations.routes(
            built.endpoints, *keeping.operations(kept), built.settings.timeout, around, known=built.known
        )
    routes += operating.routes(built.settings, built.endpoints, durable, observe(telemetry.started, telemetry.finished))
    callers = open_callers(built.settings, durable, telemetry) if built.known else None
    who = callers.of if callers is not None else anybody
    pages = [docs.install(to_json(openapi(built)), built.settings.title)]
    if moving is not None and operating.operated(built.settings, built.endpoints):
        desk = _desk(built, backends, kept)
        pages.append(operating.console(built.settings, built.endpoints, durable, callers, moving.now, desk))
    app = install(routes, built.settings, telemetry, who=who, declared=_declared(built), extra=pages)
    if callers is not None:
        ahead.announce(app, callers.begin)
    if moving is not None:
        ahead.announce(app, moving.begin)
    return app


def _desk(built: Built, backends: Backends, kept: Keeping | None) -> Callable[[], Desk] | None:
    """Return where writes that wait for a person are decided about, None where none are kept."""
    if kept is None:
        return None
    room = importlib.import_module("adapter.redriving")
    return room.desk(built.endpoints, backends, _limits(built), kept)  # type: ignore[no-any-return]


def _declared(built: Built) -> tuple[problems.Problem, ...]:
    """Return the problem types that mappings add, those of files without a contract too."""
    found = {each.slug: each for each in (*retired.problems(built.retired), *declared(built.endpoints))}
    return tuple(found.values())


def _route(endpoint: Endpoint, handle: Handler, timeout: float) -> Route:
    """Return the route of an operation, with the media types of documents and its header fields."""
    public = endpoint.policy.scopes is not None and endpoint.policy.scopes.public
    route = Route(endpoint.name, endpoint.method, endpoint.path, handle, timeout, public=public)
    taken, given = endpoint.body.document if endpoint.body is not None else None, endpoint.reply.rule.document
    if taken is not None:
        streams = sent_on(endpoint)
        route = replace(route, takes=taken.media_types, max_bytes=taken.max_bytes, streams=streams)
    rows = endpoint.body.rows if endpoint.body is not None else None
    if rows is not None:
        route = replace(route, takes=FORMS, max_bytes=rows.max_bytes, streams=True, rows=True)
    fields = tuple(field.name.lower() for field in header_parameters(endpoint))
    fields += operations.fields(endpoint.policy.write)
    fields += (HEADER, SHADOW) if endpoint.rollout is not None else ()
    shown = tuple(each.field.name for call in endpoint.whole() for each in call.reply.headers)
    route = replace(route, headers=fields, shown=shown)
    if endpoint.reply.rule.stream is not None:
        route = replace(route, forms=FORMS)
    return replace(route, gives=given.value) if given is not None else route


def openapi(built: Built) -> dict[str, Any]:
    """Return the OpenAPI document of a project."""
    settings = built.settings
    whole = openapi_document(
        built.endpoints,
        title=settings.title,
        version=settings.api_version,
        examples=read_examples(built.project / "tests" / "golden"),
        problems=problems.catalogue(_declared(built)),
        known=built.known,
        key_life=settings.key_life,
        operated=operating.operated(settings, built.endpoints),
    )
    return with_parts(whole, (each.document for each in built.retired))
