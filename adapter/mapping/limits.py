"""Rules of how often a caller may ask: ``limit:`` of an operation."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from adapter.mapping.files import Path_
from adapter.mapping.keys import RATE
from adapter.mapping.model.policy import LimitRule
from adapter.mapping.rates import rate
from adapter.mapping.sections import Sections

_EXAMPLE: Final = "limit: 60/minute, or a list such as [10/second, 600/hour]; second, minute, hour or day"


def limit_rules(sections: Sections, data: Any, path: Path_) -> tuple[LimitRule, ...]:
    """Return the rules of ``limit:``, the shortest time first; none where nothing is said, or where that is wrong."""
    if data is None:
        return ()
    listed = isinstance(data, list)
    if listed and not data:
        sections.wrong(path, "limit: an empty list limits nothing", f"{_EXAMPLE}; or remove it")
        return ()
    found: dict[str, tuple[LimitRule, Path_]] = {}
    for index, text in enumerate(data if listed else [data]):
        where: Path_ = (*path, index) if listed else path
        if not isinstance(text, str) or not RATE.fullmatch(text):
            sections.wrong(where, f"limit: {text!r} is not how often a caller may ask", _EXAMPLE)
            continue
        rule = LimitRule(*rate(text), text.partition("/")[2])
        if rule.name in found:
            sections.wrong(where, f"limit: there is one for each {rule.name} already", "remove one")
        else:
            found[rule.name] = rule, where
    ordered = sorted(found.values(), key=lambda each: each[0].seconds)
    for (short, _), (long, where) in pairwise(ordered):
        _must_both_matter(sections, short, long, where)
    return tuple(rule for rule, _ in ordered)


def _must_both_matter(sections: Sections, short: LimitRule, long: LimitRule, where: Path_) -> None:
    """Tell of two rates of which one can never be reached before the other."""
    if long.most <= short.most:
        text = f"limit: {short} is never reached, since {long} is less"
        sections.wrong(where, text, f"more than {short.most}/{long.name}, or remove {short}")
    elif long.most * short.seconds >= short.most * long.seconds:
        most = short.most * long.seconds // short.seconds
        text = f"limit: {long} is never reached, since {short} lets no more than {most} pass"
        sections.wrong(where, text, f"less than {most}/{long.name}, or remove {long}")
