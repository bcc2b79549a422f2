"""What is done with a feature by a form: who may, what it takes, and what has to be confirmed before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from adapter import problems
from adapter.console.who import APPROVE, OPERATE, Operator
from adapter.errors import FieldError
from adapter.moving.acting import Acting, Wish, refused
from adapter.moving.looking import Seen
from adapter.rollout.moves import Refusal

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: the scope it takes, what it is called on a button, and what is said once it is done."""

    name: str
    scope: str
    button: str
    done: str
    move: Callable[[Acting, Wish], object]


ACTS: Final[Mapping[str, Act]] = {
    each.name: each
    for each in (
        Act("advance", OPERATE, "Go one step on", "It went one step on.", Acting.advance),
        Act("rollback", OPERATE, "Roll back", "It went back. Every worker follows within a second.", Acting.rollback),
        Act("hold", OPERATE, "Put on hold", "The judge changes nothing until you resume it.", Acting.hold),
        Act("resume", OPERATE, "Resume", "The judge goes on.", Acting.resume),
        Act("pin", OPERATE, "Pin", "Nobody moves it forward while it is pinned.", Acting.pin),
        Act("unpin", OPERATE, "Unpin", "It may move again.", Acting.unpin),
        Act("restart", OPERATE, "Begin evidence anew", "The evidence begins anew from here.", Acting.restart),
        Act("approve", APPROVE, "Approve", "Your approval is kept.", Acting.approve),
    )
}
HOURS: Final[Mapping[str, str]] = {
    "1": "for an hour", "4": "for 4 hours", "24": "for a day", "168": "for a week", "": "until it is unpinned",
}  # fmt: skip
"""How long a pin may hold."""


def has_to_be_confirmed(act: Act, seen: Seen, form: Form) -> bool:
    """Whether an act takes two persons, or cannot be taken back, and was not confirmed yet."""
    two = (act.name == "advance" and seen.two) or act.name == "approve"
    lost = act.name == "rollback" and seen.standing.stage == "complete"
    return (two or lost) and form.get("confirmed") != "yes"


def must_have_reason(form: Form) -> None:
    """Raise 422 where nobody says why."""
    if not form.get("reason", "").strip():
        raise refused(Refusal("no-reason", "Say why: it goes into the audit."))


def wish(feature: str, operator: Operator, form: Form, now: float) -> Wish:
    """Return what somebody wants by a form. Raise 422 where it does not say which epoch he saw."""
    epoch, hours = form.get("epoch", ""), form.get("hours", "")
    wrong = []
    if not (epoch.isascii() and epoch.isdecimal() and len(epoch) < 19):
        wrong.append(FieldError("body", "/epoch", "must be a whole number"))
    if hours not in HOURS:
        wrong.append(FieldError("body", "/hours", "is none of the choices"))
    if wrong:
        raise problems.house("invalid-request", "The form is not whole. Load its page again.", fields=tuple(wrong))
    return Wish(
        feature, operator.called(form.get("name", "")), form.get("reason", "").strip(), int(epoch),
        to=form.get("to", ""), despite=form.get("despite") == "yes",
        accept_data_loss=form.get("accept_data_loss") == "yes", until=now + 3600.0 * int(hours) if hours else 0.0,
    )  # fmt: skip
