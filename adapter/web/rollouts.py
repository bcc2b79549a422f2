"""``/v1/rollouts``: where features stand, and what moves them, for operators and their programs.

Rule 1: whoever changes something says which epoch he saw, and why. Rule 2: the actor is who the caller is known to be;
what he says he is counts in a demonstration alone, and there only from this machine.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from adapter import problems, strict_json
from adapter.errors import FieldError, RequestError
from adapter.messages import Handler, Middleware, Request, Response
from adapter.moving.acting import Acting, Wish
from adapter.moving.looking import Seen
from adapter.rollout.rules import Step
from adapter.steps.allow import allow
from adapter.store.audit import Entry
from adapter.web.edge import Route

PATH: Final = "/v1/rollouts"
_DEPTH, _DIGITS = 4, 18
_ALWAYS: Final = {"epoch", "reason"}
ACTIONS: Final[Mapping[str, frozenset[str]]] = {
    "advance": frozenset(("to", "despite")),
    "rollback": frozenset(("to", "accept_data_loss")),
    "approve": frozenset(("to",)),
    "hold": frozenset(),
    "resume": frozenset(),
    "pin": frozenset(("until",)),
    "unpin": frozenset(),
    "restart": frozenset(),
}
"""What each action takes beside the epoch and the reason."""


class Who(Protocol):
    """Says who may do what, and who did it."""

    def may(self, scope: str) -> Middleware:
        """Return the step that lets in who may."""

    def actor(self, request: Request, said: str) -> str:
        """Return who does it, where he says that he is called so."""

    takes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """Callers are known: their scopes say what they may."""

    takes: frozenset[str] = frozenset()

    def may(self, scope: str) -> Middleware:
        """Let in who has the scope."""
        return allow((scope,))

    def actor(self, request: Request, said: str) -> str:
        """Return the caller's id."""
        return request.caller.id


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody is known (ADAPTER_CALLERS=everyone): everybody may look, and nobody may change anything."""

    takes: frozenset[str] = frozenset()

    def may(self, scope: str) -> Middleware:
        """Let in who only looks."""
        return (lambda then: then) if scope == "rollout.read" else _refusing

    def actor(self, request: Request, said: str) -> str:
        """Return nobody; nobody comes so far."""
        return ""


@dataclass(frozen=True, slots=True)
class Demo:
    """A demonstration on one machine (ADAPTER_CONSOLE=demo): whoever is on it may do all, by the name that he says."""

    takes: frozenset[str] = frozenset(("actor",))

    def may(self, scope: str) -> Middleware:
        """Let in who asks from this machine."""
        return (lambda then: then) if scope == "rollout.read" else _from_here

    def actor(self, request: Request, said: str) -> str:
        """Return the name that is said."""
        return f"demo:{said or 'somebody'}"


def routes(acting: Acting, who: Who, timeout: float, around: Callable[[Handler], Handler]) -> list[Route]:
    """Return the routes. ``around`` is what stands before all of them."""

    def every(request: Request) -> Response:
        return _json({"items": [shown(each) for each in acting.list()]})

    def one(request: Request) -> Response:
        return _json(shown(acting.show(request.path["feature"]), whole=True))

    reads = {"list": (PATH, every), "read": (f"{PATH}/{{feature}}", one)}
    found = [
        Route(f"rollouts.{verb}", "GET", path, around(who.may("rollout.read")(handle)), timeout)
        for verb, (path, handle) in reads.items()
    ]
    for action in ACTIONS:
        scope = "rollout.approve" if action == "approve" else "rollout.operate"
        handle = around(who.may(scope)(_acts(acting, who, action)))
        found.append(Route(f"rollouts.{action}", "POST", f"{PATH}/{{feature}}/{action}", handle, timeout))
    return found


def _acts(acting: Acting, who: Who, action: str) -> Handler:
    taken = ACTIONS[action] | who.takes
    move: Callable[[Wish], object] = getattr(acting, action)

    def handle(request: Request) -> Response:
        said = _said(request, taken)
        until = said.pop("until", "")
        actor = who.actor(request, said.pop("actor", ""))
        move(Wish(request.path["feature"], actor, until=_time(until) if until else 0.0, **said))
        return _json(shown(acting.show(request.path["feature"]), whole=True))

    return handle


def _said(request: Request, taken: frozenset[str]) -> dict[str, Any]:
    """Return the members of a body. Raise 422 with each that is missing, unknown or of a wrong type."""
    body = strict_json.decode(request.body, max_depth=_DEPTH, max_digits=_DIGITS) if request.body else {}
    if not isinstance(body, dict):
        raise _invalid([FieldError("body", "", "must be an object")])
    wrong = [FieldError("body", f"/{name}", "is required") for name in sorted(_ALWAYS - body.keys())]
    for name, value in body.items():
        kind = _KINDS[name] if name in taken | _ALWAYS else None
        if kind is None:
            wrong.append(FieldError("body", f"/{name}", "is not known here"))
        elif type(value) is not kind:
            wrong.append(FieldError("body", f"/{name}", f"must be {_WORDS[kind]}"))
    if wrong:
        raise _invalid(wrong)
    return body


_KINDS: Final[Mapping[str, type]] = {
    "epoch": int, "reason": str, "to": str, "despite": bool, "accept_data_loss": bool, "until": str, "actor": str,
}  # fmt: skip
_WORDS: Final = {int: "a whole number", str: "a text", bool: "true or false"}


def _time(text: str) -> float:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise _invalid([FieldError("body", "/until", "must be a time (RFC 3339)")]) from error
    if found.tzinfo is None:
        raise _invalid([FieldError("body", "/until", "must name its offset, such as Z")])
    return found.timestamp()


def _invalid(wrong: list[FieldError]) -> RequestError:
    return problems.house("invalid-request", fields=tuple(wrong))


def _refusing(then: Handler) -> Handler:
    def handle(request: Request) -> Response:
        raise problems.house("forbidden", "Nobody is known here, so nobody may move a feature.")

    return handle


def _from_here(then: Handler) -> Handler:
    def handle(request: Request) -> Response:
        try:
            here = ipaddress.ip_address(request.address).is_loopback
        except ValueError:
            here = False
        if not here:
            raise problems.house("forbidden", "A demonstration is moved from its own machine.")
        return then(request)

    return handle


def shown(seen: Seen, *, whole: bool = False) -> dict[str, Any]:
    """Return a feature as callers see it; ``whole``: with what was approved and done."""
    standing, pin = seen.standing, seen.standing.pinned
    pinned = {"actor": pin.actor, "reason": pin.reason, "until": _moment(pin.until)} if pin is not None else None
    closed = {"kind": seen.closed.kind, "detail": seen.closed.words} if seen.closed is not None else None
    found: dict[str, Any] = {
        "feature": standing.feature,
        "epoch": standing.epoch,
        "stage": standing.stage,
        "step": str(Step(standing.stage, standing.share)),
        "since": _moment(standing.since),
        "plan": [str(step) for step in seen.feature.rule.steps],
        "next": str(seen.next) if seen.next is not None else None,
        "two_persons": seen.two,
        "closed": closed,
        "judge": seen.feature.rule.judge,
        "paused": standing.paused,
        "pinned": pinned,
        "rolled_back": standing.rolled_back or None,
        "dry_runs_off": standing.dry_runs_off or None,
        "verdict": standing.verdict or None,
        "actor": standing.actor or None,
        "reason": standing.reason or None,
        "operations": list(seen.feature.operations),
        "calls": {side: {"calls": of.calls, "failures": of.failures} for side, of in sorted(seen.calls.items())},
    }
    if whole:
        found["approvals"] = [
            {"action": each.action, "actor": each.actor, "reason": each.reason, "time": _moment(each.time)}
            for each in seen.approved
        ]
        found["history"] = [_entry(each) for each in seen.history]
    return found


def _entry(entry: Entry) -> dict[str, Any]:
    action = entry.action.removeprefix("rollout.")
    details = strict_json.decode(entry.details.encode(), max_depth=_DEPTH, max_digits=_DIGITS)
    return {"time": _moment(entry.time), "actor": entry.actor, "action": action, "details": details}


def _moment(seconds: float) -> str | None:
    if not seconds:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(value: Any) -> Response:
    return Response(200, strict_json.encode(value), headers={"Cache-Control": "no-store"})
