"""How we log in at a new service: HTTP header fields, made for each call, so that a changed file counts at once."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from adapter.identity.credentials import Credentials
from adapter.mapping.model.service import kind_of

ShowService = Callable[[], Mapping[str, str]]
_NOTHING: Mapping[str, str] = {}


def NOBODY() -> Mapping[str, str]:  # noqa: N802  # it stands where functions that show something stand
    """Show nothing."""
    return _NOTHING


def service_login(name: str, header: str, credentials: Credentials) -> ShowService:
    """Return what shows the credentials of this name, "" for none. ``header`` is the field of a key.

    TOKEN is a bearer token (RFC 6750, section 2.1), USER and PASSWORD are HTTP Basic (RFC 7617), KEY is sent as it is.
    """
    if not name:
        return NOBODY
    parts = kind_of(lambda part: credentials.problem(name, part) != "missing")
    values = [credentials.value(name, part) for part in parts]
    if parts == ("TOKEN",):
        return lambda: {"Authorization": f"Bearer {values[0]()}"}
    if parts == ("KEY",):
        return lambda: {header: values[0]()}

    def basic() -> Mapping[str, str]:
        user, password = (value() for value in values)
        return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode('ascii')}"}

    return basic
