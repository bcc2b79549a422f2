"""What the page is made of, for one process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapter.console.attempts import Attempts
from adapter.console.looking import Looks
from adapter.console.session import Sessions
from adapter.console.who import Who
from adapter.messages import Caller
from adapter.moving.acting import Acting

if TYPE_CHECKING:
    from adapter.deliver.desk import Desk

Typed = Callable[[str], tuple[str, Caller]]
"""Returns the id of an API key that a person has typed, and whose it is; raises 401, 503."""


@dataclass(frozen=True, slots=True)
class Parts:
    """``title`` is that of the API. ``typed`` is None where nobody logs in, ``desk`` where no writes are kept.

    ``seconds`` is how long a form may take to arrive.
    """

    title: str
    acting: Acting
    looks: Looks
    who: Who
    sessions: Sessions
    typed: Typed | None = None
    desk: Callable[[], Desk] | None = None
    seconds: float = 10.0
    attempts: Attempts = field(default_factory=Attempts)
