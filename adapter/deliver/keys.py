"""Idempotency keys, and what makes two requests the same one (IETF draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from adapter import problems
from adapter.errors import RequestError
from adapter.messages import Checked, Request

LONGEST = 255
# A String of structured fields (RFC 9651, section 3.3.3), with nothing behind it.
_STRING = re.compile(r' *"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)" *')


def key_of(field: str) -> str:
    """Return the key of a header field. Raise 400 ``idempotency-key-invalid``."""
    found = _STRING.fullmatch(field)
    if found is None:
        raise _invalid('It is a text in quotes: Idempotency-Key: "8e03978e-40d5-43dd-bc93-6894a57f9324".')
    key = re.sub(r"\\(.)", r"\1", found[1])
    if not 0 < len(key) <= LONGEST:
        raise _invalid(f"It has 1 to {LONGEST} characters.")
    return key


def _invalid(detail: str) -> RequestError:
    return problems.house("idempotency-key-invalid", detail)


def fingerprint(request: Request) -> str:
    """Return what two requests have in common that ask for the same: operation, path, query and values.

    White space, the order of members and other spellings of one value make no difference.
    """
    checked = request.checked
    assert checked is not None
    try:
        told = json.dumps([request.operation, _values(checked)], sort_keys=True, separators=(",", ":")).encode()
    except TypeError:  # values that are kept as XML: then what was sent has to be the same
        path, query = sorted(request.path.items()), sorted(request.query)
        told = json.dumps([request.operation, path, query]).encode() + request.body
    return hashlib.sha256(told).hexdigest()


def _values(checked: Checked) -> list[Any]:
    calls = {name: [_values(each) for each in found] for name, found in checked.calls.items()}
    return [dict(checked.path), dict(checked.query), checked.body, dict(checked.call.headers), calls]
