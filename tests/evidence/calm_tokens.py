"""calm.tokens: what is forged or stale is refused, random key ids fetch nothing, a provider may be down for an hour.

The first two are measured over HTTP, against a real gunicorn with a store of keys and an identity provider on loopback.
The hour is that of an injected clock, in steps of the thirty seconds after which keys are asked for again; the provider
that is down is a port that nobody listens on any more.
"""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapter.callers import Callers
from adapter.callers.issuers import Issuer
from adapter.callers.jwks import Jwks, fetching
from adapter.callers.keytext import new_key
from adapter.callers.tokens import Tokens
from adapter.durable import Durable
from tests.callers.attacks import KEYS, TOKENS
from tests.callers.issuing import AUDIENCE, ISSUER, claims, token
from tests.callers.known import durable, made_key, settings
from tests.callers.provider import Provider, providing
from tests.evidence import Result
from tests.stack import ROOT, Stack, stack
from tests.unit.edge import Edge

PATH = "/v1/customers/7"
SCOPES = ("customers.read",)
WINDOW = 30.0
STEP = 30.0
HOUR = 3600.0
# One that is longer than a header field may be is refused by gunicorn already (RFC 6585, section 5).
_REFUSALS = (401, 431)


@dataclass(frozen=True, slots=True)
class _Known:
    running: Stack
    provider: Provider
    store: Durable

    def status(self, credential: str) -> int:
        return self.running.call("GET", PATH, headers={"Authorization": f"Bearer {credential}"}).status


def measure() -> Result:
    """Attack a running adapter, then let an hour without a provider pass."""
    with _known() as known:
        kinds, refused, let_in, expected = _attacked(known)
        fetches, tried, slow = _random_ids(known)
    accepted, asked = _hour_without()
    value = (
        f"{refused}/{kinds} kinds refused, {let_in}/{expected} good ones let in; {fetches} fetches in {WINDOW:.0f} s "
        f"under {tried} random key ids, {slow} good callers refused meanwhile; "
        f"provider down 1 h ({asked} attempts): {'accepted' if accepted else 'refused'}"
    )
    ok = refused == kinds >= 30 and let_in == expected and fetches <= 1 and not slow and accepted
    return Result(value, ok)


@contextmanager
def _known() -> Iterator[_Known]:
    with tempfile.TemporaryDirectory() as name, providing() as provider:
        folder = Path(name)
        with stack(ROOT, settings(folder, provider.url)) as running:
            yield _Known(running, provider, durable(folder))


def _attacked(known: _Known) -> tuple[int, int, int, int]:
    """Return how many kinds were tried and refused, and how many good credentials were let in, of how many.

    A good token is shown before each forged one, so that what is refused is not refused for another reason.
    """
    key = made_key(known.store, "me", SCOPES)
    stale = [
        new_key()[1],
        made_key(known.store, "old", SCOPES, expires=time.time() - 1),
        made_key(known.store, "gone", SCOPES, revoked=time.time() - 1),
    ]
    bad = [*(make(key) for make in KEYS.values()), *stale]
    let_in = refused = 0
    for make in TOKENS.values():
        let_in += known.status(token(claims(time.time()))) == 200
        refused += known.status(make(time.time())) in _REFUSALS
    let_in += known.status(key) == 200
    refused += sum(known.status(each) == 401 for each in bad)
    return len(TOKENS) + len(bad), refused, let_in, len(TOKENS) + 1


def _random_ids(known: _Known) -> tuple[int, int, int]:
    """Return fetches, tokens with random key ids, and good callers that were refused, in a window after a fetch."""
    good, tried, slow = token(claims(time.time())), 0, 0
    begin = time.monotonic()
    while time.monotonic() < begin + WINDOW:
        known.status(token(claims(time.time()), {"kid": secrets.token_hex(8)}))
        tried += 1
        slow += known.status(good) != 200
    return sum(begin <= at <= begin + WINDOW for at in known.provider.asked), tried, slow


def _hour_without() -> tuple[bool, int]:
    """Return whether a valid token is let in after an hour without the provider, and how often it was asked."""
    start, passed, failures = time.time(), [0.0], list[Exception]()
    with providing() as provider:
        jwks = Jwks(fetching(provider.url), ("RS256",), failures.append, clock=lambda: 1000.0 + passed[0])
        jwks.refresh()
    issuer = Issuer("login", ISSUER, (AUDIENCE,), provider.url)
    tokens = Tokens({ISSUER: (issuer, jwks)}, lambda: bytes(32), lambda: start + passed[0])
    edge = Edge(who=Callers(None, tokens, lambda cause: None).of)
    before = edge.ask("/v1/things/7", headers={"Authorization": f"Bearer {token(claims(start))}"}).status_code
    while passed[0] < HOUR:
        passed[0] += STEP
        jwks.refresh()
    after = edge.ask("/v1/things/7", headers={"Authorization": f"Bearer {token(claims(start + HOUR))}"}).status_code
    stale = edge.ask("/v1/things/7", headers={"Authorization": f"Bearer {token(claims(start))}"}).status_code
    return (200, 200, 401) == (before, after, stale), len(failures)
