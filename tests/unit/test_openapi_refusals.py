"""Documented problems: exactly those that an operation can answer with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapter.mapping.bound import Endpoint
from adapter.mapping.model.policy import LimitRule
from adapter.openapi.refusals import OF_ROWS, PROBLEM_SCHEMA
from adapter.openapi.writes import belongs
from adapter.problems import HOUSE
from tests.unit.openapi_project import described, endpoint, endpoints, errors, operation, resolved, whole

NOT_OURS = {
    *("no-such-path", "method-not-allowed", "not-ready", "half-made", "no-such-operation", "operation-begun"),
    *("cursor-expired", "cursor-invalid", "lookup-unusable", "unauthenticated", "forbidden", "quota-exceeded"),
}
BODY_ONLY = {"malformed-json", "request-timeout", "request-too-large", "unsupported-media-type"}


def answers(found: Any, name: str) -> dict[int, Any]:
    """The error responses of an operation, references followed."""
    responses = operation(found, name)["responses"]
    return {int(status): resolved(found, each) for status, each in responses.items() if int(status) >= 400}


def shown(found: Any, response: Any) -> dict[str, Any]:
    """The examples of an error response by problem slug."""
    examples = resolved(found, response)["content"]["application/problem+json"]["examples"]
    values = [resolved(found, example)["value"] for example in examples.values()]
    return {value["type"].removeprefix("/problems/"): value for value in values}


@pytest.mark.parametrize("chosen", endpoints(), ids=lambda each: each.name)
def test_problems_are_fault_table_and_house(chosen: Endpoint) -> None:
    """The documented problems are the fault table, the empty reply and the house's list, each at its status."""
    rule = chosen.reply.rule
    expected = {(fault.status, fault.problem) for fault in chosen.faults}
    expected |= {(rule.empty_status, rule.empty_problem)} if rule.empty_status else set()
    left_out = NOT_OURS | OF_ROWS if chosen.body else NOT_OURS | OF_ROWS | BODY_ONLY
    left_out |= {slug for slug in HOUSE if not belongs(chosen, slug, callers=False)}
    expected |= {(problem.status, slug) for slug, problem in HOUSE.items() if slug not in left_out}
    found = answers(whole(), chosen.name)
    assert expected == {(status, slug) for status, each in found.items() for slug in shown(whole(), each)}


@pytest.mark.parametrize("chosen", endpoints(), ids=lambda each: each.name)
def test_every_slug_is_named_and_shown(chosen: Endpoint) -> None:
    """Each response names its problems in words and shows each as a problem document of its own status."""
    for status, response in answers(whole(), chosen.name).items():
        for slug, value in shown(whole(), response).items():
            assert f"`{slug}`" in response["description"]
            assert status == value["status"]
            assert [] == errors(whole(), PROBLEM_SCHEMA, value)


def test_keys_bring_their_problems_where_there_are_keys() -> None:
    """An operation with keys can answer what keys bring, and what its store brings; others cannot."""
    kept = {slug for each in answers(whole(), "orders.create").values() for slug in shown(whole(), each)}
    assert {
        "idempotency-key-invalid", "idempotency-key-in-use", "idempotency-key-reused", "first-answer-gone",
        "earlier-write-open", "outcome-unknown", "store-unavailable", "sealed",
    } <= kept  # fmt: skip
    assert "idempotency-key-missing" not in kept
    others = {slug for each in answers(whole(), "orders.read").values() for slug in shown(whole(), each)}
    assert not others & {"idempotency-key-invalid", "earlier-write-open", "outcome-unknown", "store-unavailable"}


def test_malformed_json_needs_a_body() -> None:
    """An operation that takes no body cannot complain about its JSON."""
    assert "malformed-json" in shown(whole(), answers(whole(), "orders.create")[400])
    assert "malformed-json" not in shown(whole(), answers(whole(), "orders.read")[400])


def test_empty_reply_is_documented() -> None:
    """``when_empty`` is one of the problems, with its status."""
    assert "invoice-not-found" in shown(whole(), answers(whole(), "invoices.read")[404])


def test_titles_come_from_the_fault_table() -> None:
    """The title is the rule's own, else the problem type's, else the status's phrase."""
    chosen = endpoint("orders.read")
    own = replace(chosen.faults[0], problem="own", title="Own title", status=404)
    house = replace(own, problem="backend-fault", title="", status=418)
    bare = replace(own, problem="bare", title="", status=423)
    found = described(replace(chosen, faults=(own, house, bare)))
    titles = {
        slug: value["title"]
        for response in answers(found, "orders.read").values()
        for slug, value in shown(found, response).items()
        if slug in ("own", "bare") or value["status"] == 418
    }
    assert {"own": "Own title", "backend-fault": "Fault", "bare": "Locked"} == titles


def test_one_slug_with_two_meanings() -> None:
    """Two operations that answer one slug with different words show each its own."""
    one, other = endpoint("orders.read"), endpoint("items.read")
    first = replace(one.faults[0], problem="gone", status=410, title="First")
    found = described(replace(one, faults=(first,)), replace(other, faults=(replace(first, title="Second"),)))
    assert "First" == shown(found, answers(found, "orders.read")[410])["gone"]["title"]
    assert "Second" == shown(found, answers(found, "items.read")[410])["gone"]["title"]


def test_retryable_faults_say_when() -> None:
    """A fault that may pass carries Retry-After, whichever rule of its slug says so."""
    chosen = endpoint("orders.read")
    first = replace(chosen.faults[0], problem="busy", status=423, retryable=False)
    never = replace(first, problem="never", status=409)
    found = described(replace(chosen, faults=(first, replace(first, retryable=True), never)))
    assert "Retry-After" in answers(found, "orders.read")[423]["headers"]
    assert "Retry-After" not in answers(found, "orders.read")[409]["headers"]


def test_alike_responses_are_shared() -> None:
    """What many operations answer alike is one component."""
    timeouts = {operation(whole(), each.name)["responses"]["504"]["$ref"] for each in endpoints()}
    assert {f"#/components/responses/backend-timeout{each}" for each in ("", ".outcome-unknown")} == timeouts


def test_limits_bring_429_and_their_fields() -> None:
    """An operation with a limit can answer 429 with Retry-After, and every answer of it tells how the limit stands."""
    rules = (LimitRule(60, 60, "minute"),)
    chosen = endpoint("customers.read")
    limited = replace(chosen, policy=replace(chosen.policy, limits=rules))
    found = described(limited, *(each for each in endpoints() if each is not chosen))
    responses = {
        int(status): resolved(found, each) for status, each in operation(found, limited.name)["responses"].items()
    }
    fields = {"RateLimit-Policy", "RateLimit", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
    assert [] == [status for status, each in responses.items() if not fields <= each["headers"].keys()]
    assert "Retry-After" in responses[429]["headers"]
    assert {"quota-exceeded"} == set(shown(found, responses[429]))
    others = operation(found, "orders.read")["responses"].values()
    assert not any("RateLimit" in resolved(found, each)["headers"] for each in others)
    assert fields <= found["components"]["headers"].keys()
