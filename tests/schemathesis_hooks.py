"""What the OpenAPI document cannot say, said to schemathesis. Loaded by ``tests/schemathesis.toml``."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any
from urllib.parse import quote, unquote

import requests
import schemathesis
from hypothesis import strategies as st

from adapter import problems
from adapter.deliver.keys import LONGEST

# Which keys and which operations of earlier calls there are is known to the store alone, as orders are to the ERP.
_OF_EARLIER_CALLS = frozenset(
    (
        "earlier-write-open",
        "feature-moved",
        "first-answer-gone",
        "idempotency-key-in-use",
        "idempotency-key-reused",
        "no-such-operation",
        "operation-begun",
    )
)
# Beyond the Char production of XML 1.0 (section 2.2). As a pattern on every string it would spoil Swagger UI's samples.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
KEY = "Idempotency-Key"
_PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)


def quoted(text: str) -> str:
    """Return a String of structured fields (RFC 9651, section 4.1.6)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# Without it the tool knows no header value with quotes: its coverage phase narrows header fields to letters and digits
# (ensure_valid_headers_schema), finds none that fits, and then sends the wrong value that it began with as a right one
# where an operation has two optional header fields (_container_combinations does not look at how a value was made).
schemathesis.openapi.format("sf-string", st.text(_PRINTABLE, min_size=1, max_size=255).map(quoted))


def fresh(key: str) -> str:
    """Return a key as it was made, with something before it that no earlier call had, as far as there is room for it.

    Else nearly every right call would be refused as one with the key of another, and nothing further would be tried.
    """
    text = key.strip()[1:]
    return f'"{secrets.token_hex(8)} {text}' if len(text) < LONGEST - 16 else key


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Make a right request one that a careful caller would send. Wrong ones stay as they are."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    case.body = _fitting(case.body)
    case.query = _fitting(case.query)
    case.path_parameters = {name: _fitting_segment(value) for name, value in case.path_parameters.items()}
    if KEY in (case.headers or {}):
        case.headers[KEY] = fresh(case.headers[KEY])
    if case.method in ("PUT", "PATCH", "DELETE"):
        _name_version(case)


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Let the ERP refuse what is well-formed: it knows which orders there are. The adapter itself may not."""
    return failure.__class__.__name__ != "RejectedPositiveData" or not erp_refused(response.status_code, response.text)


def erp_refused(status: int, body: str) -> bool:
    """Tell whether a problem document says so of a fault that a mapping names, or of an earlier call.

    The house's own checks may not refuse what is right.
    """
    try:
        kind = json.loads(body)["type"]
    except (ValueError, LookupError, TypeError):
        return False
    slug = str(kind).removeprefix("/problems/")
    return 400 <= status < 500 and (slug not in problems.HOUSE or slug in _OF_EARLIER_CALLS)


def _fitting(value: Any) -> Any:
    """Put U+FFFD for what XML cannot carry, as the document's introduction asks callers to leave it out."""
    if isinstance(value, str):
        return _NOT_XML.sub("\ufffd", value)
    if isinstance(value, list):
        return [_fitting(each) for each in value]
    if isinstance(value, dict):
        return {_fitting(name): _fitting(each) for name, each in value.items()}
    return value


def _fitting_segment(value: Any) -> Any:
    """Do the same to a path parameter, which is percent-encoded already."""
    text = unquote(str(value))
    return value if _fitting(text) == text else quote(_fitting(text), safe="")


def _name_version(case: Any) -> None:
    """Give the record's own version, without which nearly every change would end as a conflict."""
    given = case.query if case.method == "DELETE" else case.body
    if isinstance(given, dict):
        found = requests.get(case.operation.schema.get_base_url().rstrip("/") + case.formatted_path, timeout=30)
        if found.status_code == 200 and "version" in found.json():
            given["version"] = found.json()["version"]
