"""What a caller is told of a sequence that broke: the problem, and members that say what is left (RFC 9457, 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapter.errors import BackendError, BackendFault, RequestError
from adapter.problems import HOUSE

_UNDONE = "One of several calls failed. What the others had made was taken back."


@dataclass(slots=True)
class Made:
    """What a sequence has made so far.

    ``document`` is the answer so far, ``accepted`` how many items of each part were taken, ``at`` the part of the
    caller's body whose call is being made (a JSON Pointer, RFC 6901; "" where it is none).
    """

    document: dict[str, Any]
    accepted: dict[str, int] = field(default_factory=dict)
    at: str = ""

    def place(self) -> dict[str, str]:
        """Return the member that names the part."""
        return {"at": self.at} if self.at else {}


def unknown_main(error: BackendError) -> RequestError:
    """The main call had no whole answer: nobody knows what is there, so nobody can take it back."""
    return replace(error, members={"outcome": "unknown"})


def undone(error: RequestError, made: Made) -> RequestError:
    """The failed call's own problem, and that nothing is left of the others."""
    ours = isinstance(error, BackendError) and not isinstance(error, BackendFault)
    detail = _UNDONE if ours else error.detail
    return replace(
        error, detail=detail, members={"outcome": "undone", **made.place()}, cause=_joined(error.cause, "undone")
    )


def half_made(error: RequestError, left: str, made: Made, headers: Mapping[str, str]) -> RequestError:
    """Something is there that nobody could take back; ``left`` says why, for the log."""
    return _open("half-made", "half_made", error, made, headers, f"{error}; undo: {left}")


def unknown(error: RequestError, made: Made, headers: Mapping[str, str]) -> RequestError:
    """Everything was made, and it is not known whether it became final."""
    return _open("outcome-unknown", "unknown", error, made, headers, str(error))


def _open(
    problem: str, outcome: str, error: RequestError, made: Made, headers: Mapping[str, str], cause: str
) -> RequestError:
    members = {
        "outcome": outcome,
        **made.place(),
        "failed": f"/problems/{error.problem}",
        "known": made.document,
        **({"accepted": made.accepted} if made.accepted else {}),
    }
    return BackendError(
        problem, HOUSE[problem].status, error.detail, headers=headers, cause=cause, members=members, sent="yes"
    )


def _joined(*texts: str) -> str:
    return "; ".join(text for text in texts if text)
