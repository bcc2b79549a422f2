"""The header fields of HTTP that an operation takes: those of all its SOAP calls, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapter.mapping.bound import BoundField, Endpoint, HeaderBlock


def given_blocks(endpoint: Endpoint) -> Iterator[tuple[Endpoint, HeaderBlock]]:
    """Yield the header blocks that hold what callers give, with the SOAP call that each belongs to."""
    reads = endpoint.body.reads if endpoint.body is not None else None
    for each in (*endpoint.whole(), *([reads] if reads is not None else [])):
        yield from ((each, block) for block in each.headers if block.given)


def header_parameters(endpoint: Endpoint) -> tuple[BoundField, ...]:
    """Return the header fields that an operation takes. One is required where any of its calls requires it."""
    found: dict[str, BoundField] = {}
    for _, block in given_blocks(endpoint):
        for field in block.given:
            known = found.setdefault(field.name, field)
            found[field.name] = replace(known, required=known.required or field.required)
    return tuple(found.values())
