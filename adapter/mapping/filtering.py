"""From the tests that a caller gives to the values that the message holds.

Rule 1: a value is checked like every other parameter, and never becomes an operator: what ``never:`` names is refused,
        in the value and where the value and the text around it meet.
Rule 2: a value that would be written as an empty text is refused, since an ERP takes an empty test for none.
Rule 3: at_least and at_most of one filter are one test, ``between``, where the ERP has a way for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from adapter.mapping.bound_filter import BoundTest, Filter, Filtered
from adapter.mapping.model.filter import BETWEEN, Manner, Template
from adapter.mapping.scalars import parameter

Wrong = list[tuple[str, str]]
_RANGE = {"at_least", "at_most"}


def taker(bound: Filter) -> Callable[[Mapping[str, str]], tuple[dict[str, Any], Wrong]]:
    """Return what checks the texts of the tests given, by parameter: it gives their texts in XML, and what is wrong.

    The value of ``one_of`` is a list.
    """
    never = bound.rule.never

    def one(test: BoundTest, text: str) -> str:
        held = next((each for each in never if each in text), None)
        if held is not None:
            raise ValueError(f"must not hold {held!r}")
        assert test.field.codec is not None
        written: str = test.field.codec.write(parameter(test.field, text))
        if not written.strip():
            raise ValueError("must not be empty")
        return written

    def take(given: Mapping[str, str]) -> tuple[dict[str, Any], Wrong]:
        found: dict[str, Any] = {}
        wrong: Wrong = []
        for test in bound.tests:
            name = test.field.name
            if name not in given:
                continue
            try:
                if test.rule.test == "one_of":
                    found[name] = [one(test, each) for each in given[name].split(",")]
                else:
                    found[name] = one(test, given[name])
            except ValueError as error:
                wrong.append((name, str(error)))
        return found, wrong

    return take


def composer(bound: Filter) -> Callable[[Mapping[str, Any]], tuple[dict[str, Any], Wrong]]:
    """Return what makes the values of the message, by the names of ``Filter.parameters``, and says what is wrong."""
    compose = _entries if bound.entries is not None else _apart
    by_filter: dict[str, list[BoundTest]] = {}
    for test in bound.tests:
        by_filter.setdefault(test.rule.filter, []).append(test)

    def make(query: Mapping[str, Any]) -> tuple[dict[str, Any], Wrong]:
        wrong: Wrong = []
        given = {
            name: {
                test.rule.test: (test.field.name, query[test.field.name]) for test in tests if test.field.name in query
            }
            for name, tests in by_filter.items()
        }
        return compose(bound, {name: tests for name, tests in given.items() if tests}, wrong), wrong

    return make


Given = Mapping[str, dict[str, tuple[str, Any]]]


def _apart(bound: Filter, given: Given, wrong: Wrong) -> dict[str, Any]:
    """Each filter has an element of its own, which holds one test."""
    values: dict[str, Any] = {}
    for filter_name, tests in given.items():
        filtered = bound.filters[filter_name]
        for parts in _written(bound, filter_name, tests, wrong, several=False):
            twice = parts.keys() & {name for name in _PARTS if f"{filtered.slot}.{name}" in values}
            if twice:
                names = [name for name, _ in tests.values()]
                wrong.append((names[-1], f"cannot be given together with {names[0]}"))
                break
            values.update((f"{filtered.slot}.{name}", value) for name, value in parts.items())
    if not given:
        for parts, filtered in _otherwise(bound, wrong):
            values.update((f"{filtered.slot}.{name}", value) for name, value in parts.items())
    return values


def _entries(bound: Filter, given: Given, wrong: Wrong) -> dict[str, Any]:
    """Every test is an entry with the name of its field."""
    assert bound.entries is not None
    entries = [
        {**bound.constants, "field": filter_name, **parts}
        for filter_name, tests in given.items()
        for parts in _written(bound, filter_name, tests, wrong, several=True)
    ]
    if not given:
        entries = [{**bound.constants, **parts} for parts, _ in _otherwise(bound, wrong)]
    most = bound.entries.steps[-1].most
    if most is not None and len(entries) > most:
        wrong.append(("", f"there may be at most {most} tests at once"))
    return {"filter": entries} if entries else {}


_PARTS = ("value", "to", "operator")


def _written(
    bound: Filter, name: str, tests: Mapping[str, tuple[str, Any]], wrong: Wrong, several: bool
) -> Iterator[dict[str, Any]]:
    """Yield what each test of one filter writes. ``several``: every value of one_of is a test of its own."""
    filtered, rest = bound.filters[name], dict(tests)
    if rest.keys() >= _RANGE and (manner := filtered.manners.get(BETWEEN)) is not None:
        (parameter_name, low), (_, high) = rest.pop("at_least"), rest.pop("at_most")
        yield from _parts(bound, filtered, manner, parameter_name, [low], wrong, high)
    for kind, (parameter_name, value) in rest.items():
        values = value if isinstance(value, list) else [value]
        manner = filtered.manners[kind]
        groups = [[each] for each in values] if several and manner.template is None else [values]
        for group in groups:
            yield from _parts(bound, filtered, manner, parameter_name, group, wrong)


def _parts(
    bound: Filter, filtered: Filtered, manner: Manner, name: str, values: list[str], wrong: Wrong, to: str | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the values of one test, with the text around them."""
    template = manner.template
    if template is None:
        found = _test(filtered, manner, name, values, wrong)
        yield found if to is None else {**found, "to": to}
        return
    text = _text(template, values, to)
    # What a value and the text around it make together must hold no more operators than that text alone.
    alone = _text(template, ["x"] * len(values), "x")
    for sign in bound.rule.never:
        if _count(text, sign) > _count(alone, sign):
            wrong.append((name, f"must not read as {sign!r} together with what stands around it"))
    yield _test(filtered, manner, name, [text], wrong)


def _otherwise(bound: Filter, wrong: Wrong) -> Iterator[tuple[dict[str, Any], Filtered]]:
    """Yield what is sent as it is, where the caller tests nothing."""
    for test in bound.tests:
        text = bound.rule.otherwise.get(test.field.name)
        if text is not None:
            filtered = bound.filters[test.rule.filter]
            parts = _test(filtered, filtered.manners[test.rule.test], test.field.name, [text], wrong)
            yield (parts | {"field": test.rule.filter} if bound.entries is not None else parts), filtered


def _test(filtered: Filtered, manner: Manner, name: str, values: list[str], wrong: Wrong) -> dict[str, Any]:
    """Return the values of one test: those of ``_PARTS`` that it has."""
    for text in values:
        try:
            filtered.codec.write(filtered.codec.read(text))
        except ValueError as error:
            wrong.append((name, str(error)))
    shape = filtered.value.shape
    # An array is one even of one.
    written = (
        [{"value": each} for each in values] if shape == "objects" else values if shape == "scalars" else values[0]
    )
    found: dict[str, Any] = {"to" if manner.upper else "value": written}
    return found if manner.word is None else {**found, "operator": manner.word}


def _text(template: Template, values: list[str], to: str | None) -> str:
    def one(value: str) -> str:
        return re.sub(r"\{(value|to)\}", lambda match: value if match[1] == "value" else to or "", template.text)

    return (template.join or "").join(one(value) for value in values)


def _count(text: str, sign: str) -> int:
    return sum(text.startswith(sign, start) for start in range(len(text)))
