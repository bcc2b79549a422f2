"""What a start says about who may call."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter import app
from adapter.callers.opening import nobody_can_be_known
from adapter.errors import BuildError
from adapter.settings import Settings
from tests.cases import ROOT
from tests.everyone import EVERYONE

_ISSUER = {"A_URL": "https://a.example/", "A_AUDIENCE": "x", "A_JWKS": "https://a.example/jwks"}


@pytest.mark.parametrize(
    ("settings", "mistakes"),
    [
        (Settings(), 1),
        (Settings(callers="everyone"), 0),
        (Settings(store_key="x" * 40), 0),
        (Settings(store_key_file="store.key"), 0),
        (Settings(issuer=_ISSUER), 0),
    ],
)
def test_somebody_has_to_be_known_by_something(settings: Settings, mistakes: int) -> None:
    """Keys, tokens, or nobody is asked."""
    assert mistakes == len(nobody_can_be_known(settings))


def test_everyone_is_said_aloud(capsys: pytest.CaptureFixture[str]) -> None:
    """Each start without callers writes a warning."""
    app.create_app(ROOT, EVERYONE)
    lines = [line for line in capsys.readouterr().out.splitlines() if "everyone-may-call" in line]
    assert 1 == len(lines)
    assert '"level":"warning"' in lines[0]


def test_a_wrong_issuer_stops_the_build(tmp_path: Path) -> None:
    """It is named with the variable."""
    given = {**EVERYONE, "ADAPTER_ISSUER_A_URL": "https://a.example/"}
    with pytest.raises(BuildError) as raised:
        app.build(ROOT, given)
    assert {"ADAPTER_ISSUER_A_AUDIENCE is not set", "ADAPTER_ISSUER_A_JWKS is not set"} == {
        each.text for each in raised.value.mistakes
    }
