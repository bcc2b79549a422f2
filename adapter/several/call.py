"""One SOAP call as part of an operation: how it is asked, what it answers, and what its request is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapter.errors import RequestError
from adapter.mapping.bound import Call
from adapter.messages import Checked, Request
from adapter.translate.taken import filler


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call answered: its document, what others may take from its reply, by path, and what was odd.

    ``headers`` are header fields of our answer.
    """

    document: Any = None
    taken: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


Ask = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class Part:
    """One further call, ready to be made. ``requests`` makes its requests, one for each time it is to be made.

    None stands for a request that cannot be made, since the main call's reply lacks what it takes.
    """

    call: Call
    ask: Ask
    requests: Callable[[Request, Mapping[str, str]], list[Request | None]]

    @property
    def name(self) -> str:
        """Its property."""
        return self.call.name


def part(call: Call, ask: Ask) -> Part:
    """Compile one further call. The causes of its errors name it, for the log."""
    fill, name = filler(call), call.name

    def requests(request: Request, taken: Mapping[str, str]) -> list[Request | None]:
        assert request.checked is not None
        return [_one(request, checked, taken) for checked in request.checked.calls.get(name, ())]

    def _one(request: Request, checked: Checked, taken: Mapping[str, str]) -> Request | None:
        filled = fill(taken)
        if filled is None or request.checked is None:
            return None
        own = replace(checked, path={**checked.path, **filled}, call=request.checked.call)
        return replace(request, checked=own, trace=_named(request, name))

    def named(request: Request) -> Answer:
        try:
            return ask(request)
        except RequestError as error:
            if not error.cause.startswith(f"{call.endpoint.name}:"):
                error.cause = f"{call.endpoint.name}: {error.cause or error.problem}"
            raise

    return Part(call, named, requests)


def _named(request: Request, name: str) -> Callable[[str, bytes], None] | None:
    """Return the trace of one of several calls: what it sees is named after the call."""
    trace = request.trace
    return None if trace is None else lambda kind, message: trace(f"{kind} {name}", message)
