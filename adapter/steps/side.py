"""The step that gives a request its side: the ERP, or the new service, where its feature moves from one to the other.

Rule 1: where features stand is looked up once, in memory; the request keeps to what it saw (``Request.epoch``).
Rule 2: one whose write meets another epoch (``Moved``) is placed anew, once, with a look at the store.
Rule 3: while nobody knows where a feature stands nothing is asked: an ERP that was left may answer what is old.
Rule 4: what all requests have in common at ``legacy`` is settled once for each snapshot.
Rule 5: a tester may choose the side of a read, with a scope; it is nobody's evidence.
Rule 6: a write that is marked as a dry run is refused: here is nobody who would not carry it out.

It stands before ``cached``, so that an answer is kept for the side and the epoch that gave it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from adapter import problems
from adapter.errors import FieldError, InvalidRequest, Moved, RequestError
from adapter.mapping.bound import Endpoint
from adapter.messages import DRY_RUN, SHADOW, Handler, Middleware, Placed, Request, Response, placed_request
from adapter.moving.needed import Moving
from adapter.moving.placing import Placing
from adapter.rollout.rules import Side
from adapter.strict_json import encode

if TYPE_CHECKING:
    from adapter.moving.follow import Snapshot

HEADER: Final = "rollout-side"
SCOPE: Final = "rollout.test"
TRACED: Final = "side"
"""What a request's ``trace`` is told: JSON with the side, and why."""
_SOON: Final = {"Retry-After": "1"}


def placing(endpoint: Endpoint, moving: Moving | None) -> Iterator[Middleware]:
    """Yield the step, where an operation moves."""
    if moving is not None and endpoint.rollout is not None:
        yield side(endpoint.name, Placing(endpoint, endpoint.rollout, moving.key), moving)


def side(operation: str, place: Placing, moving: Moving) -> Middleware:
    """Return the step of one operation."""
    feature, unkeyed = place.feature, moving.told.unkeyed
    of_all: tuple[Snapshot | None, tuple[int, Placed] | None] = None, None

    def placed(request: Request, snapshot: Snapshot) -> Request:
        nonlocal of_all
        seen = of_all
        if seen[0] is not snapshot:
            seen = of_all = snapshot, place.shared(snapshot)
        if seen[1] is None or request.trace is not None or HEADER in request.headers:
            return alone(request, snapshot)
        epoch, there = seen[1]
        return placed_request(request, "soap", epoch, there) if epoch else request  # else it never moved

    def alone(request: Request, snapshot: Snapshot) -> Request:
        asked_for = _asked_for(request, place) if HEADER in request.headers else None
        standing = snapshot.of(feature)
        if not snapshot.known and asked_for is None and not snapshot.braked(feature):
            raise _unknown()
        if standing.epoch == 0 and asked_for is None and request.trace is None:  # nobody knows, and the brake is pulled
            return request
        found = place.placed(request, snapshot, asked_for)
        if found.placed is not None and not found.placed.entity and standing.stage != "legacy":
            unkeyed(operation)
        if request.trace is not None:
            request.trace(TRACED, encode({"side": found.side, "why": place.why(found)}))
        return found

    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            try:
                return then(placed(request, moving.now()))
            except Moved:
                return then(placed(request, moving.look()))

        return handle if place.reads else _no_dry_runs(handle)

    return wrap


def _no_dry_runs(then: Handler) -> Handler:
    def handle(request: Request) -> Response:
        if SHADOW in request.headers and request.headers[SHADOW].strip().lower() == DRY_RUN:
            raise _wrong("Here are no dry runs. Nothing was done.", "Shadow")
        return then(request)

    return handle


def _asked_for(request: Request, place: Placing) -> Side:
    """Return the side that a tester asks for. Raise 403 without the scope, 422 where it cannot be chosen."""
    if SCOPE not in request.caller.scopes:
        detail = f"Rollout-Side is for testers; the key or token lacks: {SCOPE}."
        raise problems.house("forbidden", detail, members={"missing": [SCOPE]})
    given = request.headers[HEADER].strip()
    if not place.reads:
        raise _wrong("The side of a write cannot be chosen: each entity has one.")
    if given == "soap":
        return "soap"
    if given == "http":
        return "http"
    raise _wrong("Must be soap or http.")


def _wrong(detail: str, name: str = "Rollout-Side") -> InvalidRequest:
    return InvalidRequest("invalid-request", 422, fields=(FieldError("header", name, detail),))


def _unknown() -> RequestError:
    return problems.house("store-unavailable", cause="where the feature stands was never read", headers=_SOON)
