"""The evidence of logins in a small form: calls at once on an expired session, under a real gunicorn."""

from __future__ import annotations

from tests.evidence.map_login import counted


def test_one_login_for_all_calls_of_an_expired_session() -> None:
    """Forty calls learn of the expiry, half of them after another logged in: one login follows and none fails."""
    assert (1, 0) == counted(40)
