"""Values that are made for each call: ``{compute: now}``."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from adapter.messages import Call

_SAMPLE = Call("0b3f9f4e-5b1e-4a52-9c8e-0d6f2a7c1e90", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Made:
    """One kind of such values. ``make`` gives its text in XML, ``doc`` says what it is."""

    make: Callable[[Call], str]
    doc: str

    @property
    def sample(self) -> str:
        """A text that it could give, for the proof that the contract takes it."""
        return self.make(_SAMPLE)


MADE: Mapping[str, Made] = {
    "now": Made(lambda call: call.now.strftime("%Y-%m-%dT%H:%M:%SZ"), "the time of the call, UTC, as xsd:dateTime"),
    "today": Made(lambda call: call.now.strftime("%Y-%m-%d"), "the day of the call, UTC, as xsd:date"),
    "uuid": Made(lambda call: str(uuid.uuid4()), "a random UUID (RFC 9562), another one at each place"),
    "request_id": Made(lambda call: call.request_id, "the request's id, as in X-Request-Id"),
}
