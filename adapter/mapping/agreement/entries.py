"""Agreement of tests that are entries of one repeated element, each with the ERP's name of its field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapter.mapping.agreement.filter_tests import Around, bound_test
from adapter.mapping.agreement.manner import PARTS, valid_manners, with_manners
from adapter.mapping.agreement.reply import element_at
from adapter.mapping.agreement.values import bind_constants
from adapter.mapping.bound import BoundField, BoundType
from adapter.mapping.bound_filter import Filter, Filtered
from adapter.mapping.codec import Codec
from adapter.mapping.coverage import collisions, uncovered
from adapter.mapping.model import FieldRule
from adapter.mapping.model.filter import TestRule
from adapter.mapping.occurrence import together
from adapter.mapping.paths import Child, suggest


def in_entries(around: Around, tests: Sequence[TestRule], start: str) -> Filter | None:
    """Bind the tests of one operation, None where an entry does not agree."""
    found = _entry(around, start)
    if found is None:
        return None
    steps, key = found
    _alike(around, tests)
    parts = _parts(around, key)
    constants = bind_constants(around.binder, around.rule.set, key, around.given, "filter")
    for each in constants:
        if each.made is not None:
            around.binder.wrong(
                each.rule.place, "filter: set: an entry holds no credentials", "write a text or a setting"
            )
    value = parts.get("value")
    if value is None or value.codec is None or "field" not in parts:
        return None
    shared = Filtered("filter", {}, value, parts.get("to"), parts.get("operator"), value.codec)
    fields = (*parts.values(), *(replace(each, name=f"set.{each.name}") for each in constants))
    entries = _entries(around, steps, key, fields)
    filters: dict[str, Filtered] = {}
    for name in dict.fromkeys(test.filter for test in tests):
        group = [test for test in tests if test.filter == name]
        filtered = with_manners(around.binder, around.rule, shared, group)
        if filtered is None or not _known(around, group, parts["field"].codec):
            return None
        filters[name] = filtered
    bound = [bound_test(around, test, key, around.rule.value) for test in tests]
    fixed = {f"set.{each.name}": each.fixed or "" for each in constants}
    made = Filter(around.rule, tuple(each for each in bound if each is not None), filters, entries, fixed)
    _needed(around, made, steps)
    _valid(around, made, key)
    return made


def _entry(around: Around, start: str) -> tuple[tuple[Child, ...], str] | None:
    rule, binder = around.rule, around.binder
    found = element_at(binder, rule.place, start, rule.each)
    if found is None:
        return None
    steps = found[0]
    inner = [step.element.name for step in steps[:-1] if step.repeats]
    if inner or not steps or not steps[-1].repeats:
        text = f"{inner[0]} on the way repeats" if inner else f"{rule.each} occurs once"
        binder.wrong(rule.place, f"filter: each: {text}", "each: the element that stands there for every test")
        return None
    return found


def _alike(around: Around, tests: Sequence[TestRule]) -> None:
    for test in tests:
        for part in PARTS:
            if getattr(test, part):
                text = f"{test.field.name}: {part}: all entries are alike"
                around.binder.wrong(test.place, text, f"write '{part}' below 'filter:'")


def _parts(around: Around, key: str) -> dict[str, BoundField]:
    """Bind what stands in every entry; what does not agree is left out."""
    found: dict[str, BoundField] = {}
    for name in ("field", *PARTS):
        path = getattr(around.rule, name)
        bound = (
            around.binder.field(FieldRule(name, around.rule.place, path), key, "request", around.encoded)
            if path
            else None
        )
        if bound is not None:
            found[name] = replace(bound, shape="scalar", nullable=False)
    return found


def _entries(around: Around, steps: tuple[Child, ...], key: str, fields: Sequence[BoundField]) -> BoundField:
    """Return the entries as one array of the message, and prove what one of them requires."""
    rule, binder = around.rule, around.binder
    for field, text, _ in collisions(fields):
        binder.wrong(field.rule.place, f"filter: {text}", "keep one of them")
    for missing in () if around.encoded else uncovered(binder.contract, key, fields):
        text = f"filter: {rule.each} requires {missing}, and nothing fills it"
        binder.wrong(rule.place, text, f"set: {{{missing}: …}} below 'filter:'")
    name = f"filter {rule.place.line}:{rule.place.column} {key}"
    binder.types[name] = BoundType(name, "filter", "request", key, tuple(fields))
    return BoundField("filter", FieldRule("filter", rule.place, rule.each), steps, None, "objects", None, name)


def _known(around: Around, group: Sequence[TestRule], codec: Codec | None) -> bool:
    """Tell whether the contract allows the name of a filter."""
    test = group[0]
    try:
        if codec is not None:
            codec.write(codec.read(test.filter))
    except ValueError as error:
        names = [str(each) for each in codec.schema.get("enum", ())] if codec is not None else []
        why = f"the ERP has no filter {test.filter}" if names else f"filter: {test.filter} {error}"
        remedy = suggest(test.filter, names) if names else "use a name that the contract allows"
        around.binder.wrong(test.place, f"{test.field.name}: {why}", remedy)
        return False
    return True


def _needed(around: Around, made: Filter, steps: Sequence[Child]) -> None:
    """Where the contract asks for an entry, one must be there whatever the caller gives."""
    asked = all(step.required for step in steps) and steps[-1].least > 0 and not around.encoded
    sure = around.rule.otherwise or any(test.field.required or test.rule.field.default for test in made.tests)
    if asked and not sure and made.tests:
        text = f"filter: {around.rule.each} must hold an entry, and a caller may test nothing"
        remedy = f'otherwise: {{{made.tests[0].field.name}: "…"}}, or make a parameter required'
        around.binder.wrong(around.rule.place, text, remedy)


def _valid(around: Around, made: Filter, key: str) -> None:
    """Each test must make an entry that the contract allows."""
    if around.encoded or made.entries is None:
        return
    fields = around.binder.types[made.entries.type].fields
    check = together(around.binder.contract, key, [(each.steps, each, each.name) for each in fields])
    always = {"field": "", **made.constants}
    for test in made.tests:
        manners = made.filters[test.rule.filter].manners
        valid_manners(around.binder, around.rule, test.rule, manners, check, always)
