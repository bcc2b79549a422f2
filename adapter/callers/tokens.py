"""OAuth 2.0 access tokens that are JWTs (RFC 9068): taken apart, held against their issuer, and remembered.

The order is that of cost: form and size, issuer, type and algorithm, then the signature, then what is claimed. A token
that was right is remembered by its hash until it ends, or until the issuer's keys change.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

from adapter.callers import claims
from adapter.callers.issuers import Issuer
from adapter.callers.jwks import Jwks
from adapter.callers.refusing import unauthenticated
from adapter.callers.signed import Signed, apart
from adapter.callers.signers import Signers
from adapter.messages import Caller

REMEMBERED: Final = 4096


class Tokens:
    """Tells whose a token is. ``jwks`` are the keys by the issuers' URLs, ``key`` keys the hashes of subjects.

    ``now`` is a wall clock.
    """

    def __init__(
        self,
        issuers: Mapping[str, tuple[Issuer, Jwks]],
        key: Callable[[], bytes],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._issuers, self._key, self._now = issuers, key, now
        self._known: OrderedDict[bytes, tuple[Caller, float, Jwks, Signers]] = OrderedDict()

    def begin(self) -> None:
        """Begin to fetch the keys of all issuers."""
        for _, jwks in self._issuers.values():
            jwks.begin()

    def caller(self, text: str) -> Caller:
        """Return whose token it is. Raise 401 where it does not count, 503 where its issuer's keys cannot be had."""
        digest = hashlib.sha256(text.encode("ascii")).digest()
        known = self._known.get(digest)
        if known is not None:
            caller, until, jwks, signers = known
            if self._now() < until and jwks.signers() is signers:
                return caller
            self._known.pop(digest, None)
        token = apart(text)
        issuer, jwks = self._issuer(token)
        signers = jwks.signers()
        if not signers.knows(token.said("kid")):
            jwks.miss()
            raise unauthenticated("unknown-signing-key")
        signers.check(token)
        until = claims.must_hold(token.claims, issuer, self._now())
        caller = claims.caller(token.claims, issuer, self._key())
        self._remember(digest, (caller, until, jwks, signers))
        return caller

    def _issuer(self, token: Signed) -> tuple[Issuer, Jwks]:
        """Return the issuer that a token names, where type and algorithm are among those that it uses."""
        named = token.claims.get("iss")
        found = self._issuers.get(named) if isinstance(named, str) else None
        if found is None:
            raise unauthenticated("unknown-issuer")
        if token.said("alg") not in found[0].algorithms:
            raise unauthenticated("wrong-algorithm")
        # RFC 7515, section 4.1.9: "application/" may be left out, and case does not count.
        if token.said("typ").lower().removeprefix("application/") != found[0].type:
            raise unauthenticated("wrong-type")
        return found

    def _remember(self, digest: bytes, known: tuple[Caller, float, Jwks, Signers]) -> None:
        self._known[digest] = known
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
