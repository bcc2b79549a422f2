"""Who is asking: API keys of our own, and tokens of the issuers that the operator trusts (OAuth 2.0, RFC 9068).

Rule 1: nothing here is fetched, read or decided anew in a request that another thread could have got ready.
Rule 2: a credential reaches no log line, metric, span or backend; of who shows it only ``Caller.id`` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.callers.refusing import nobody, unauthenticated
from adapter.callers.shown import shown
from adapter.messages import ANYBODY, Caller


class Callers:
    """Tells who a request is from."""

    def of(self, environ: Mapping[str, Any], public: bool) -> Caller:
        """Return who asks, by the environment of WSGI. Raise 400 or 401 where that is not said, or not rightly.

        ``public``: nobody has to say it; who does must say it rightly all the same.
        """
        found = shown(environ)
        if found is None:
            if public:
                return ANYBODY
            raise nobody()
        raise unauthenticated("unknown-key")


def anybody(environ: Mapping[str, Any], public: bool) -> Caller:
    """Return the caller where nobody is asked (ADAPTER_CALLERS=everyone)."""
    return ANYBODY
