"""How the writes of one operation are sent, and how it is found out what became of them; made while building."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from adapter.mapping.model.write import WriteRule
from adapter.messages import Handler, Request, Response
from adapter.rollout.rules import Side
from adapter.rollout.stages import Standing

Ask = Callable[[Request], Response | None]
"""Takes a kept request, with a deadline of its own; the answer of the write, None where it had no effect.

Raises Unsettled where what is found is no proof, RequestError where nothing could be asked.
"""


class Unsettled(Exception):
    """What was found says neither that a write had an effect nor that it had none: a person has to look."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What the other side is asked for after a write was done: the request, and the entity that it is about."""

    request: Request
    entity: str


@dataclass(frozen=True, slots=True)
class TwoSides:
    """An operation of a feature that moves to a new service.

    ``side`` says who has the say about what a request is about, where the feature stands so. ``copy`` makes the request
    for the other side of a request that was done and of its answer (raises Unsettled where that cannot be done);
    ``send`` is how a copy is sent to each side.
    """

    feature: str
    side: Callable[[Request, Standing], Side]
    copy: Callable[[Request, Response, Side], Copied]
    send: Mapping[Side, Handler] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """One operation. ``send`` takes a kept request: its values are checked again, then the ERP is asked.

    ``resolve`` is None where the mapping does not say how. ``repeatable``: sending twice is the same as once.
    ``entity`` and ``subject`` say of a request whose it is, "" for nobody's. ``fill`` puts our own reference in where a
    caller gave none, and returns the request and the reference that it carries ("" for none).
    ``moving``: its feature moves; then ``http`` is the way to the new service, and this one leads to the ERP. ``wait``:
    seconds until "not found" is believed, where the rule does not say.
    """

    operation: str
    rule: WriteRule
    repeatable: bool
    send: Handler
    resolve: Ask | None
    entity: Callable[[Request], str]
    subject: Callable[[Request], str]
    fill: Callable[[Request, str], tuple[Request, str]]
    moving: TwoSides | None = None
    wait: float | None = None
    http: Way | None = None

    @property
    def after(self) -> float:
        """Seconds until "not found" is believed."""
        if self.wait is not None:
            return self.wait
        return self.rule.resolve.after if self.rule.resolve is not None else 0.0

    def around(self, wrap: Callable[[Handler], Handler]) -> Way:
        """Return the way with something around each call."""
        moving, http = self.moving, self.http
        if moving is not None:
            moving = replace(moving, send={side: wrap(send) for side, send in moving.send.items()})
        return replace(self, send=wrap(self.send), moving=moving, http=http.around(wrap) if http is not None else None)

    def at(self, side: Side) -> Way:
        """Return the way to one side."""
        return self.http if side == "http" and self.http is not None else self

    def to(self, request: Request, row: str, side: Side) -> Request:
        """Return a request as it goes to the side of its row. The new service gets the row's id as Idempotency-Key.

        So it is the same key however often it is sent, and no two callers' keys are ever the same one there.
        """
        if self.moving is None:
            return request
        headers = {**request.headers, "idempotency-key": f'"{row}"'} if side == "http" else request.headers
        return replace(request, side=side, headers=headers)
