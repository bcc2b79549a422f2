"""Everything that can go wrong, in one tree.

::

    AdapterError
    ├─ BuildError                      something written is wrong; stops the process, never seen by a caller
    └─ RequestError                    status, problem, detail, fields, headers
       ├─ InvalidRequest       400/422 what the caller sent is wrong
       ├─ Moved                503  sent: no     the feature moved on meanwhile; routed again, once
       ├─ StoreUnavailable     503  sent: no     our own store cannot be asked, so nothing that needs it is begun
       ├─ VaultError       410/503  kind: erased | corrupt | secret | held; what is sealed cannot be opened
       └─ BackendError                 sent: no | maybe | yes
          ├─ BackendUnavailable   503  sent: no     a guard did not let the call in
          ├─ BackendUnreachable   503  sent: no     could not connect
          ├─ BackendTimeout       504  sent: maybe  no whole answer before the deadline (no: never connected)
          ├─ BackendLost          502  sent: maybe  the connection broke on the way
          ├─ BackendReplyInvalid  502  sent: yes    an answer that is not what the contract says
          └─ BackendFault              sent: yes    the ERP said no; status from the operation's fault table
             └─ SessionExpired    502  sent: yes    the ERP does not know our session's token; it did not act

``sent`` decides whether a call may be repeated; ``status`` is only what the caller sees. ``cause`` is for the log:
it may name the ERP's own code or the element that was wrong, never a payload.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Sent = Literal["no", "maybe", "yes"]
VaultKind = Literal["erased", "corrupt", "secret", "held"]


class AdapterError(Exception):
    """Root of all errors of this package."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing somebody wrote wrong: where it stands, what is wrong, and what to do.

    ``file`` is relative to the project folder, ``line`` and ``column`` count from 1 (0: the whole file). ``user`` is
    the place that takes what is wrong from a shared file; the same mistake for another user is the same mistake.
    """

    file: str
    line: int
    column: int
    text: str
    remedy: str = ""
    user: str = field(default="", compare=False)

    def __str__(self) -> str:
        """Render as ``file:line:column: text -> remedy``, the form editors jump to."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        text = f"{self.text} (as {self.user} takes it)" if self.user else self.text
        return f"{place}: {text}" + (f" -> {self.remedy}" if self.remedy else "")


class BuildError(AdapterError):
    """Something written (mapping, contract, settings) is wrong. Carries every mistake found, sorted by place."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong value in a request. ``place`` is ``body``, ``query``, ``path`` or ``header``.

    ``pointer`` is a JSON Pointer (RFC 6901) into the body, or the parameter's name for the other places.
    """

    place: str
    pointer: str
    detail: str


@dataclass(eq=False)
class RequestError(AdapterError):
    """A request that ends without what was asked for; ``web`` renders it as problem+json (RFC 9457).

    ``members`` are extension members of the document (RFC 9457, section 3.2), with values that are JSON. ``sent`` says
    whether the other side may have acted on the request, "" where it was not asked.
    """

    problem: str
    status: int
    detail: str = ""
    title: str = ""
    fields: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    cause: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)
    sent: Sent | Literal[""] = ""

    def __str__(self) -> str:
        """Name the problem and its cause, never a payload."""
        return f"{self.status} {self.problem}" + (f" ({self.cause})" if self.cause else "")


class InvalidRequest(RequestError):
    """What the caller sent cannot be accepted: 400 when it cannot be read, 422 when its values are wrong."""


@dataclass(eq=False)
class Moved(RequestError):
    """The feature of a request stands elsewhere since it came: nothing was sent, and its side is looked up again."""

    sent: Sent | Literal[""] = "no"


class StoreUnavailable(RequestError):
    """The store of writes, keys and audit cannot be asked now: locked, full, read-only, corrupt or not there."""


@dataclass(eq=False)
class VaultError(RequestError):
    """What was sealed cannot be opened, or a subject's key must not be erased.

    ``erased``: the key of its subject was; nobody can open it any more. ``corrupt``: it is not what was sealed.
    ``secret``: none of the secrets of this process (ADAPTER_STORE_KEY) is the one it needs. ``held``: see ``cause``.
    """

    kind: VaultKind = "corrupt"


@dataclass(eq=False)
class BackendError(RequestError):
    """The other side did not give a usable answer. ``sent`` says whether it may have acted on the request.

    ``elsewhere``: it was not asked, since another one failed that gives us what it wants to see.
    """

    sent: Sent = "maybe"
    elsewhere: bool = False


class BackendUnavailable(BackendError):
    """A guard did not let the call in, so nothing was sent."""


class BackendUnreachable(BackendError):
    """No connection could be made, so nothing was sent."""


class BackendTimeout(BackendError):
    """No whole answer before the request's deadline."""


class BackendLost(BackendError):
    """The connection broke after something may have been sent."""


class BackendReplyInvalid(BackendError):
    """An answer arrived that the contract does not allow."""


class NotHonoured(BackendReplyInvalid):
    """A service answered a dry run, or the question whether it has some, and did not say that it was none but that."""


@dataclass(eq=False)
class BackendFault(BackendError):
    """The other side answered that it would not. ``code`` is its own code, for the log and the metric.

    ``side`` is whose fault it is, as SOAP (1.1, section 4.4.1; 1.2 part 1, section 5.4.6) and HTTP say: ``client``,
    ``server``, ``other`` where a SOAP fault says neither, "" where there is none.
    """

    code: str = ""
    side: str = ""


@dataclass(eq=False)
class SessionExpired(BackendFault):
    """The other side does not know our session's token any more, so it did not act."""
