"""Tokens of an issuer: the good ones of every kind, and a long list of those that must be refused."""

from __future__ import annotations

import pytest

from adapter.callers.issuers import Issuer
from adapter.callers.jwks import Jwks
from adapter.callers.signers import signers
from adapter.callers.tokens import Tokens
from adapter.errors import BackendUnreachable, RequestError
from adapter.messages import Caller
from tests.callers.attacks import TOKENS
from tests.callers.issuing import (
    AUDIENCE,
    ISSUER,
    by_hand,
    claims,
    curve_key,
    edwards_key,
    jwk,
    jwk_set,
    rsa_key,
    serving,
    token,
)

NOW = 1_900_000_000.0
DOWN = BackendUnreachable("backend-unreachable", 503, sent="no")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class Issuing:
    """An issuer with its keys, asked by hand in place of in the background, and what reads its tokens."""

    def __init__(
        self, *bodies: bytes | Exception, algorithms: tuple[str, ...] = ("RS256",), type: str = "at+jwt"
    ) -> None:
        self.wall, self.clock = Clock(NOW), Clock(1000.0)
        self.failures: list[Exception] = []
        fetch, self.asked = serving(*(bodies or (jwk_set(),)))
        self.jwks = Jwks(fetch, algorithms, self.failures.append, clock=self.clock)
        self.jwks.refresh()
        issuer = Issuer("login", ISSUER, (AUDIENCE, "other"), "https://login.example/jwks", algorithms, type)
        self.tokens = Tokens({ISSUER: (issuer, self.jwks)}, lambda: b"k" * 32, self.wall)

    def cause(self, text: str) -> str:
        """Why a token is refused, "" where it is not."""
        try:
            self.tokens.caller(text)
        except RequestError as error:
            return error.cause if error.status in (401, 503) else f"status {error.status}"
        return ""


@pytest.fixture(scope="module")
def issuing() -> Issuing:
    """One issuer with one RSA key."""
    return Issuing()


def test_a_good_token_names_its_caller(issuing: Issuing) -> None:
    """The caller is the issuer's name and the subject; scopes come from ``scope`` and ``scp``."""
    said = claims(NOW, scope="customers.read customers.write", scp=["stock.read"])
    scopes = frozenset({"customers.read", "customers.write", "stock.read"})
    assert Caller("login:shop", scopes) == issuing.tokens.caller(token(said))


@pytest.mark.parametrize("name", TOKENS)
def test_what_is_forged_or_stale_is_refused(name: str, issuing: Issuing) -> None:
    """Each kind gets 401, with a cause for the log, and the same token without the fault would have passed."""
    assert "" != issuing.cause(TOKENS[name](NOW))
    assert "" == issuing.cause(token(claims(NOW)))


@pytest.mark.parametrize(
    "said",
    [
        {"aud": ["else", AUDIENCE]},
        {"aud": "other"},
        {"nbf": int(NOW) + 29},
        {"iat": int(NOW) + 29},
        {"exp": int(NOW) - 29},
        {"iat": None},
        {"scope": None},
        {"exp": int(NOW) + 86400 * 30},
    ],
)
def test_what_is_right_passes(said: dict[str, object], issuing: Issuing) -> None:
    """One audience of several, clocks that differ by less than half a minute, no scopes at all."""
    assert "" == issuing.cause(token(claims(NOW, **said)))


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt"])
def test_the_type_has_several_spellings(typ: str, issuing: Issuing) -> None:
    """RFC 7515, section 4.1.9: a media type, whose "application/" may be left out."""
    assert "" == issuing.cause(token(claims(NOW), {"typ": typ}))


def test_other_algorithms() -> None:
    """Curves and Ed25519, each key for its own algorithm only."""
    issuing = Issuing(
        jwk_set(jwk("ec", curve_key("ec")), jwk("ed", edwards_key("ed")), jwk("one")),
        algorithms=("ES256", "EdDSA", "PS256"),
    )
    assert "" == issuing.cause(token(claims(NOW), {"kid": "ec"}, key=curve_key("ec"), algorithm="ES256"))
    assert "" == issuing.cause(token(claims(NOW), {"kid": "ed"}, key=edwards_key("ed"), algorithm="EdDSA"))
    assert "" == issuing.cause(token(claims(NOW), algorithm="PS256"))
    assert "wrong-algorithm" == issuing.cause(token(claims(NOW)))
    mixed = token(claims(NOW), {"kid": "ed"}, key=curve_key("ec"), algorithm="ES256")
    assert "wrong-key-for-algorithm" == issuing.cause(mixed)


def test_a_subject_that_is_no_plain_word_is_not_shown(issuing: Issuing) -> None:
    """A mail address does not get into logs, and is the same caller each time; who else has another hash."""
    callers = [issuing.tokens.caller(token(claims(NOW, sub=sub))).id for sub in ("a@b.example", "a@b.example", "c@b")]
    assert callers[0] == callers[1] != callers[2]
    assert all(each.startswith("login:~") and "@" not in each and len(each) == 39 for each in callers)


