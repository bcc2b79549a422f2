"""Agreement of ``resolve:``: what is asked can always be asked, and what is found is enough for the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from adapter.mapping.bound import BoundField, Endpoint, Resolve
from adapter.mapping.model import Place
from adapter.mapping.model.write import ResolveRule, WriteRule
from adapter.mapping.paths import suggest

_PLACEHOLDER = re.compile(r"\{([^}]*)\}")
Wrong = tuple[Place, str, str]


def resolved(
    endpoint: Endpoint, rule: WriteRule, endpoints: Sequence[Endpoint]
) -> tuple[Resolve | None, tuple[Wrong, ...]]:
    """Return how the outcome of a write is found out, None where nothing says so; and what is wrong with it."""
    if rule.resolve is None:
        return None, ()
    place = rule.resolve.place
    here = {each.verb: each for each in endpoints if each.resource is endpoint.resource}
    by, then = here.get(rule.resolve.by), here.get(rule.resolve.then)
    wrong = [
        (place, f"resolve: {key}: this file has no operation {verb}", suggest(verb, list(here)))
        for key, verb, found in (("by", rule.resolve.by, by), ("then", rule.resolve.then, then))
        if verb and found is None
    ]
    if wrong or by is None:
        return None, tuple(wrong)
    wrong = [(place, f"resolve: {text}", remedy) for text, remedy in _wrong(endpoint, rule, rule.resolve, by, then)]
    return Resolve(rule.resolve, by, then), tuple(wrong)


def _wrong(
    endpoint: Endpoint, rule: WriteRule, resolve: ResolveRule, by: Endpoint, then: Endpoint | None
) -> Iterator[tuple[str, str]]:
    for each in (by, *([then] if then is not None else [])):
        if each.policy.effect != "read" or each.body is not None:
            yield f"{each.name} does not only read", "name an operation with a GET"
    if endpoint.changes:
        yield "what is found does not prove that every one of several calls was made", "remove 'resolve'"
    if by.reply.rule.shape not in ("one", "each") or by.reply.rule.stream is not None:
        yield f"{by.name} answers no object and no list as a whole", "name one with reply: {each: …} or {one: …}"
    if then is not None and then.reply.rule.shape != "one":
        yield f"then: {then.name} does not answer one object", "name one with reply: {one: …}"
    if endpoint.reply.rule.shape not in ("none", "one"):
        yield "the answer of this operation cannot be made from what is found", "reply: {one: …}, or no reply"
    yield from _asked(endpoint, rule, resolve, by)
    if then is not None:
        yield from _followed(endpoint, by, then)
    yield from _answered(endpoint, then or by)


def _asked(endpoint: Endpoint, rule: WriteRule, resolve: ResolveRule, by: Endpoint) -> Iterator[tuple[str, str]]:
    """Whatever is asked for is a parameter, filled with what every such write has."""
    path = [field.name for field in by.path_parameters()]
    tests = [test.field for test in by.filter.tests] if by.filter is not None else []
    query = [*by.query_fields, *tests]
    sources = {field.name: field for field in endpoint.given()}
    body = {field.name for field in endpoint.types[endpoint.body.type].fields} if endpoint.body is not None else set()
    if body.isdisjoint(resolve.given.values()):
        text = "what is found by parameters alone was there before, so it does not prove that this write was made"
        yield text, "with: {its parameter: a property of the body, best the 'reference'}"
    for name, source in resolve.given.items():
        if name not in [*path, *(field.name for field in query)]:
            yield f"{by.name} has no parameter {name}", suggest(name, [*path, *(field.name for field in query)])
        if source not in sources:
            yield f"no property or parameter of the write is called {source}", suggest(source, list(sources))
        elif not _there(endpoint, rule, sources[source]):
            yield f"{source} may be absent", f"'required: true' at {source}, or make it the 'reference'"
    filled = {*resolve.given, *(field.name for field in endpoint.path_parameters())}
    for name in [name for name in path if name not in filled]:
        yield f"nothing fills {{{name}}} of {by.name}", f"with: {{{name}: a property of the write}}"
    for field in query:
        if field.required and field.name not in resolve.given:
            yield (
                f"{by.name} needs the query parameter {field.name}",
                f"with: {{{field.name}: a property of the write}}",
            )


def _there(endpoint: Endpoint, rule: WriteRule, field: BoundField) -> bool:
    always = field.required or field in endpoint.path_parameters() or field.name == rule.reference
    return always and field.shape == "scalar"


def _followed(endpoint: Endpoint, by: Endpoint, then: Endpoint) -> Iterator[tuple[str, str]]:
    """The path of the operation that reads all of it is filled from what was found."""
    row = _properties(by)
    here = {field.name for field in endpoint.path_parameters()}
    for name in _PLACEHOLDER.findall(then.path):
        if name not in row and name not in here:
            yield (
                f"then: nothing that {by.name} finds fills {{{name}}}",
                f"a property {name} of {by.reply.rule.type_name}",
            )
    for field in then.query_fields:
        if field.required:
            yield f"then: {then.name} needs the query parameter {field.name}", "give it a default there"


def _answered(endpoint: Endpoint, found: Endpoint) -> Iterator[tuple[str, str]]:
    """The answer of the write is made from what was found, so all of it has to be there."""
    if endpoint.reply.rule.shape != "one" or not found.reply.type or found.reply.rule.shape not in ("one", "each"):
        return
    lacking = sorted(_properties(endpoint) - _properties(found))
    if lacking:
        text = f"{found.name} does not answer {', '.join(lacking[:5])}, which the answer of this write has"
        yield text, "then: the operation that reads all of it"


def _properties(endpoint: Endpoint) -> set[str]:
    """Return the properties of the objects that an operation answers."""
    bound = endpoint.types[endpoint.reply.type]
    inner = [endpoint.types[each.type] for each in bound.variants] or [bound]
    return {field.name for each in inner for field in each.fields}
