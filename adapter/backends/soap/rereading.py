"""Reading an answer once more that was refused, since what it is read with is newer now (a code table)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from adapter.errors import BackendReplyInvalid, RequestError
from adapter.messages import Request

R = TypeVar("R")
Again = Callable[[RequestError, Request], bool]


def never(error: RequestError, request: Request) -> bool:
    """Say that an answer that was refused stays so."""
    return False


def reread(read: Callable[[Any], R], again: Again, child: Any, request: Request) -> R:
    """Return what ``read`` makes of an element, as often as ``again`` says so. Raises BackendReplyInvalid."""
    while True:
        try:
            return read(child)
        except BackendReplyInvalid as error:
            if not again(error, request):
                raise
