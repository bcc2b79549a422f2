"""Agreement of filters that have an element of their own each, such as ``companyName`` below a search record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapter.mapping.agreement.filter_tests import Around, bound_test, inner
from adapter.mapping.agreement.manner import PARTS, with_manners
from adapter.mapping.agreement.reply import element_at
from adapter.mapping.bound import BoundField, BoundType
from adapter.mapping.bound_filter import BoundTest, Filter, Filtered
from adapter.mapping.coverage import uncovered
from adapter.mapping.model import FieldRule
from adapter.mapping.model.filter import TestRule
from adapter.mapping.paths import Child, PathError, follow


def apart(around: Around, tests: Sequence[TestRule], start: str) -> Filter | None:
    """Bind the tests of one operation, None where ``at`` leads nowhere."""
    rule, binder = around.rule, around.binder
    found = element_at(binder, rule.place, start, rule.at)
    if found is None:
        return None
    steps, key = found
    if any(step.repeats for step in steps):
        binder.wrong(rule.place, f"filter: at: {rule.at} repeats", "each: the element that repeats")
        return None
    _parts_exist(around, tests, key)
    groups: dict[str, list[TestRule]] = {}
    for test in tests:
        groups.setdefault(test.filter, []).append(test)
    filters: dict[str, Filtered] = {}
    bound: dict[str, BoundTest] = {}
    for name, group in groups.items():
        filtered = _filter(around, group, key)
        if filtered is not None:
            filters[name] = _below(filtered, steps)
            bound |= _tests(around, group, key, filtered)
    ordered = (bound[test.field.name] for test in tests if test.field.name in bound)
    return Filter(rule, tuple(ordered), filters, None, {})


def _parts_exist(around: Around, tests: Sequence[TestRule], key: str) -> None:
    """A place that no filter has is misspelled; some filters may lack it."""
    for part in ("to", "operator"):
        path = getattr(around.rule, part)
        errors = []
        for test in tests if path else ():
            try:
                follow(around.binder.contract, key, _joined(test.filter, getattr(test, part) or path))
            except PathError as error:
                errors.append(error)
        if path and len(errors) == len(tests):
            around.binder.wrong(around.rule.place, f"filter: {part}: no filter has {path}", errors[0].remedy)


def _filter(around: Around, group: Sequence[TestRule], key: str) -> Filtered | None:
    """Bind one filter for all of its tests."""
    first, last = group[0], group[-1]
    for part in PARTS:
        if len({getattr(test, part) for test in group}) > 1:
            text = f"{last.field.name} and {first.field.name} name other places of one filter"
            around.binder.wrong(last.place, text, f"give both the same '{part}'")
            return None
    value = _place(around, first, key, first.value or around.rule.value)
    if value is None or value[1].codec is None:
        return None
    to, operator = _optional(around, first, key, "to"), _optional(around, first, key, "operator")
    slot = f"filter.{first.field.name}"
    filtered = Filtered(slot, {}, _value(around, *value), to, operator, value[1].codec)
    return with_manners(around.binder, around.rule, filtered, group, "" if around.encoded else key)


def _tests(around: Around, group: Sequence[TestRule], key: str, filtered: Filtered) -> Mapping[str, BoundTest]:
    """Bind the parameters of one filter. One that the contract requires needs its parameter, where it has only one."""
    path = _joined(group[0].filter, group[0].value or around.rule.value)
    found = {test.field.name: bound_test(around, test, key, path) for test in group}
    alone = len(group) == 1 and filtered.value.required and group[0].field.default is None
    return {
        name: replace(test, field=replace(test.field, required=True)) if alone else test
        for name, test in found.items()
        if test is not None
    }


def _place(around: Around, test: TestRule, key: str, path: str) -> tuple[tuple[Child, ...], BoundField] | None:
    return inner(around, FieldRule(test.field.name, test.place, _joined(test.filter, path)), key)


def _optional(around: Around, test: TestRule, key: str, part: str) -> BoundField | None:
    """Bind a place that the filter may not have; one that the parameter itself names must be there."""
    own, shared = getattr(test, part), getattr(around.rule, part)
    path = own or shared
    if not path:
        return None
    try:
        follow(around.binder.contract, key, _joined(test.filter, path))
    except PathError:
        if not own:
            return None
    found = _place(around, test, key, path)
    return _value(around, *found) if found is not None else None


def _value(around: Around, outer: tuple[Child, ...], bound: BoundField) -> BoundField:
    """Return a value as one of the message; where its items are elements around it, as an array of them."""
    if not outer:
        return replace(bound, nullable=False)
    record = outer[-1].type
    name = f"filter {bound.rule.soap} {record}"
    item = replace(bound, name="value")
    for missing in uncovered(around.binder.contract, record, [item]):
        text = f"{bound.name}: {outer[-1].element.name} requires {missing}, and nothing fills it"
        around.binder.wrong(bound.rule.place, text, "a filter fills one place of an item")
    around.binder.types[name] = BoundType(name, "filter", "request", record, (item,))
    return BoundField(bound.name, bound.rule, outer, None, "objects", None, name)


def _below(filtered: Filtered, steps: tuple[Child, ...]) -> Filtered:
    """Return a filter with its places seen from the message."""
    to, operator = filtered.to, filtered.operator
    return replace(
        filtered,
        value=_moved(filtered.value, steps),
        to=_moved(to, steps) if to is not None else None,
        operator=_moved(operator, steps) if operator is not None else None,
    )


def _moved(field: BoundField, steps: tuple[Child, ...]) -> BoundField:
    return replace(field, steps=steps + field.steps)


def _joined(name: str, path: str) -> str:
    return name if path == "." else f"{name}.{path}"
