"""Agreement of one query parameter that is a test: how its value is typed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from adapter.mapping.agreement.constants import Given
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import BoundField, Reply
from adapter.mapping.bound_filter import BoundTest
from adapter.mapping.codec import Codec
from adapter.mapping.model import FieldRule
from adapter.mapping.model.filter import FilterRule, TestRule
from adapter.mapping.paths import Child, PathError, follow, suggest


@dataclass(frozen=True, slots=True)
class Around:
    """What the filters of one operation are bound with."""

    binder: Binder
    rule: FilterRule
    reply: Reply
    encoded: bool
    given: Given


def bound_test(around: Around, test: TestRule, start: str, path: str) -> BoundTest | None:
    """Bind a parameter whose value stands at ``path``, or is typed as the property that it is like."""
    if test.like:
        codec = _like(around, test)
    else:
        found = inner(around, replace(test.field, soap=path), start)
        codec = found[1].codec if found is not None else None
    if codec is None:
        return None
    rule = test.field
    required = rule.required and rule.default is None
    return BoundTest(test, BoundField(rule.name, rule, (), None, "scalar", codec, required=required, doc=rule.doc))


def inner(around: Around, rule: FieldRule, start: str) -> tuple[tuple[Child, ...], BoundField] | None:
    """Bind a value. What repeats on the way to it are its items: the steps to them are returned apart."""
    try:
        spot = follow(around.binder.contract, start, rule.soap)
    except PathError as error:
        around.binder.wrong(rule.place, f"{rule.name}: {error}", error.remedy)
        return None
    crossed = spot.steps if spot.attribute is not None else spot.steps[:-1]
    last = next((index for index, step in enumerate(crossed) if step.repeats), None)
    outer = () if last is None else spot.steps[: last + 1]
    rest = ".".join(rule.soap.split(".")[len(outer) :]) if outer else rule.soap
    below = outer[-1].type if outer else start
    found = around.binder.field(replace(rule, soap=rest), below, "request", around.encoded)
    return (outer, found) if found is not None and found.codec is not None else None


def _like(around: Around, test: TestRule) -> Codec | None:
    types = around.binder.types
    bound = types.get(around.reply.type)
    if bound is None:
        return None  # what the list answers does not agree, which is named already
    fields = {
        field.name: field for each in (bound, *(types[one.type] for one in bound.variants)) for field in each.fields
    }
    found = fields.get(test.like)
    if found is not None and found.codec is not None:
        return found.codec
    why = f"{bound.name} has no property {test.like}" if found is None else f"{test.like} is an object"
    names = [name for name, field in fields.items() if field.codec is not None]
    around.binder.wrong(test.place, f"{test.field.name}: like: {why}", suggest(test.like, names))
    return None
