"""What is promised of a write: 202 now, and its answer at ``/v1/operations/{id}`` later.

Three ways lead there, each of which a mapping allows: the caller asks for it (``Prefer: respond-async``, RFC 7240), the
ERP is down (``when_down: queue``), or it is slow (``slow``). Who has the row then is ``adapter work``, or, where the
call is under way, the thread that makes it; should that die its lease runs out.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from adapter.deliver.callback import refused
from adapter.deliver.outcomes import judged
from adapter.deliver.settle import Keeping
from adapter.deliver.shown import accepted
from adapter.deliver.telling import sealed
from adapter.deliver.way import Way
from adapter.errors import FieldError, InvalidRequest, RequestError, StoreUnavailable
from adapter.messages import Request, Response
from adapter.store import Connection, callbacks, due
from adapter.store.callbacks import Callback
from adapter.store.writes import DELIVERING, PARKED, QUEUED, SENDING, UNKNOWN, Write

ASYNC = "respond-async"
CALLBACK = "callback-url"
_DOWN = (503, 504)
_PROMISED = (QUEUED, DELIVERING, SENDING, UNKNOWN, PARKED)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller wishes beside the answer. ``later``: 202 at once. ``url``: where to tell him, "" for nowhere."""

    later: bool = False
    url: str = ""


class Promises:
    """The promises of one operation."""

    def __init__(self, way: Way, keeping: Keeping) -> None:
        self._way, self._keeping = way, keeping

    @property
    def always(self) -> bool:
        """Whether each write needs a row before it is sent, since it may be promised on the way."""
        return self._way.rule.when_down == "queue" or self._way.rule.slow > 0

    def wish(self, request: Request) -> Wish:
        """Return what a caller wishes. Raise 422 for an address that is not taken."""
        rule = self._way.rule
        later = rule.later and _preferred(request.headers.get("prefer", ""))
        url = request.headers.get(CALLBACK, "") if rule.callback and (later or self.always) else ""
        if url and (why := refused(url, self._keeping.callbacks)):
            raise InvalidRequest("invalid-request", 422, fields=(FieldError("header", "Callback-Url", why),), sent="no")
        return Wish(later, url)

    def told(self, row: Write, wish: Wish) -> Callback | None:
        """Return what is kept of whom to tell; before the transaction that promises, since it is sealed."""
        return sealed(self._keeping, row.id, row.subject, wish.url, self._keeping.now()) if wish.url else None

    def stands(self, row: Write) -> bool:
        """Whether somebody was told 202 about a row that has not ended."""
        return row.promised and row.state in _PROMISED

    def answer(self, row: Write, wish: Wish) -> Response:
        """Return the 202."""
        headers = {"Preference-Applied": ASYNC} if wish.later else {}
        return accepted(self._keeping, row, headers)

    def queues(self, error: RequestError) -> bool:
        """Whether a write that ended so is queued: nothing was sent, since the ERP cannot be asked now."""
        down = error.status in _DOWN and not isinstance(error, StoreUnavailable)
        return self._way.rule.when_down == "queue" and down and judged(error) == "nothing"

    def queue(self, row: Write, wish: Wish) -> Write | None:
        """Promise a row that is in our hands and that nothing was sent of. None: it is in other hands."""
        return self._promised(row, wish, queue=True)

    def in_time(self, row: Write, wish: Wish, act: Callable[[], Response]) -> Response:
        """Return what ``act`` returns where it is quick enough; else promise the row, and let it go on by itself."""
        if not self._way.rule.slow:
            return act()
        result: Future[Response] = Future()
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(_into, result, act), name=f"slow {row.id}", daemon=True).start()
        try:
            return result.result(self._way.rule.slow)
        except TimeoutError:
            promised = self._promised(row, wish, queue=False)
            return self.answer(promised, wish) if promised is not None else result.result()
        finally:
            del result  # as in _into

    def _promised(self, row: Write, wish: Wish, *, queue: bool) -> Write | None:
        now, told = self._keeping.now(), self.told(row, wish)

        def act(connection: Connection) -> Write | None:
            promised = due.promise(connection, row, now, queue=queue)
            if promised is not None and told is not None:
                callbacks.put(connection, told)
            return promised

        promised = self._keeping.store.run(act)
        if promised is not None:
            self._keeping.count(row.operation, "queued" if queue else "slow")
        return promised


def _preferred(field: str) -> bool:
    """Whether a field Prefer names ``respond-async`` (RFC 7240, section 4.1)."""
    return any(each.partition(";")[0].strip().lower() == ASYNC for each in field.split(","))


def _into(result: Future[Response], act: Callable[[], Response]) -> None:
    try:
        result.set_result(act())
    except BaseException as error:  # whoever waits for it gets it; if nobody does any more, the row knows
        result.set_exception(error)
    finally:
        del result  # the error holds this frame, which would hold it
