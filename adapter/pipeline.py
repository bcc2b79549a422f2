"""The one page that shows the order of everything.

::

    web -> observe -> allow -> limit -> side -> cached -> if_match -> look_up -> validate -> once -> read_first -> route
             route -> soap   (writer -> envelope -> reader; or several)
                   -> http   (the caller's JSON as it came), where the side of the request says so: see ``sides``
    web <- observe <- validate <-  answers and errors come back up the same calls

Rule 1: a step is a function that takes its configuration and returns a Middleware; its inner function is ``handle``, so
        that a traceback reads as this page.
Rule 2: no step catches what it cannot mend; only ``web`` speaks HTTP.
Rule 3: everything is made here, while building. A request only runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from typing import Any, TypeVar

from adapter import pieces
from adapter.backends.http import Login, served, unknown
from adapter.backends.sides import sides
from adapter.backends.soap import Again, SoapPort, asking, never, soap
from adapter.backends.soap.rows import beginning
from adapter.backends.soap.tables import Kept, again_of, of_endpoint
from adapter.backends.soap.ways import way as soap_way
from adapter.cache import Cache
from adapter.deliver.way import Way
from adapter.exchange import Exchange
from adapter.guard import UNGUARDED, Guard
from adapter.mapping.bound import Cursor, Endpoint, Turn
from adapter.mapping.model.cursor import CursorRule
from adapter.mapping.model.soap import PortKey
from adapter.mapping.tables import Table
from adapter.messages import Checked, Handler, Middleware, Request
from adapter.moving.needed import Moving
from adapter.moving.ways import two_sided
from adapter.respond import respond, respond_rows
from adapter.several import Answer, Ask, Cursors, joined, paged, part, sequence
from adapter.shared import Shared
from adapter.steps.allow import allow
from adapter.steps.cached import keeping
from adapter.steps.if_match import conflict, if_match
from adapter.steps.limit import Limiting, limiting
from adapter.steps.look_up import look_up
from adapter.steps.observe import observe
from adapter.steps.read_first import read_first
from adapter.steps.side import placing
from adapter.steps.touching import dropping
from adapter.steps.validate import validate
from adapter.telemetry import Outcome, Tracer
from adapter.telemetry.spans import spanned
from adapter.translate.fault import fault_reader
from adapter.translate.flowing import Coming, Flow, flow
from adapter.translate.made import TextOf
from adapter.translate.poured import pouring_writer
from adapter.translate.reader import Result, record_reader
from adapter.translate.replies import reply_reader
from adapter.translate.taken import taking_reader
from adapter.translate.text_writer import text_writer
from adapter.translate.turning import Page, page_reader
from adapter.translate.writer import header_writer, unset
from adapter.trials import trial
from adapter.writing import way_of

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Backends:
    """Where operations can be answered: SOAP ports by ``SoapRule.key``; microservices by name.

    ``text_of`` returns how a part of credentials is read. ``cursors`` writes and reads the cursors of lists. ``tables``
    are the code tables that operations share, ``guards`` those of the microservices, by their names. ``shared`` is what
    workers share, ``cache`` has answers that are given again, if any; ``limiting`` counts what callers ask. ``login``
    returns how a microservice is shown credentials, by their name and the field of a key.
    ``moving`` is what features need that move, None where nothing does.
    """

    soap: Mapping[PortKey, SoapPort]
    http: Mapping[str, Exchange]
    text_of: TextOf = unset
    cursors: Cursors = field(default_factory=Cursors)
    tables: Mapping[Table, Kept] = field(default_factory=dict)
    guards: Mapping[str, Guard] = field(default_factory=dict)
    shared: Shared | None = None
    cache: Cache | None = None
    limiting: Limiting = field(default_factory=Limiting)
    login: Login = unknown
    moving: Moving | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on the JSON that callers send: its depth, the digits of a number, and the bytes of one of many rows."""

    max_depth: int
    max_digits: int
    row_bytes: int = 2**20


