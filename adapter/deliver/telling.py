"""Telling those whose writes have ended, until they were told or it is given up. Their rows stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from adapter.deliver.addresses import public
from adapter.deliver.backoff import LONGEST, after_attempt
from adapter.deliver.callback import Message, gone, tell
from adapter.deliver.settle import Keeping
from adapter.errors import BackendError, VaultError
from adapter.store import callbacks
from adapter.store.callbacks import Callback, Ended
from adapter.vault import Subject

GIVEN_UP = 86400.0
"""Seconds after the end of a row after which nobody is told of it any more."""
LEASE = 60.0
_LONGEST = max(LEASE, LONGEST) + 60.0  # what an attempt sets, and a clock that is a little off
_PLACE = "callback"
_MOST = 50


def sealed(keeping: Keeping, id: str, subject: str, url: str, now: float) -> Callback:
    """Return what is kept of an address."""
    return Callback(id, subject, keeping.vault.seal(Subject(subject), url.encode(), _PLACE), now)


@dataclass(frozen=True, slots=True)
class Telling:
    """What telling needs. ``count`` takes ``taken``, ``again`` or ``given-up``."""

    keeping: Keeping
    keys: Callable[[], Sequence[bytes]]
    count: Callable[[str], None]
    allowed: Callable[[str], bool] = field(default=public)

    def tell(self) -> int:
        """Tell everybody whose time has come, once each; return how many attempts that were."""
        now, store = self.keeping.now(), self.keeping.store
        if store.read(lambda connection: callbacks.astray(connection, now, _LONGEST)):
            store.run(lambda connection: callbacks.brought_back(connection, now, _LONGEST))
        attempts = 0
        for ended in self.keeping.store.read(lambda connection: callbacks.due(connection, now, _MOST)):
            attempts += self._one(ended)
        return attempts

    def _one(self, ended: Ended) -> bool:
        callback, now = ended.callback, self.keeping.now()
        if not self.keeping.store.run(lambda connection: callbacks.take(connection, callback, now + LEASE)):
            return False
        outcome = self._told(ended, now)
        self.count(outcome)
        if outcome == "again":
            due = now + after_attempt(callback.attempts, 0.0)
            self.keeping.store.run(lambda connection: callbacks.again(connection, callback.id, due))
        else:
            self.keeping.store.run(lambda connection: callbacks.remove(connection, callback.id))
        return True

    def _told(self, ended: Ended, now: float) -> str:
        callback = ended.callback
        message = Message(callback.id, ended.operation, ended.state, int(ended.changed))
        try:
            url = self.keeping.vault.open(Subject(callback.subject), callback.url, _PLACE).decode()
            tell(url, message, self.keys(), int(now), allowed=self.allowed)
        except VaultError as error:
            return "again" if error.kind == "secret" else "given-up"
        except BackendError as error:
            return "given-up" if gone(error) or now - ended.changed > GIVEN_UP else "again"
        return "taken"
