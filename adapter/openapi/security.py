"""How callers say who they are, as security schemes (OpenAPI 3.1.1, sections 4.8.27 and 4.8.30)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from adapter.mapping.bound import Endpoint

_KEY, _TOKEN = "api-key", "token"
SCHEMES: Mapping[str, Any] = {
    "securitySchemes": {
        _KEY: {
            "type": "apiKey",
            "in": "header",
            "name": "X-API-Key",
            "description": "A key that the operator made; Authorization: Bearer takes it too.",
        },
        _TOKEN: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A token of an issuer that the operator trusts.",
        },
    }
}


_EITHER: Final = (_KEY, _TOKEN)


def security(endpoint: Endpoint) -> Mapping[str, Any]:
    """Return what an operation asks of callers: one of both, with its scopes; a public one asks for nothing."""
    scopes = endpoint.policy.scopes
    if scopes is None or scopes.public:
        return {"security": []}
    return {"security": [{scheme: list(scopes.names)} for scheme in _EITHER]}


def whose(endpoints: Iterable[Endpoint]) -> Mapping[str, Any]:
    """Return what it takes to ask for what became of a write of one of these: who it is counts, and no scope.

    Where a public one is among them, nobody has to say it: an empty requirement makes the others optional.
    """
    public = any(each.policy.scopes is not None and each.policy.scopes.public for each in endpoints)
    return {"security": [*([{}] if public else []), *({scheme: []} for scheme in _EITHER)]}