def build(
    endpoint: Endpoint,
    backends: Backends,
    limits: Limits,
    started: Callable[[], None],
    finished: Callable[[Outcome], None],
    *,
    known: bool = False,
    tracer: Tracer | None = None,
    once: Callable[[Way], Middleware] | None = None,
) -> Handler:
    """Put one operation together.

    ``known``: requests say who they are from, and its scopes count. ``tracer`` collects spans of all that happens.
    ``once`` returns the step that keeps its writes, None where nobody keeps any.
    """
    keeps = endpoint.write is not None and endpoint.write.rule.kept
    match = endpoint.write.rule.if_match if endpoint.write is not None else None
    depth, digits = limits.max_depth, limits.max_digits
    steps = [
        observe(started, finished),
        *([allow(endpoint.policy.scopes.names)] if known and endpoint.policy.scopes is not None else []),
        *limiting(endpoint, backends.limiting),
        *placing(endpoint, backends.moving),
        *keeping(endpoint, backends.cache),
        *([if_match(endpoint, match, max_depth=depth, max_digits=digits)] if match is not None else []),
        *_before(endpoint, backends, limits),
        *([once(way(endpoint, backends, limits))] if once is not None and keeps else []),
        *_nearest(endpoint, backends),
    ]
    answer = _answer(endpoint, backends)
    return pieces.call(chain(*(steps if tracer is None else spanned(tracer, steps)), then=answer))


def way(endpoint: Endpoint, backends: Backends, limits: Limits) -> Way:
    """Return how the writes of one operation are sent and settled, by a request or by the background process."""
    asked = partial(inner, backends=backends, limits=limits)
    made, moving = way_of(endpoint, asked), backends.moving
    return (
        two_sided(endpoint, made, moving, _answer(endpoint, backends), asked) if moving and endpoint.rollout else made
    )


def inner(endpoint: Endpoint, backends: Backends, limits: Limits, *last: Middleware) -> Handler:
    """Return an operation without what stands around it for callers; ``last`` is met just before the ERP is asked."""
    steps = (*_before(endpoint, backends, limits), *_nearest(endpoint, backends), *last)
    return pieces.call(chain(*steps, then=_answer(endpoint, backends)))


def _before(endpoint: Endpoint, backends: Backends, limits: Limits) -> Iterator[Middleware]:
    """Yield the steps that check what was sent."""
    if endpoint.lookups:
        yield look_up([each.ready for each in of_endpoint(endpoint, backends.tables)])
    yield validate(endpoint, max_depth=limits.max_depth, max_digits=limits.max_digits, row_bytes=limits.row_bytes)


def _answer(endpoint: Endpoint, backends: Backends) -> Handler:
    answer, moving = _soap(endpoint, backends), backends.moving
    if moving is not None and endpoint.rollout is not None:
        there = _service(endpoint, backends)
        tried = trial(endpoint, backends.text_of, there)
        answer = sides(endpoint, answer, served(endpoint, *there), moving, tried)
    return chain(*dropping(endpoint, backends.cache), then=answer)


def chain(*steps: Middleware, then: Handler) -> Handler:
    """Wrap ``then`` so that a request meets the steps in the order in which they are written."""
    return reduce(lambda handle, step: step(handle), reversed(steps), then)


def _nearest(endpoint: Endpoint, backends: Backends) -> Iterator[Middleware]:
    """Yield the steps next to the call: one says that a version is old, one reads the record a body is merged into."""
    if endpoint.write is not None and endpoint.write.rule.if_match is not None:
        yield conflict(endpoint.write.rule.if_match)
    reads = endpoint.body.reads if endpoint.body is not None else None
    if reads is not None:
        yield read_first(reads, _call(reads, backends, record_reader(reads), align=True))


def _soap(endpoint: Endpoint, backends: Backends) -> Handler:
    if endpoint.further():
        return _several(endpoint, backends)
    if endpoint.cursor is not None:
        return _paged(endpoint, endpoint.cursor, backends)
    rule = endpoint.resource.soap
    if (rows := flow(endpoint)) is not None:
        return _flowing(endpoint, rows, backends)
    return soap(
        backends.soap[rule.key],
        endpoint.operation,
        write=_message(endpoint, backends),
        read=reply_reader(endpoint),
        read_fault=fault_reader(endpoint),
        respond=respond(endpoint),
        headers=header_writer(endpoint, backends.text_of),
        again=again_of(endpoint, backends.tables),
        way=soap_way(endpoint, align=False),
        policy=endpoint.policy,
    )


