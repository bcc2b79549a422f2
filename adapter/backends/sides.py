"""The handler of an operation that moves: it asks the side of the request, and the ERP where the new service fails.

Rule 1: a read that the new service does not answer, or too late, is answered by the ERP within what is left of the
        request's time, in ``canary`` and ``live``. From ``rampdown`` on what the ERP has may be old: nobody falls back.
Rule 2: a write goes to its side, and nowhere else. At ``shadow`` it is tried out once the ERP has answered (``Trial``).
Rule 3: what either side did is noted for the judge, as it would have been for the caller without the other one.
Rule 4: a request without a place (a kept one) has its side alone.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from adapter.errors import AdapterError, BackendError, BackendFault, BackendTimeout, BackendUnavailable, RequestError
from adapter.guard.gates import REFUSED
from adapter.mapping.bound import Endpoint
from adapter.mapping.service_forms import timeout_of
from adapter.messages import Handler, Placed, Request, Response, is_shadow
from adapter.moving.needed import Beside, Moving, Trial
from adapter.moving.placing import unit
from adapter.rollout.rules import Side

_FALLING_BACK: Final = ("canary", "live")
_BESIDE: Final = ("shadow", "dualwrite", "canary", "live")
_CLOSED: Final = REFUSED + "closed"
_NOT_ASKED: Final = (REFUSED + "breaker", REFUSED + "probing", _CLOSED)
_PART: Final = 1 / 3
"""Of what is left of a request's time the new service has this much, and the ERP the rest."""
_MOST: Final = 2 / 3
_WHOLE: Final = 0.9
"""A call that had less than this much of its time says nothing where it was too late."""


def sides(endpoint: Endpoint, soap: Handler, http: Handler, moving: Moving, trial: Trial | None = None) -> Handler:
    """Return the handler. ``soap`` and ``http`` ask the ERP and the new service, ``trial`` is what tries writes out."""
    asking = _Asking(endpoint, soap, http, moving, trial)
    return asking.read if endpoint.policy.effect == "read" else asking.write


class _Asking:
    """Both sides of one operation."""

    def __init__(
        self, endpoint: Endpoint, soap: Handler, http: Handler, moving: Moving, trial: Trial | None = None
    ) -> None:
        rule = endpoint.rollout
        assert rule is not None
        self._soap, self._http, self._moving = soap, http, moving
        self._operation, self._feature = endpoint.name, endpoint.resource.name
        self._empty = endpoint.reply.rule.empty_problem
        self._slow = rule.beside.slow
        self._part = Part(timeout_of(endpoint), self._slow)
        self._usual = self._part.of(endpoint.timeout or moving.timeout)
        self._beside: Beside | None = None
        if moving.beside is not None and endpoint.policy.effect == "read":
            self._beside = moving.beside(endpoint, soap, http)
        self._trying = moving.trying(endpoint, trial) if moving.trying is not None and trial is not None else None

    def write(self, request: Request) -> Response:
        """Answer a write by its side."""
        side = self._side(request)
        try:
            response = self._by(request, side, request)
        except RequestError as error:
            if side == "soap" and self._answers(error):
                self._tried_out(request, error)
            raise
        if side == "soap":
            self._tried_out(request, response)
        return response

    def read(self, request: Request) -> Response:
        """Answer a read by its side; by the ERP where that is the new service, and fails."""
        placed, side = request.placed, self._side(request)
        if side == "http" and placed is not None and placed.stage in _FALLING_BACK and not placed.asked_for:
            return self._tried(request)
        try:
            response = self._by(request, side, request)
        except RequestError as error:
            if self._answers(error):
                self._told(request, side, error)
            raise
        self._told(request, side, response)
        return response

    def _tried(self, request: Request) -> Response:
        """Ask the new service for a part of the time, then the ERP."""
        given = self._part.of(request.deadline - time.monotonic())
        try:
            response = self._by(request, "http", replace(request, deadline=time.monotonic() + given), given)
        except BackendError as error:
            if self._answers(error):
                self._told(request, "http", error)
                raise
            cause = error.problem
        except AdapterError:  # it is about the request, and the ERP would be told the same
            raise
        except Exception as error:  # a defect of ours with an answer of theirs: told, and the ERP is asked
            self._moving.told.bug(error, request.id, self._operation)
            cause = "internal-error"
        else:
            self._told(request, "http", response)
            return response
        self._moving.told.fell_back(self._operation, cause)
        answered = self._by(request, "soap", request)
        return replace(answered, notes=(f"answered-by-the-other-side:{cause}", *answered.notes))

    def _answers(self, error: Exception) -> bool:
        """Whether an error is an answer: a refusal that the operation declares (4xx), or that nothing is there."""
        if isinstance(error, BackendFault):
            return error.status < 500
        return isinstance(error, RequestError) and error.problem == self._empty != ""

    def _side(self, request: Request) -> Side:
        return "http" if request.side == "http" else "soap"

    def _by(self, request: Request, side: Side, asked: Request, given: float = 0.0) -> Response:
        """Ask one side, and note what it did."""
        begun = time.monotonic()
        try:
            response = (self._http if side == "http" else self._soap)(asked)
        except Exception as error:
            if isinstance(error, BackendError) or not isinstance(error, AdapterError) or self._answers(error):
                self._note(request, side, time.monotonic() - begun, error, given)
            raise
        self._note(request, side, time.monotonic() - begun, None, given)
        return response

    def _note(self, request: Request, side: Side, seconds: float, error: Exception | None, given: float) -> None:
        placed = request.placed
        if request.kind or request.trace is not None or (placed is not None and placed.asked_for):
            return
        if placed is None:  # its feature never moved, or it was kept and is delivered now
            standing = self._moving.now().of(self._feature)
            run, share, who = standing.run, standing.share, ""
        else:
            run, share, entity = placed.run, placed.share, placed.entity
            who = unit(self._moving.key, self._feature, entity) if entity else ""
        ok = seconds <= self._slow
        if error is not None:
            if isinstance(error, BackendUnavailable) and error.cause in _NOT_ASKED:
                if side == "http" and error.cause != _CLOSED:
                    self._moving.notes.opened(self._feature, run)
                return
            if isinstance(error, BackendTimeout) and given and given < self._usual * _WHOLE:
                return
            ok = ok and self._answers(error)
        self._moving.notes.called(self._feature, run, self._operation, side, who, share, seconds, ok)

    def _tried_out(self, request: Request, what: Response | RequestError) -> None:
        """Let a write that the ERP answered be tried out at ``shadow``; one that was kept stands where it does now."""
        placed = request.placed
        if self._trying is None or request.kind:
            return
        if placed is None:
            standing = self._moving.now().of(self._feature)
            placed = Placed(self._feature, standing.stage, standing.run, standing.share)
        if placed.stage == "shadow" and not placed.braked and not is_shadow(request):
            self._trying(request if request.placed is not None else replace(request, placed=placed), "soap", what)

    def _told(self, request: Request, side: Side, what: Response | RequestError) -> None:
        placed, beside = request.placed, self._beside
        if beside is None or placed is None or placed.stage not in _BESIDE:
            return
        if not (placed.braked or placed.asked_for or request.kind or is_shadow(request)):
            beside(request, side, what)


class Part:
    """How much of its time a request gives the new service. ``own``: what the mapping says, None for nothing."""

    def __init__(self, own: float | None, slow: float) -> None:
        self._own, self._slow = own, slow

    def of(self, left: float) -> float:
        """Return the seconds of ``left`` that are the new service's."""
        return min(self._own, left * _MOST) if self._own is not None else min(left * _PART, self._slow)
