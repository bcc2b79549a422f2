"""What one worker hands to the others, and as bytes: an answer, an error, or that nobody may share what it got.

A line of JSON says what it is; the body of an answer stands behind it as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from adapter.errors import (
    BackendFault,
    BackendLost,
    BackendReplyInvalid,
    BackendTimeout,
    BackendUnavailable,
    BackendUnreachable,
    RequestError,
)

_KINDS: Final[Mapping[str, type[RequestError]]] = {
    each.__name__: each
    for each in (
        RequestError, BackendUnavailable, BackendUnreachable, BackendTimeout, BackendLost, BackendReplyInvalid,
        BackendFault,
    )
}  # fmt: skip
_NOT_CARRIED: Final = ("fields", "members")


@dataclass(frozen=True, slots=True)
class Carried:
    """What is handed on. ``status`` 0: no answer, but an ``error``, or that nobody may share it where there is none.

    ``age`` is the seconds since it was asked for, ``left`` those for which it stands, both from when it was handed on.
    ``seconds`` is how long the one who asked might take.
    """

    status: int = 0
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: RequestError | None = None
    age: float = 0.0
    left: float = 0.0
    seconds: float = 0.0

    def standing(self, seconds: float) -> Carried:
        """Return it as it is put where it stands for some seconds."""
        return replace(self, left=seconds)

    def later(self, left: float) -> Carried:
        """Return it as it is once it stands for so many seconds more."""
        return replace(self, left=left, age=self.age + max(0.0, self.left - left))


@dataclass(frozen=True, slots=True)
class Turn:
    """What a worker does about a key: it asks, or has what another one ``found`` (an answer, or an error).

    ``mark`` is the generation of the tags before it asks, None where nobody knows it. ``lease`` is ours.
    ``waited``: another one asked meanwhile.
    """

    name: str = ""
    mark: bytes | None = None
    lease: tuple[str, str] | None = None
    found: Carried | None = None
    waited: bool = False


def shareable(error: RequestError | None) -> RequestError | None:
    """Return an error that can be handed on. What only says that the request is wrong each finds out for itself."""
    if error is None or type(error).__name__ not in _KINDS or error.fields or error.members:
        return None
    return error


def packed(carried: Carried) -> bytes:
    """Return the bytes."""
    head: dict[str, Any] = {each.name: getattr(carried, each.name) for each in fields(carried) if each.name != "body"}
    error, head["headers"] = carried.error, dict(carried.headers)
    if error is not None:
        said = {each.name: getattr(error, each.name) for each in fields(error) if each.name not in _NOT_CARRIED}
        head["error"] = [type(error).__name__, {**said, "headers": dict(error.headers)}]
    return json.dumps(head).encode() + b"\n" + carried.body


def unpacked(data: bytes) -> Carried:
    """Return what ``packed`` was given. Its seal says that it was."""
    line, _, body = data.partition(b"\n")
    head = json.loads(line)
    if head["error"] is not None:
        kind, said = head["error"]
        head["error"] = _KINDS[kind](**said)
    return Carried(**head, body=body)
