"""What a mapping file says about the ERP: contract, port, header blocks, identity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapter.mapping.model import Constant, Place
from adapter.mapping.model.guard import GuardRule

SIGNED = ("timestamp", "body")
"""What a signature covers unless the mapping says more."""


@dataclass(frozen=True, slots=True)
class SessionRule:
    """How we log in by an operation: its constants, where its reply says the token, where calls show it (``at``).

    ``where`` is a path, or the name of a header field or cookie. Without ``token`` the cookie that the reply sets is
    the token. ``expired`` are signs of a fault: (``code``, ``detail`` or ``text``; what stands there). ``life`` is in
    seconds, None: until the ERP says that it expired. ``service`` and ``port`` are given where they are others.
    """

    place: Place = field(compare=False)
    call: str
    at: Literal["header", "http_header", "body", "cookie"]
    where: str
    token: str = ""
    service: str = ""
    port: str = ""
    set: tuple[Constant, ...] = ()
    expired: tuple[tuple[str, str], ...] = ()
    life: int | None = None


@dataclass(frozen=True, slots=True)
class IdentityRule:
    """How we log in: names of the operator's credentials. At most one of the first three is there.

    ``signed`` names the parts of a request that are signed.
    """

    place: Place = field(compare=False)
    basic: str = ""
    bearer: str = ""
    username_token: str = ""
    certificate: str = ""
    digest: bool = False
    timestamp: bool = False
    signature: str = ""
    signed: tuple[str, ...] = SIGNED
    unsigned_answers: bool = False
    session: SessionRule | None = None
    ntlm: str = ""

    def parts(self) -> Iterator[tuple[str, str, bool]]:
        """Yield each part that is asked for: the credentials' name, the part, whether it must be there."""
        for kind, needed, optional in _CREDENTIAL_PARTS:
            if name := getattr(self, kind):
                yield from ((name, part, True) for part in needed.split())
                yield from ((name, part, False) for part in optional.split())
        if self.signature and not self.unsigned_answers:
            yield self.signature, "VERIFY", True


PATH_PARTS = frozenset(("CERTIFICATE", "KEY", "CA", "VERIFY"))
# What may be shown; every other part is a secret, those of a team's own functions too.
PUBLIC_PARTS = PATH_PARTS | {"USER", "TOKEN_URL", "CLIENT_ID", "SCOPE", "ACCOUNT", "CONSUMER_KEY"}
_CREDENTIAL_PARTS = (
    ("basic", "USER PASSWORD", "CA"),
    ("bearer", "TOKEN_URL CLIENT_ID CLIENT_SECRET", "SCOPE CA"),
    ("username_token", "USER PASSWORD", "CA"),
    ("ntlm", "USER PASSWORD", "CA"),
    ("certificate", "CERTIFICATE", "KEY CA"),
    ("signature", "CERTIFICATE", "KEY CA"),
)


PortKey = tuple[str, str, str, IdentityRule | None, bool]


@dataclass(frozen=True, slots=True)
class SoapRule:
    """Which contract and port a resource speaks to, its header blocks, and where a fault's real code stands.

    ``addressing``: whether calls have the header blocks of WS-Addressing; None where the mapping does not say.
    ``strict``: a reply that is not just what the contract says is refused.
    ``mtom``: binary values of requests that are not short travel beside the envelope.
    ``namespaces`` are by the prefixes that paths use for them. ``guard``: how its endpoint is protected, None where the
    mapping does not say.
    """

    place: Place
    wsdl: str
    service: str
    port: str
    fault_code: str = ""
    headers: tuple[Constant, ...] = ()
    identity: IdentityRule | None = None
    addressing: bool | None = None
    strict: bool = False
    mtom: bool = False
    namespaces: Mapping[str, str] = field(default_factory=dict)
    guard: GuardRule | None = None

    @property
    def key(self) -> PortKey:
        """What tells one port, called as one identity, from another."""
        return self.wsdl, self.service, self.port, self.identity, bool(self.addressing)
