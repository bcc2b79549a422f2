"""The Idempotency-Key in the OpenAPI document: what it allows is what is taken."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapter.deliver.keys import LONGEST, key_of
from adapter.errors import RequestError
from tests.schemathesis_hooks import fresh, quoted
from tests.unit.openapi_project import operation, resolved, whole

_ANY = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=300)
_PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=LONGEST)


def schema() -> dict[str, Any]:
    """The schema of the header field."""
    parameters = [resolved(whole(), each) for each in operation(whole(), "orders.create")["parameters"]]
    (found,) = [each["schema"] for each in parameters if each["name"] == "Idempotency-Key"]
    assert isinstance(found, dict)
    return found


def allowed(field: str) -> bool:
    """Whether the document allows a field."""
    rule = schema()
    return rule["minLength"] <= len(field) <= rule["maxLength"] and re.search(rule["pattern"], field) is not None


def taken(field: str) -> str | None:
    """The key of a field, None where it is refused."""
    try:
        return key_of(field)
    except RequestError:
        return None


@given(_ANY | _ANY.map(lambda text: f'"{text}"') | _PRINTABLE.map(quoted))
def test_what_is_allowed_is_taken(field: str) -> None:
    """A field that the document allows is a key. The other way it is so but for the length, where much is escaped."""
    assert "sf-string" == schema()["format"]
    found = taken(field)
    assert not allowed(field) or found is not None
    assert found is None or allowed(field) or len(field) > LONGEST + 2


@given(_PRINTABLE)
def test_keys_for_schemathesis_are_right(text: str) -> None:
    """A text in quotes is read as that text; its fresh form is a key that is new each time, if there is room."""
    assert text == key_of(quoted(text))
    one, other = key_of(fresh(quoted(text))), key_of(fresh(quoted(text)))
    assert one.endswith(text)
    assert one != other or len(quoted(text)) > LONGEST - 17
