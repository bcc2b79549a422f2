"""Agreement of ``link:``: the operation answers a document, and every link can be filled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from adapter.errors import Mistake
from adapter.mapping.bound import BoundField, BoundType, Endpoint
from adapter.mapping.model import LinkRule
from adapter.mapping.paths import suggest

_PLACEHOLDER = re.compile(r"\{([^}]*)\}")


def linked(endpoints: Sequence[Endpoint]) -> tuple[list[Endpoint], list[Mistake]]:
    """Return the endpoints of a project with the path templates of their links by operation, and what is wrong."""
    named = {endpoint.name: endpoint for endpoint in endpoints}
    found, mistakes = [], list[Mistake]()
    for endpoint in endpoints:
        links = list(_links(endpoint))
        wrong = [mistake for link in links for mistake in _wrong(named, endpoint, *link)]
        mistakes += wrong
        targets = {rule.operation: named[rule.operation].path for _, _, rule in links} if not wrong else {}
        found.append(replace(endpoint, links=targets) if targets else endpoint)
    return found, mistakes


def _links(endpoint: Endpoint) -> Iterator[tuple[BoundType, BoundField, LinkRule]]:
    """Yield each property of a reply that may be a link, with the type that it is a property of."""
    seen, waiting = set[str](), [endpoint.reply.type] if endpoint.reply.rule.document is None else []
    while waiting:
        key = waiting.pop()
        if not key or key in seen:
            continue
        seen.add(key)
        bound = endpoint.types[key]
        waiting += [each.type for each in bound.fields] + [each.type for each in bound.variants]
        for field in bound.fields:
            if field.rule.link is not None:
                yield bound, field, field.rule.link


def _wrong(
    named: Mapping[str, Endpoint], endpoint: Endpoint, bound: BoundType, field: BoundField, rule: LinkRule
) -> Iterator[Mistake]:
    target = named.get(rule.operation)
    if field.shape != "scalar" or field.codec is None or field.codec.logical != "base64Binary":
        yield rule.place.mistake(f"{field.name}: only one base64Binary value can be a link", "remove 'link'")
    elif target is None:
        text = f"{field.name}: there is no operation {rule.operation}"
        yield rule.place.mistake(text, suggest(rule.operation, list(named)))
    elif target.method != "GET" or target.reply.rule.document is None:
        text = f"{field.name}: {rule.operation} does not answer GET with a document"
        yield rule.place.mistake(text, "name one with request: GET … and reply: {document: …}")
    else:
        there = {each.name for each in bound.fields if each.shape == "scalar"}
        there |= set(_PLACEHOLDER.findall(endpoint.path))
        for name in _PLACEHOLDER.findall(target.path):
            if name not in there:
                text = f"{field.name}: nothing in {bound.name} or in the path of {endpoint.name} fills {{{name}}}"
                yield rule.place.mistake(text, f"a property {name} of {bound.name}")
