"""The issuers whose tokens count, from ``ADAPTER_ISSUER_<NAME>_<PART>``; each mistake in them is found while building.

An allowlist of algorithms for each issuer, exact issuer and audience, and an explicit type: RFC 8725, sections 3.1,
3.8, 3.9 and 3.11; RFC 9068, section 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from adapter import parsers
from adapter.errors import Mistake

# Signatures with a key pair (RFC 7518, section 3.1; RFC 8037). HMAC would make everyone who can check a token able to
# make one, and "none" anybody.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_PARTS: Final = ("URL", "AUDIENCE", "JWKS", "ALGORITHMS", "TYPE")
_NEEDED: Final = ("URL", "AUDIENCE", "JWKS")
_LOOPBACK: Final = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens count: exactly this ``url`` in ``iss``, one of ``audiences`` in ``aud``, ``type`` in the header.

    ``jwks`` is where its keys are, ``name`` what the settings call it.
    """

    name: str
    url: str
    audiences: tuple[str, ...]
    jwks: str
    algorithms: tuple[str, ...] = ("RS256",)
    type: str = "at+jwt"


def issuers(given: Mapping[str, str]) -> tuple[list[Issuer], list[Mistake]]:
    """Return the issuers of the settings (names of variables behind the family's prefix), and what is wrong there."""
    mistakes: list[Mistake] = []
    parts: dict[str, dict[str, str]] = {}
    for key, text in given.items():
        name, _, part = key.rpartition("_")
        if part not in _PARTS or not name:
            mistakes.append(_wrong(key, "is no part of an issuer", f"parts: {', '.join(_PARTS)}, behind a name"))
        else:
            parts.setdefault(name, {})[part] = text
    found = []
    for name, of_one in sorted(parts.items()):
        wrong = list(_wrongs(name, of_one))
        mistakes += wrong
        if not wrong:
            found.append(_issuer(name, of_one))
    for number, each in enumerate(found):
        if any(each.url == other.url for other in found[:number]):
            mistakes.append(_wrong(f"{each.name.upper()}_URL", "is the URL of another issuer too", "join both in one"))
    return found, mistakes


def _issuer(name: str, parts: Mapping[str, str]) -> Issuer:
    return Issuer(
        name.lower(),
        parts["URL"],
        parsers.words(parts["AUDIENCE"]),
        parts["JWKS"],
        parsers.words(parts.get("ALGORITHMS", "RS256")),
        parts.get("TYPE", "at+jwt").lower().removeprefix("application/"),
    )


def _wrongs(name: str, parts: Mapping[str, str]) -> Iterator[Mistake]:
    for part in _NEEDED:
        if part not in parts:
            yield _wrong(f"{name}_{part}", "is not set", f"an issuer needs {', '.join(_NEEDED)}")
    for part in ("URL", "JWKS"):
        if part in parts and (problem := _url_problem(parts[part])):
            yield _wrong(f"{name}_{part}", problem, "https://…; http only on this machine")
    if "AUDIENCE" in parts and not parsers.words(parts["AUDIENCE"]):
        yield _wrong(f"{name}_AUDIENCE", "names no audience", "what the issuer writes into 'aud' for this API")
    for algorithm in parsers.words(parts.get("ALGORITHMS", "RS256")) or ("",):
        if algorithm not in ALGORITHMS:
            yield _wrong(
                f"{name}_ALGORITHMS", f"{algorithm or 'nothing'} cannot be used", f"of {', '.join(ALGORITHMS)}"
            )


def _url_problem(text: str) -> str:
    try:
        parsers.url(text)
    except ValueError as error:
        return f"is {error}"
    return "" if text.startswith(("https://", *_LOOPBACK)) else "is not https, so anybody on the way could change it"


def _wrong(key: str, text: str, remedy: str) -> Mistake:
    return Mistake("adapter.env", 0, 0, f"ADAPTER_ISSUER_{key} {text}", remedy)
