"""Agreement of ``cache:`` and ``touches:``: what is kept can be kept, and what a write names is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapter.errors import Mistake
from adapter.mapping.bound import Endpoint
from adapter.mapping.bound_cache import Touch, Touched
from adapter.mapping.model import Place
from adapter.mapping.model.cache import CacheRule
from adapter.mapping.paths import suggest

NOT_FOUND = (404, 410)
Wrong = tuple[Place, str, str]


def with_caches(endpoints: Sequence[Endpoint]) -> tuple[list[Endpoint], list[Mistake]]:
    """Return the endpoints of a project with what each write touches, and what each read is touched by."""
    kept = {each.name: each for each in endpoints if each.policy.cache is not None}
    names = [each.name for each in endpoints]
    mistakes: list[Mistake] = []
    for endpoint in endpoints:
        wrong = [*_uncacheable(endpoint), *_unknown(endpoint, kept, names)]
        mistakes += [place.mistake(f"{endpoint.name}: {text}", remedy) for place, text, remedy in wrong]
    if not kept:
        return list(endpoints), mistakes
    found = [replace(each, touches=tuple(_touches(each, kept))) for each in endpoints]
    touched = {
        name: [touch.names for each in found for touch in each.touches if touch.operation == name] for name in kept
    }
    return [replace(each, touched=_by(touched[each.name])) if each.name in kept else each for each in found], mistakes


def _by(ways: Sequence[tuple[str, ...]]) -> Touched:
    return Touched(bool(ways), tuple(sorted({names for names in ways if names})))


def _touches(endpoint: Endpoint, kept: dict[str, Endpoint]) -> Iterator[Touch]:
    """Yield what an operation makes old: what it says, else the reads of its file."""
    if endpoint.policy.effect == "read":
        return
    rules = endpoint.policy.touches
    if rules is not None:
        reads = [kept[rule.operation] for rule in rules if rule.operation in kept]
    else:
        reads = [each for each in kept.values() if each.resource.name == endpoint.resource.name]
    own = {field.name for field in endpoint.path_parameters()}
    for read in reads:
        # In another file the same name may mean something else.
        same = read.resource.name == endpoint.resource.name
        shared = own & {field.name for field in read.path_parameters()} if same else set()
        yield Touch(read.name, tuple(sorted(shared)))


def _uncacheable(endpoint: Endpoint) -> Iterator[Wrong]:
    rule = endpoint.policy.cache
    if rule is None:
        return
    reply = endpoint.reply.rule
    if endpoint.policy.effect != "read":
        yield rule.place, "cache: only what reads can be answered again", "remove 'cache', or say effect: read"
    elif endpoint.method != "GET":
        yield rule.place, f"cache: a {endpoint.method} is not kept, since what its body asks for is not compared", "GET"
    if reply.stream is not None:
        yield rule.place, "cache: a list that leaves row by row is not kept", "remove 'stream' or 'cache'"
    elif reply.shape == "document":
        yield rule.place, "cache: documents are not kept", "remove 'cache'"
    elif reply.shape == "none" and endpoint.policy.effect == "read":
        yield rule.place, "cache: there is no answer to keep", "reply: {one: …}, or remove 'cache'"
    if endpoint.cursor is not None:
        yield rule.place, "cache: pages that a cursor leads to are not kept", "remove 'cache'"
    yield from _senseless(endpoint, rule)


def _senseless(endpoint: Endpoint, rule: CacheRule) -> Iterator[Wrong]:
    if rule.stale and rule.stale_if_error and rule.stale_if_error <= rule.stale:
        text = f"cache: stale_if_error: {rule.stale_if_error} seconds are over when stale: {rule.stale} is"
        yield rule.place, text, "more than 'stale', or remove it"
    statuses = [fault.status for each in endpoint.whole() for fault in each.faults]
    statuses += [each.reply.rule.empty_status for each in endpoint.whole()]
    if rule.not_found and not any(status in NOT_FOUND for status in statuses):
        text = "cache: not_found: nothing says which answer of the ERP means that there is none"
        yield rule.place, text, "a line of the fault table with status: 404, or reply: {when_empty: …}"


def _unknown(endpoint: Endpoint, kept: dict[str, Endpoint], names: Sequence[str]) -> Iterator[Wrong]:
    rules = endpoint.policy.touches
    for rule in rules or ():
        if rule.operation not in names:
            yield rule.place, f"touches: there is no operation {rule.operation}", suggest(rule.operation, list(names))
        elif rule.operation not in kept:
            yield rule.place, f"touches: {rule.operation} has no 'cache', so nothing of it gets old", "remove it"
        if endpoint.policy.effect == "read":
            yield rule.place, "touches: means nothing on an operation that reads", "remove it, or say effect: write"
