"""``adapter rollout advance`` and its siblings: each is one wish, and prints where the feature stands then."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable

from adapter.cli.command import actor, say
from adapter.cli.rollout_shown import acting_of
from adapter.errors import RequestError
from adapter.moving.acting import Acting, Wish
from adapter.rollout.rules import Step
from adapter.rollout.stages import Standing

ASKED = 3
"""Exit status where somebody else has to approve it."""


def advance(asked: Namespace) -> int:
    """Go one step on."""
    return _moved(asked, Acting.advance, to=asked.to, despite=asked.despite)


def rollback(asked: Namespace) -> int:
    """Go back."""
    return _moved(asked, Acting.rollback, to=asked.to, accept_data_loss=asked.accept_data_loss)


def hold(asked: Namespace) -> int:
    """Let the judge change nothing."""
    return _moved(asked, Acting.hold)


def resume(asked: Namespace) -> int:
    """Let the judge go on."""
    return _moved(asked, Acting.resume)


def pin(asked: Namespace) -> int:
    """Let nobody move it on."""
    return _moved(asked, Acting.pin, until=time.time() + 3600 * asked.hours if asked.hours else 0.0)


def unpin(asked: Namespace) -> int:
    """Let it move again."""
    return _moved(asked, Acting.unpin)


def restart(asked: Namespace) -> int:
    """Let evidence begin anew."""
    return _moved(asked, Acting.restart)


def approve(asked: Namespace) -> int:
    """Agree to a step."""
    made = acting_of(asked).approve(_wish(asked, to=asked.to))
    print(f"{made.feature}: {made.actor} approves '{made.action}' at epoch {made.epoch}")
    return 0


def _moved(asked: Namespace, move: Callable[[Acting, Wish], Standing], **more: object) -> int:
    try:
        standing = move(acting_of(asked), _wish(asked, **more))
    except RequestError as error:
        if error.problem != "approval-needed":
            raise
        say(f"adapter: {error.problem}: {error.detail}; `adapter rollout approve {asked.feature}` does")
        return ASKED
    print(f"{standing.feature}: {Step(standing.stage, standing.share)} at epoch {standing.epoch}")
    return 0


def _wish(asked: Namespace, **more: object) -> Wish:
    who = f"cli:{asked.actor}" if asked.actor else actor()
    return Wish(asked.feature, who, asked.reason, asked.epoch, **more)  # type: ignore[arg-type]
