"""Bounds of occurrence: how often particles may be there together. None is unbounded."""

from __future__ import annotations

from collections.abc import Sequence

from adapter.wsdl.types import Group, Particle


def times(one: int | None, other: int | None) -> int | None:
    """Return how often what may be there ``other`` times is in what may be there ``one`` times."""
    return None if one is None or other is None else one * other


def total(mosts: Sequence[int | None]) -> int | None:
    """Return how often several particles may be there, one after the other."""
    return None if None in mosts else sum(each or 0 for each in mosts)


def largest(mosts: Sequence[int | None]) -> int | None:
    """Return how often one of several particles may be there."""
    return None if None in mosts else max(each or 0 for each in mosts)


def may_be_empty(particle: Particle) -> bool:
    """Tell whether nothing at all may stand for a particle."""
    if particle.min == 0 or not isinstance(particle, Group):
        return particle.min == 0
    empty = any if particle.kind == "choice" else all
    return empty(may_be_empty(item) for item in particle.items) or not particle.items