def test_a_token_is_remembered_until_it_ends() -> None:
    """It is not checked anew, but its end counts each time."""
    issuing = Issuing()
    text = token(claims(NOW))
    assert "" == issuing.cause(text)
    issuing.wall.now = NOW + 329
    assert "" == issuing.cause(text)
    issuing.wall.now = NOW + 331
    assert "expired-token" == issuing.cause(text)


def test_a_token_of_a_key_that_was_taken_back_is_refused_at_once() -> None:
    """What is remembered ends with the keys that proved it."""
    issuing = Issuing(jwk_set(jwk("one"), jwk("two")), jwk_set(jwk("two")))
    text = token(claims(NOW))
    assert "" == issuing.cause(text)
    issuing.clock.now += 300
    issuing.jwks.refresh()
    assert "unknown-signing-key" == issuing.cause(text)


def test_unknown_key_ids_cause_one_fetch_in_thirty_seconds() -> None:
    """However many random ids come; a new key that is announced so is then known."""
    issuing = Issuing(jwk_set(), jwk_set(jwk("one"), jwk("two")))
    for number in range(200):
        issuing.cause(token(claims(NOW), {"kid": f"random-{number}"}))
        issuing.jwks.refresh()
    assert 1 == len(issuing.asked)
    issuing.clock.now += 30
    for _ in range(50):
        assert "unknown-signing-key" == issuing.cause(token(claims(NOW), {"kid": "random"}))
        issuing.jwks.refresh()
    assert 2 == len(issuing.asked)
    assert "" == issuing.cause(token(claims(NOW), {"kid": "two"}, key=rsa_key("two")))


def test_an_issuer_that_is_down_is_not_missed_for_a_day() -> None:
    """Valid tokens stay valid, failures are told, and after a day nothing is believed any more."""
    issuing = Issuing(jwk_set(), DOWN)
    for _ in range(120):
        issuing.clock.now += 30
        issuing.wall.now += 30
        issuing.jwks.refresh()
    assert "" == issuing.cause(token(claims(issuing.wall.now)))
    assert 100 < len(issuing.failures)
    issuing.clock.now += 86400
    assert "no signing keys" == issuing.cause(token(claims(issuing.wall.now)))


def test_an_issuer_that_was_never_there() -> None:
    """Nobody is let in, and nobody is told that the token were wrong: 503, try again."""
    issuing = Issuing(DOWN, jwk_set())
    with pytest.raises(RequestError) as raised:
        issuing.tokens.caller(token(claims(NOW)))
    assert (503, "issuer-unavailable", "5") == (
        raised.value.status, raised.value.problem, raised.value.headers["Retry-After"],
    )  # fmt: skip
    issuing.clock.now += 30
    issuing.jwks.refresh()
    assert "" == issuing.cause(token(claims(NOW)))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"keys": {}}', b'{"keys": []}', b"<html>", jwk_set(jwk("x", use="enc"))]
)
def test_a_set_that_is_none_changes_nothing(body: bytes) -> None:
    """What was known stays; the failure is told."""
    issuing = Issuing(jwk_set(), body)
    issuing.clock.now += 300
    issuing.jwks.refresh()
    assert "" == issuing.cause(token(claims(NOW)))
    assert ["ValueError"] == [type(each).__name__ for each in issuing.failures]


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "oct", "kid": "a", "k": "c2VjcmV0"},
        jwk("a", use="enc"),
        jwk("a", key_ops=["sign"]),
        jwk("a", alg="RS512"),
        jwk("a", rsa_key("short", 1024)),
        jwk("a", curve_key("a")),
        {"kty": "RSA", "kid": "a", "n": "AQ"},
        {"kid": "a"},
        "a",
    ],
)
def test_keys_that_cannot_be_used_are_passed_over(key: object) -> None:
    """Secret keys, those for encryption or for another algorithm, and keys that are too short."""
    document = {"keys": [key, jwk("one")]}
    found = signers(document, ("RS256",))
    assert (1, False, True) == (len(found), found.knows("a"), found.knows("one"))


def test_a_private_half_in_a_set_is_not_taken() -> None:
    """An issuer that shows its private key by mistake still has a public one."""
    given = {**jwk("one"), "d": "AQ", "p": "AQ", "q": "AQ"}
    assert 1 == len(signers({"keys": [given]}, ("RS256",)))


def test_a_token_without_key_id_needs_a_single_key() -> None:
    """Where there are two, nobody guesses."""
    text = by_hand({"alg": "RS256", "typ": "at+jwt"}, claims(NOW))
    assert "" == Issuing().cause(text)
    assert "unknown-signing-key" == Issuing(jwk_set(jwk("one"), jwk("two"))).cause(text)
