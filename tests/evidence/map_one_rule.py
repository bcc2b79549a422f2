"""map.one_rule: properties of our mappings that one rule carries in both directions, of those usable in both."""

from __future__ import annotations

from collections import defaultdict

from adapter.app import build
from adapter.mapping.model import Place
from tests.evidence import Result
from tests.evidence.house import ROOT


def measure() -> Result:
    """Compare where the rule stands that reads a property with where the rule stands that writes it."""
    read: dict[tuple[str, str, str], set[Place]] = defaultdict(set)
    written: dict[tuple[str, str, str], set[Place]] = defaultdict(set)
    for endpoint in build(ROOT, {}).endpoints:
        for bound in endpoint.types.values():
            side = read if bound.mode == "reply" else written
            for field in bound.fields:
                side[endpoint.resource.name, bound.name, field.name].add(field.rule.place)
    both = read.keys() & written.keys()
    once = [key for key in both if len(read[key] | written[key]) == 1]
    share = 100 * len(once) / len(both) if both else 0
    return Result(f"{share:.0f} % of {len(both)} properties", bool(both) and len(once) == len(both))
