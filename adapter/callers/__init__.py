"""Who is asking: API keys of our own, and tokens of the issuers that the operator trusts (OAuth 2.0, RFC 9068).

Rule 1: nothing here is fetched, read or decided anew in a request that another thread could have got ready.
Rule 2: a credential reaches no log line, metric, span or backend; of who shows it only ``Caller.id`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from adapter.callers.keytext import id_of
from adapter.callers.refusing import nobody, unauthenticated
from adapter.callers.shown import Shown, shown
from adapter.errors import RequestError
from adapter.messages import ANYBODY, Caller

if TYPE_CHECKING:
    from adapter.callers.keys import Keys
    from adapter.callers.tokens import Tokens


class Callers:
    """Tells who a request is from. ``keys`` or ``tokens`` is None where there are none; ``refused`` gets each cause."""

    def __init__(self, keys: Keys | None, tokens: Tokens | None, refused: Callable[[str], None]) -> None:
        self._keys, self._tokens, self._refused = keys, tokens, refused

    def begin(self) -> None:
        """Begin to get ready what callers are known by, beside requests. Call it in the process that has them."""
        for known in (self._keys, self._tokens):
            if known is not None:
                known.begin()

    def of(self, environ: Mapping[str, Any], public: bool) -> Caller:
        """Return who asks, by the environment of WSGI. Raise 400 or 401 where that is not said, or not rightly.

        ``public``: nobody has to say it; who does must say it rightly all the same. Raise 503 where it cannot be known.
        """
        try:
            found = shown(environ)
            if found is not None:
                return self._caller(found)
            if public:
                return ANYBODY
            raise nobody()
        except RequestError as error:
            self._refused(error.cause)
            raise

    def typed(self, text: str) -> tuple[str, Caller]:
        """Return the id of an API key that a person has typed, and whose it is. Raises what ``of`` raises."""
        try:
            return id_of(text), self._caller(Shown(text, is_key=True))
        except RequestError as error:
            self._refused(error.cause)
            raise

    def again(self, id: str) -> Caller:
        """Return whose key it is that was typed before, with the scopes that it has now. Raise 401 where it is gone."""
        if self._keys is None:
            raise unauthenticated("no-keys-here")
        return self._keys.again(id)

    def _caller(self, found: Shown) -> Caller:
        known = self._keys if found.is_key else self._tokens
        if known is None:
            raise unauthenticated("no-keys-here" if found.is_key else "no-issuers-here")
        return known.caller(found.text)


def anybody(environ: Mapping[str, Any], public: bool) -> Caller:
    """Return the caller where nobody is asked (ADAPTER_CALLERS=everyone)."""
    return ANYBODY
