"""What travels through the pipeline: ``Request`` in, ``Response`` out, and the two function types around them.

Every step is a ``Middleware``; every backend is a ``Handler``. Both shapes are frozen: a step that changes
something passes on a new one (``dataclasses.replace``).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Call:
    """What values are made from that are new for each call: the request's id, and one reading of the clock, in UTC.

    ``session`` is the token of our session at the ERP, "" where there is none. ``page`` says which page of a list is
    asked for: its number of rows, and what the page before said, by the names of constants. ``headers`` are the values
    for header blocks that the caller gave in header fields of HTTP, by their names, as XML has them.
    """

    request_id: str = ""
    now: datetime = field(default_factory=_utc)
    session: str = field(default="", repr=False)
    page: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """A caller's values after ``validate``, in the lexical form that the writer places into XML.

    ``path`` and ``query`` map parameter names, ``body`` follows the mapping's type; leaves are ``str`` (XML
    lexical form) or ``None`` (xsi:nil); a name that is absent was omitted by the caller. ``call`` is what values that
    no caller gives are made from. ``record`` is the element that the body is merged into, as it was read.
    ``calls`` holds, by name, what further calls of the operation are made of: one for each time it is to be made.
    ``rows`` are many bodies, as many at once as have arrived; each is checked when it is asked for, and can be once.
    """

    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    call: Call = field(default_factory=Call)
    record: Any = None
    calls: Mapping[str, tuple[Checked, ...]] = field(default_factory=dict)
    upload: Upload | None = None
    rows: Iterator[list[Any]] | None = None


class Upload:
    """A body that a caller is still sending: its bytes can be gone through once. ``size`` is None where unknown.

    The first piece is read at once, so that nothing is known to be nothing. ``patience``: seconds that the answer may
    take once all of it was sent on, where the deadline of the request only bounds its beginning.
    """

    def __init__(self, chunks: Iterator[bytes], size: int | None, patience: float = 0.0) -> None:
        self.size, self.patience = size, patience
        self._first = next(chunks, b"")
        self._rest = chunks
        self.taken = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return not self._first

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces. Raise what reading them from the caller raises. Whoever stops early leaves the rest."""
        self.taken = True
        try:
            yield self._first
            yield from self._rest
        finally:
            if isinstance(self._rest, Generator):
                self._rest.close()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``id`` is stable and safe to log, "" where nobody has to say who they are; ``scopes`` are rights."""

    id: str = ""
    scopes: frozenset[str] = frozenset()


ANYBODY = Caller()


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the feature of a request stood as it came (``steps.side``), for whoever asks its side and notes it.

    ``entity`` is what it is about as the feature's key names it, "" where nothing does, and ``bucket`` where that is
    then. ``run`` and ``share`` are those of the feature. ``braked``: somebody pulled the brake. ``asked_for``: a tester
    chose the side, so that this is nobody's evidence and nobody else answers.
    """

    feature: str
    stage: str
    run: int = 0
    share: int = 0
    entity: str = field(default="", repr=False)
    bucket: int | None = None
    braked: bool = False
    asked_for: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One call of one operation. ``deadline`` is on the clock of ``time.monotonic``, in seconds.

    A document or rows that are sent on as they arrive are ``upload``, and ``body`` is empty then. ``wanted`` is the
    media type of the answer that the caller asks for, where there are several. ``traceparent`` is our own span's, and
    ``parent`` the id of the caller's, "" where none was given. ``kind`` says what it is made for where that is no
    caller. ``address`` is whom it came from, as far as the proxies in front are believed; "" where nobody knows.
    ``side`` is who answers it, where its feature moves to a new service ("": the ERP), and ``epoch`` where that stood
    then; ``placed`` is what else was known. A request that was kept has the first two alone.
    """

    operation: str
    id: str
    deadline: float
    method: str = "GET"
    path: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    traceparent: str = ""
    parent: str = ""
    caller: Caller = ANYBODY
    checked: Checked | None = None
    trace: Callable[[str, bytes], None] | None = None
    upload: Upload | None = None
    wanted: str = ""
    kind: Literal["", "health", "shadow"] = ""
    address: str = field(default="", repr=False)
    side: Literal["", "soap", "http"] = ""
    epoch: int = 0
    placed: Placed | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """A body that is made while it is sent. A step that holds something until the end wraps ``close``.

    ``notes`` returns the oddities that were seen while it was made. ``abandon`` ends it from outside, since nobody
    takes it any more: whoever waits for its next chunk gets an error.
    """

    chunks: Iterator[bytes]
    close: Callable[[], None]
    notes: Callable[[], tuple[str, ...]] = tuple
    abandon: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """Bytes that are a part of the backend's answer and have not arrived yet: the Content-ID of that part."""

    content_id: str


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to one call. ``notes`` are oddities seen in the backend's answer, for the log and a counter.

    ``awaits`` is the part of the backend's answer that the body is, where it has not arrived yet; a backend puts a
    stream in its place.
    """

    status: int
    body: bytes | Stream = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    answered_by: str = ""
    awaits: Awaited | None = None


def called(checked: Checked, call: Call, upload: Upload | None, rows: Iterator[list[Any]] | None) -> Checked:
    """Return checked values with what belongs to the call and is no value; each call passes here."""
    return Checked(checked.path, checked.query, checked.body, call, checked.record, checked.calls, upload, rows)


def checked_request(request: Request, checked: Checked) -> Request:
    """Return a request with what was checked of it; each call passes here."""
    return Request(
        request.operation, request.id, request.deadline, request.method, request.path, request.query, request.body,
        request.content_type, request.headers, request.traceparent, request.parent, request.caller, checked,
        request.trace, request.upload, request.wanted, request.kind, request.address,
        request.side, request.epoch, request.placed,
    )  # fmt: skip


def placed_request(request: Request, side: Literal["soap", "http"], epoch: int, placed: Placed) -> Request:
    """Return a request with its side; each call of a feature that moves passes here."""
    return Request(
        request.operation, request.id, request.deadline, request.method, request.path, request.query, request.body,
        request.content_type, request.headers, request.traceparent, request.parent, request.caller, request.checked,
        request.trace, request.upload, request.wanted, request.kind, request.address, side, epoch, placed,
    )  # fmt: skip


def answered_by(who: str, response: Response, notes: tuple[str, ...] = ()) -> Response:
    """Return a response that says who answered, with what was odd before it was made.

    Each answer passes here, and ``dataclasses.replace`` costs four times as much.
    """
    noted = notes + response.notes
    return Response(
        response.status, response.body, response.content_type, response.headers, noted, who, response.awaits
    )


SHADOW = "shadow"
"""The header field of a call that is made beside one that counts."""
HONOURED = "shadow-honoured"
"""The header field by which a service says that what it was asked for was a dry run, and nothing has changed."""
DRY_RUN = "dry-run"
"""The value of both where it is one."""


def is_shadow(request: Request) -> bool:
    """Tell whether a call is made beside one that counts, by us or by who asks us: nothing is asked beside it."""
    return request.kind == "shadow" or request.headers.get(SHADOW, "").strip().lower() == "true"


Handler = Callable[[Request], Response]
Middleware = Callable[[Handler], Handler]
