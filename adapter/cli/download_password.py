"""The password for the server that a contract is fetched from."""

from __future__ import annotations

import getpass
import sys

from adapter import settings
from adapter.cli.command import UsageError

PASSWORD = "ADAPTER_WSDL_PASSWORD"


def password_of(user: str) -> str:
    """Return the password from the environment, else from whoever sits at the terminal."""
    if password := settings.environment().get(PASSWORD):
        return password
    if not sys.stdin.isatty():
        raise UsageError(f"--user needs a password: set {PASSWORD}, or run this at a terminal")
    return getpass.getpass(f"password of {user}: ")