def _message(endpoint: Endpoint, backends: Backends) -> Callable[[Checked], Any]:
    """Return how a request is written: all of it, or around rows that are still arriving."""
    takes_rows = endpoint.body is not None and endpoint.body.rows is not None
    return (pouring_writer if takes_rows else text_writer)(endpoint, backends.text_of)


def _flowing(endpoint: Endpoint, rows: Flow, backends: Backends) -> Handler:
    """Return the handler of a list that leaves row by row."""
    read: Callable[[Any], Result | Coming] = reply_reader(endpoint)
    port, again = backends.soap[endpoint.resource.soap.key], again_of(endpoint, backends.tables)
    return soap(
        port,
        endpoint.operation,
        write=_message(endpoint, backends),
        read=read,
        read_fault=fault_reader(endpoint),
        respond=respond_rows(endpoint),
        headers=header_writer(endpoint, backends.text_of),
        again=again,
        way=soap_way(endpoint, align=False),
        begin=beginning(endpoint, port.version, rows, soap_way(endpoint), again),
        policy=endpoint.policy,
    )


def _several(endpoint: Endpoint, backends: Backends) -> Handler:
    again = again_of(endpoint, backends.tables)
    main = _ask(endpoint, backends, again)
    made = {call.name: part(call, _ask(call.endpoint, backends, again)) for call in endpoint.further()}
    parts = [made[call.name] for call in endpoint.calls]
    if endpoint.changes:
        return sequence(endpoint, main, parts, made.get("commit"), made.get("undo"), respond(endpoint))
    return joined(endpoint, main, parts, respond(endpoint))


def _paged(endpoint: Endpoint, cursor: Cursor, backends: Backends) -> Handler:
    again = again_of(endpoint, backends.tables)
    first = _ask_page(endpoint, cursor.rule, cursor.first_turn, backends, again)
    following = _ask_page(cursor.next, cursor.rule, cursor.next_turn, backends, again)
    return paged(endpoint, cursor, first, following, backends.cursors)


def _ask_page(
    endpoint: Endpoint, rule: CursorRule, turn: Turn, backends: Backends, again: Again
) -> Callable[[Request, int], Page]:
    """Return how one page of the ERP is asked for."""
    ask = _call(endpoint, backends, page_reader(endpoint, rule, turn), again)

    def page(request: Request, asked: int) -> Page:
        read, notes = ask(request)
        found = read(asked)
        return replace(found, notes=notes + found.notes)

    return page


def _ask(endpoint: Endpoint, backends: Backends, again: Again) -> Ask:
    """Return how one of several SOAP calls is made."""
    ask = _call(endpoint, backends, taking_reader(endpoint), again)

    def answer(request: Request) -> Answer:
        (result, taken), notes = ask(request)
        return Answer(result.document, taken, notes + result.notes, result.headers)

    return answer


def _call(
    endpoint: Endpoint, backends: Backends, read: Callable[[Any], R], again: Again = never, *, align: bool = False
) -> Callable[[Request], tuple[R, tuple[str, ...]]]:
    """Return how one SOAP call is made whose answer ``read`` reads: what was read, and what was odd.

    ``align`` brings the answer back to its contract before, for what does not do so itself.
    """
    return asking(
        backends.soap[endpoint.resource.soap.key],
        endpoint.operation,
        write=text_writer(endpoint, backends.text_of),
        read=read,
        read_fault=fault_reader(endpoint),
        headers=header_writer(endpoint, backends.text_of),
        again=again,
        way=soap_way(endpoint, align=align),
        policy=endpoint.policy,
    )


def _service(endpoint: Endpoint, backends: Backends) -> tuple[Exchange, Guard, Login]:
    rule = endpoint.resource.http
    assert rule is not None
    return backends.http[rule.service], backends.guards.get(rule.service, UNGUARDED), backends.login
