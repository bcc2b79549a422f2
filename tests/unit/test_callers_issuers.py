"""Issuers in the settings: what is right, and each mistake that would let in anybody, or nobody."""

from __future__ import annotations

import pytest

from adapter.callers.issuers import Issuer, issuers

GOOD = {"A_URL": "https://a.example/", "A_AUDIENCE": "one, two", "A_JWKS": "https://a.example/jwks"}


def test_an_issuer_with_defaults() -> None:
    """RS256 and the type of access tokens, where nothing else is said."""
    found, wrong = issuers(GOOD)
    meant = Issuer("a", "https://a.example/", ("one", "two"), "https://a.example/jwks", ("RS256",), "at+jwt")
    assert ([meant], []) == (found, wrong)


def test_a_name_may_hold_the_sign_that_parts_it() -> None:
    """ADAPTER_ISSUER_BIG_CORP_URL is the URL of big_corp."""
    found, _ = issuers({key.replace("A_", "BIG_CORP_", 1): value for key, value in GOOD.items()})
    assert ["big_corp"] == [each.name for each in found]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"A_AUDIENCE": None}, "ADAPTER_ISSUER_A_AUDIENCE is not set"),
        ({"A_JWKS": None}, "ADAPTER_ISSUER_A_JWKS is not set"),
        ({"A_AUDIENCE": " , "}, "ADAPTER_ISSUER_A_AUDIENCE names no audience"),
        ({"A_ALGORITHMS": "RS256,HS256"}, "ADAPTER_ISSUER_A_ALGORITHMS HS256 cannot be used"),
        ({"A_ALGORITHMS": "none"}, "ADAPTER_ISSUER_A_ALGORITHMS none cannot be used"),
        ({"A_ALGORITHMS": ","}, "ADAPTER_ISSUER_A_ALGORITHMS nothing cannot be used"),
        ({"A_JWKS": "http://a.example/jwks"}, "ADAPTER_ISSUER_A_JWKS is not https"),
        ({"A_URL": "a.example"}, "ADAPTER_ISSUER_A_URL is not an absolute http or https URL"),
        ({"A_ISSUER": "x"}, "ADAPTER_ISSUER_A_ISSUER is no part of an issuer"),
        ({"URL": "https://x.example"}, "ADAPTER_ISSUER_URL is no part of an issuer"),
        (
            {"B_URL": "https://a.example/", "B_AUDIENCE": "x", "B_JWKS": "https://b.example/"},
            "ADAPTER_ISSUER_B_URL is the URL of another issuer too",
        ),
    ],
)
def test_what_cannot_work_is_a_mistake(changed: dict[str, str | None], said: str) -> None:
    """Each is named by its variable."""
    given = {key: value for key, value in {**GOOD, **changed}.items() if value is not None}
    _, wrong = issuers(given)
    assert 1 == len(wrong)
    assert wrong[0].text.startswith(said)


def test_keys_may_be_on_this_machine() -> None:
    """A sidecar that serves them needs no certificate."""
    assert [] == issuers({**GOOD, "A_JWKS": "http://127.0.0.1:9000/jwks"})[1]
