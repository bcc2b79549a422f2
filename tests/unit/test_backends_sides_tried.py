"""Which writes are handed to what tries them out: those that the ERP answered at ``shadow``, and no other."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from adapter.backends.sides import sides
from adapter.errors import BackendFault, BackendTimeout, RequestError
from adapter.messages import Placed, Request, Response
from adapter.moving.follow import Snapshot
from adapter.moving.needed import Trial
from adapter.rollout.rules import STAGES, Side, Stage
from adapter.rollout.stages import Standing
from tests.strangler.moving import Notebook, moving
from tests.unit.mapped import erp

TRIAL = Trial(None, lambda request: None)
PLACED = Placed("customers", "shadow", 2, 0, "42", 17)
DONE = Response(200, b"{}")
NO = BackendFault("version-conflict", 409, sent="yes", code="version-conflict")


def tried(
    request: Request,
    *,
    says: Response | RequestError = DONE,
    stage: Stage = "shadow",
    trial: Trial | None = TRIAL,
) -> list[tuple[Request, Side, Any]]:
    """Return what is handed over of one write."""
    found: list[tuple[Request, Side, Any]] = []

    def answer(request: Request) -> Response:
        if isinstance(says, RequestError):
            raise says
        return says

    snapshot = Snapshot({"customers": Standing("customers", 3, stage, run=2)}, True)
    known = moving(Notebook(), snapshot, trying=lambda endpoint, trial: lambda *told: found.append(told))
    handle = sides(erp()["customers.update"], answer, answer, known, trial)
    with suppress(RequestError):
        handle(request)
    return found


def asks(**more: Any) -> Request:
    """Return a write of a caller's that stands at shadow."""
    return replace(Request("customers.update", "1", time.monotonic() + 9, "PUT", side="soap", placed=PLACED), **more)


@pytest.mark.parametrize("says", [DONE, NO], ids=["done", "refused"])
def test_what_the_erp_answered_is_handed_over(says: Response | RequestError) -> None:
    """With its answer, or with its refusal."""
    request = asks()
    assert [(request, "soap", says)] == tried(request, says=says)


def test_a_kept_write_stands_where_its_feature_does_now() -> None:
    """``adapter work`` delivers it later, and it is tried out there."""
    ((request, _, _),) = tried(asks(placed=None))
    assert Placed("customers", "shadow", 2) == request.placed
    assert [] == tried(asks(placed=None), stage="dualwrite")


@pytest.mark.parametrize("stage", [each for each in STAGES if each != "shadow"])
def test_at_another_stage_nothing_is(stage: Stage) -> None:
    """Before there is nobody to ask, and after the new service gets the write itself."""
    assert [] == tried(asks(placed=replace(PLACED, stage=stage)))


@pytest.mark.parametrize(
    "request_",
    [
        asks(headers={"shadow": "true"}),
        asks(kind="shadow"),
        asks(placed=replace(PLACED, braked=True)),
        asks(side="http"),
    ],
    ids=["somebody's shadow", "ours", "the brake", "of the new service"],
)
def test_what_is_no_write_of_a_callers_at_the_erp_is_not(request_: Request) -> None:
    """A shadow has no shadow, and the brake stops all that is beside."""
    assert [] == tried(request_)


def test_an_erp_that_fails_says_nothing() -> None:
    """Whether it was done is not known."""
    assert [] == tried(asks(), says=BackendTimeout("backend-timeout", 504))


def test_without_a_trial_nothing_is() -> None:
    """The mapping says ``writes: off``."""
    assert [] == tried(asks(), trial=None)
