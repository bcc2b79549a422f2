"""Agreement of ``write:``: names that are there, a reference that fits, and a way back to a token of the ERP's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapter.errors import Mistake
from adapter.mapping.agreement.resolve import resolved
from adapter.mapping.bound import BoundField, BoundWrite, Endpoint
from adapter.mapping.model import Place
from adapter.mapping.model.write import WriteRule
from adapter.mapping.paths import suggest
from adapter.mapping.references import longest

_FEWEST = 16
Wrong = tuple[Place, str, str]


def with_writes(endpoints: Sequence[Endpoint]) -> tuple[list[Endpoint], list[Mistake]]:
    """Return the endpoints of a project with their writes bound and the tokens that reads show, and what is wrong."""
    found, mistakes = [], list[Mistake]()
    tokens = {
        each.resource.name: each.policy.write.if_match.property
        for each in endpoints
        if each.policy.write is not None and each.policy.write.if_match is not None
    }
    readers = {each.resource.name: each for each in endpoints if each.verb == "read" and each.path_parameters()}
    for endpoint in endpoints:
        rule = endpoint.policy.write
        if rule is not None:
            wrong = list(_wrong(endpoint, rule))
            resolve, more = resolved(endpoint, rule, endpoints)
            mistakes += [place.mistake(f"{endpoint.name}: {text}", remedy) for place, text, remedy in [*wrong, *more]]
            reads = readers.get(endpoint.resource.name)
            endpoint = replace(endpoint, write=BoundWrite(rule, _characters(endpoint, rule), resolve, reads))
        token = tokens.get(endpoint.resource.name, "")
        found.append(replace(endpoint, token=token) if token and _shows(endpoint, token) else endpoint)
    return found, mistakes


def _shows(endpoint: Endpoint, token: str) -> bool:
    """Whether an operation reads one record with the ERP's token of its version in it."""
    if endpoint.method != "GET" or endpoint.reply.rule.shape != "one":
        return False
    return any(field.name == token for field in endpoint.types[endpoint.reply.type].fields)


def _wrong(endpoint: Endpoint, rule: WriteRule) -> Iterator[Wrong]:
    if endpoint.policy.effect == "read":
        yield rule.place, "write: means nothing on an operation that reads", "remove 'write', or say effect: write"
    body = endpoint.body
    if rule.kept and body is not None and (body.rows is not None or body.document is not None):
        yield rule.place, "write: what is sent on while it arrives cannot be kept", "write: {key: off}"
    if rule.kept and (endpoint.reply.rule.document is not None or endpoint.reply.rule.stream is not None):
        yield rule.place, "write: an answer that leaves while it arrives cannot be kept", "write: {key: off}"
    if rule.key == "off" and not rule.promises and rule.if_match is None:
        yield rule.place, "write: says nothing with key: off alone", "remove 'write'"
    for name, key in ((rule.entity, "entity"), (rule.subject, "subject")):
        yield from _named(endpoint, rule.place, key, name)
    if rule.reference:
        yield from _reference(endpoint, rule)
    if rule.if_match is not None:
        yield from _token(endpoint, rule)
    if rule.slow and endpoint.timeout is not None and rule.slow >= endpoint.timeout:
        yield rule.place, f"slow: {rule.slow:g} seconds are never over before the timeout", "slow: less than 'timeout'"
    if rule.callback and not rule.promises:
        yield rule.place, "callback: means nothing where nothing is answered with 202", "later: true, or remove it"
    if rule.when_down == "queue" and rule.resolve is None and endpoint.policy.effect != "idempotent":
        text = "when_down: queue: what was lost on the way is never sent again, since nothing says whether it arrived"
        yield rule.place, text, "resolve: {by: …, with: {…}}, or effect: idempotent where calling twice does no harm"


def _named(endpoint: Endpoint, place: Place, key: str, name: str) -> Iterator[Wrong]:
    """Whatever names an entity or a subject is one value that is always there."""
    if not name:
        return
    field = given(endpoint, name)
    if field is None:
        yield place, f"{key}: no property or parameter is called {name}", _near(endpoint, name)
    elif field.shape != "scalar":
        yield place, f"{key}: {name} is no single value", "name one that is"
    elif not (field.required or field in endpoint.path_parameters()):
        yield place, f"{key}: {name} may be absent", f"'required: true' at {name}, or name one that is always there"


def given(endpoint: Endpoint, name: str) -> BoundField | None:
    """Return what a caller gives under a name: a property of the body, or a parameter of query or path."""
    return {field.name: field for field in endpoint.given()}.get(name)


def _near(endpoint: Endpoint, name: str) -> str:
    return suggest(name, [field.name for field in endpoint.given() if field.shape == "scalar"])


def _in_body(endpoint: Endpoint, name: str) -> BoundField | None:
    fields = endpoint.types[endpoint.body.type].fields if endpoint.body is not None else ()
    return {field.name: field for field in fields}.get(name)


def _characters(endpoint: Endpoint, rule: WriteRule) -> int:
    field = _in_body(endpoint, rule.reference) if rule.reference else None
    return longest(field.codec) if field is not None and field.codec is not None else 0


def _reference(endpoint: Endpoint, rule: WriteRule) -> Iterator[Wrong]:
    field = _in_body(endpoint, rule.reference)
    if field is None:
        yield (
            rule.place,
            f"reference: no property of the body is called {rule.reference}",
            _near(endpoint, rule.reference),
        )
    elif field.codec is None or field.shape != "scalar" or field.parts or field.when:
        yield rule.place, f"reference: {rule.reference} is no single text", "name a property that is one text"
    elif longest(field.codec) < _FEWEST:
        text = f"reference: {rule.reference} does not take a text of {_FEWEST} capitals and digits as it is"
        yield rule.place, text, "name a property that does, such as the ERP's field for foreign references"


def _token(endpoint: Endpoint, rule: WriteRule) -> Iterator[Wrong]:
    match = rule.if_match
    assert match is not None
    field = given(endpoint, match.property)
    if field is None or field in endpoint.path_parameters():
        text = f"if_match: no property or query parameter is called {match.property}"
        yield match.place, text, _near(endpoint, match.property)
    elif field.codec is None or field.shape != "scalar" or field.codec.schema.get("type") == "array":
        yield match.place, f"if_match: {match.property} is no single value", "name the ERP's token of a version"
    known = {fault.problem for fault in endpoint.faults}
    if match.conflict and match.conflict not in known:
        text = f"if_match: conflict: no line of the fault table has the problem {match.conflict}"
        yield match.place, text, suggest(match.conflict, sorted(known))
    if not match.conflict and all(fault.status != 412 for fault in endpoint.faults):
        text = "if_match: nothing says which fault means that the token is an old one"
        yield match.place, text, "conflict: its problem, or a line of the fault table with status: 412"
