"""What ``agree`` accepts holds: whatever ``validate`` takes is a valid document, for any contract and mapping."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from adapter.errors import BuildError, InvalidRequest
from adapter.mapping.bound import Endpoint
from adapter.messages import Checked
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, echo, sent, typed
from tests.unit.random_contracts import Contracts, Mappings
from tests.unit.random_values import Values
from tests.unit.twins import reader

# Seeds, not st.randoms: many small decisions, of which most lead to a contract worth trying.
seeds = settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])
REQUESTS = 8


def checked(endpoint: Endpoint, body: Any, query: tuple[tuple[str, str], ...] = ()) -> Checked | None:
    """What ``validate`` makes of a request, None where it refuses."""
    try:
        return check(endpoint, body, query=query)
    except InvalidRequest:
        return None


@seeds
@given(st.integers(0, 10**9))
def test_accepted_bodies_are_valid_and_come_back(seed: int) -> None:
    """A body that passes is written as a document its schema allows, and reading that gives the same values."""
    source = random.Random(seed)
    inside, shape = Contracts(source).type(3)
    mappings = Mappings(source)
    xsd, fields = typed(inside), mappings.fields(shape)
    schema = etree.XMLSchema(etree.fromstring(xsd))
    try:
        endpoint = echo(xsd, fields, **mappings.types)
    except BuildError:
        assume(False)
    values, write, read = Values(source, endpoint), writer(endpoint), reader(endpoint)
    assert endpoint.body is not None
    for _ in range(REQUESTS):
        body = values.object(endpoint.body.type)
        if (passed := checked(endpoint, body)) is None:
            continue
        message = sent(write(passed))
        schema.assertValid(message)
        message.tag = "{urn:t}Out"
        assert plain(body) == plain(read(message).document)


@seeds
@given(st.integers(0, 10**9))
def test_accepted_parameters_and_bodies_are_valid_together(seed: int) -> None:
    """The same where the body fills the message itself and query parameters fill the rest of it."""
    source = random.Random(seed)
    inside, shape = Contracts(source).type(3)
    mappings = Mappings(source)
    xsd, fields = typed(inside), mappings.fields(shape, "X")
    schema = etree.XMLSchema(etree.fromstring(xsd))
    query = {name: rule for name, rule in fields.items() if set(rule) == {"soap"} and source.random() < 0.4}
    rest = {name: rule for name, rule in fields.items() if name not in query}
    operation = {"query": query, "body": {"one": "T"}, "reply": {"status": 204}}
    try:
        endpoint = build(xsd, {"T": {"fields": rest}, **mappings.types}, operation)
    except BuildError:
        assume(False)
    values, write = Values(source, endpoint), writer(endpoint)
    assert endpoint.body is not None
    for _ in range(REQUESTS):
        parameters = tuple(
            (field.name, text(values.one(field)))
            for field in endpoint.query_fields
            if field.required or source.random() < 0.6
        )
        if (passed := checked(endpoint, values.object(endpoint.body.type), parameters)) is not None:
            schema.assertValid(sent(write(passed)))


def text(value: Any) -> str:
    """A value as it stands in a query."""
    if isinstance(value, list):
        return " ".join(text(each) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def plain(value: Any) -> Any:
    """A value without what XML does not tell apart: no items and no array, spaces of tokens, "" beside attributes."""
    if isinstance(value, dict):
        members = {name: plain(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in ([], "")}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return " ".join(value.split()) if isinstance(value, str) else str(value)
