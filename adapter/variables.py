"""What the variables are called that settings of a family stand in."""

from __future__ import annotations

import re

PREFIX = "ADAPTER_"


def endpoint_names(service: str, port: str) -> tuple[str, str]:
    """Return the two variables that can pin a SOAP port: its own and that of its service."""
    shared = f"{PREFIX}ENDPOINT_{spelled(service)}"
    return f"{shared}_{spelled(port)}", shared


def service_name(name: str) -> str:
    """Return the variable that holds the URL of a JSON microservice."""
    return f"{PREFIX}SERVICE_{spelled(name)}"


def value_name(name: str) -> str:
    """Return the variable that holds a constant of the mappings."""
    return f"{PREFIX}VALUE_{spelled(name)}"


def credential_name(name: str, part: str) -> str:
    """Return the variable that holds one part of credentials; with ``_FILE`` behind it, the file that holds it."""
    return f"{PREFIX}CREDENTIAL_{spelled(name)}_{part}"


def spelled(name: str) -> str:
    """Return a name of a mapping or contract as variables have it."""
    return re.sub(r"[^A-Z0-9]", "_", name.upper())
