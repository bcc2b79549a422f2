"""How the adapter logs in at the ERP: HTTP header fields, a WS-Security token, or neither, one ``Identity`` per rule.

Rule 1: a secret is read when it is used, so a changed file counts from the next call on.
Rule 2: what is secret is known here, so that whoever shows a message can hide it (``hiding``).
A client certificate belongs to the connection: ``tls`` names the files, the exchange shows them.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from adapter.exchange.greeting import Greet
from adapter.identity.credentials import Credentials, Value
from adapter.identity.ntlm import ntlm
from adapter.identity.session import Session
from adapter.identity.tokens import Granted, Tokens
from adapter.mapping.model.soap import IdentityRule
from adapter.wsse import Signing

__all__ = ["NOBODY", "Credentials", "Identity", "Login", "Session", "Shown", "Tokens", "greeting", "identity", "tls"]


@dataclass(frozen=True, slots=True)
class Login:
    """What a WS-Security UsernameToken is made of (OASIS UsernameToken Profile 1.0)."""

    user: Value
    password: Value
    digest: bool
    timestamp: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to one port.

    ``show`` returns what one try of a call shows in HTTP, given its deadline; it may ask for a token and then raises
    BackendError with ``sent: no``. ``renew`` is told what a 401 answered, and says whether there can be something else
    to show. ``secrets`` returns the texts that must not be shown. ``session`` is a session of the ERP's own.
    """

    show: Callable[[float], Shown]
    renew: Callable[[Shown], bool]
    secrets: Callable[[], tuple[str, ...]]
    login: Login | None = None
    signing: Signing | None = None
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """The HTTP header fields of one try of a call, and the token in them, where there is one."""

    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    granted: Granted | None = None


_NOTHING = Shown()


def _nothing(deadline: float) -> Shown:
    return _NOTHING


def _not_renewed(shown: Shown) -> bool:
    return False


NOBODY = Identity(_nothing, _not_renewed, tuple)


def identity(rule: IdentityRule, credentials: Credentials, tokens: Callable[[str], Tokens]) -> Identity:
    """Return the identity that a mapping asks for. ``tokens`` gives the source of tokens for a name of credentials."""
    if rule.basic:
        return _basic(credentials.value(rule.basic, "USER"), credentials.value(rule.basic, "PASSWORD"))
    if rule.bearer:
        return _bearer(tokens(rule.bearer))
    if rule.username_token:
        user, password = (credentials.value(rule.username_token, part) for part in ("USER", "PASSWORD"))
        login = Login(user, password, rule.digest, rule.timestamp)
        return Identity(_nothing, _not_renewed, lambda: (password(),), login)
    if rule.ntlm:
        return Identity(_nothing, _not_renewed, lambda: (credentials.value(rule.ntlm, "PASSWORD")(),))
    return NOBODY


def greeting(rule: IdentityRule | None, credentials: Credentials, url: str) -> Greet | None:
    """Return how each connection to a URL begins, None where it begins with the first request."""
    if rule is None or not rule.ntlm:
        return None
    user, password = (credentials.value(rule.ntlm, part) for part in ("USER", "PASSWORD"))
    return ntlm(user, password, urlsplit(url).hostname or "")


def tls(rule: IdentityRule | None, credentials: Credentials) -> dict[str, Path | None]:
    """Return ``ca_file``, ``certificate`` and ``key`` of the exchange; a CA of any of the rule's credentials counts."""
    kinds = ("certificate", "basic", "username_token", "bearer", "ntlm", "signature")
    names = [getattr(rule, kind) for kind in kinds] if rule else []
    paths = (credentials.path(name, "CA") for name in names if name)
    found: dict[str, Path | None] = {"ca_file": next((path for path in paths if path), None)}
    for part in ("certificate", "key"):
        found[part] = credentials.path(rule.certificate, part.upper()) if rule and rule.certificate else None
    return found


def _basic(user: Value, password: Value) -> Identity:
    def encoded() -> str:
        return base64.b64encode(f"{user()}:{password()}".encode()).decode("ascii")

    def show(deadline: float) -> Shown:
        return Shown({"Authorization": f"Basic {encoded()}"})

    return Identity(show, _not_renewed, lambda: (password(), encoded()))


def _bearer(tokens: Tokens) -> Identity:
    def show(deadline: float) -> Shown:
        granted = tokens.token(deadline)
        return Shown({"Authorization": f"Bearer {granted.text}"}, granted)

    def renew(refused: Shown) -> bool:
        if refused.granted is not None:
            tokens.forget(refused.granted)
        return True

    return Identity(show, renew, tokens.secrets)
