"""Filter rules: ``filter:`` of an operation, and the entries of ``query:`` that are tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.mapping import schema_filter
from adapter.mapping.fields import field_rules
from adapter.mapping.files import Path_
from adapter.mapping.model import Constant, FieldRule
from adapter.mapping.model.filter import BETWEEN, TESTS, FilterRule, Template, TestRule
from adapter.mapping.sections import Sections

_OWN = ("filter", "test", "like", "value", "to", "operator")
_TYPED = ("convert", "codes", "json", "min_length", "max_length", "pattern", "minimum", "maximum")


def query_rules(sections: Sections, data: Any, path: Path_) -> tuple[Mapping[str, FieldRule], Mapping[str, TestRule]]:
    """Return the plain parameters of ``query:``, and those that are tests."""
    tests = {name: value for name, value in data.items() if _is_test(value)} if isinstance(data, dict) else {}
    plain = {name: value for name, value in data.items() if name not in tests} if tests else data
    found = {name: _test(sections, name, value, (*path, name)) for name, value in tests.items()}
    return field_rules(sections, plain, path, "query"), {name: rule for name, rule in found.items() if rule is not None}


def filter_rule(
    sections: Sections, data: Any, path: Path_, constants: tuple[Constant, ...], tests: Mapping[str, TestRule]
) -> FilterRule | None:
    """Return ``filter:`` of an operation. ``constants`` are those of its ``set:``, ``tests`` the parameters."""
    if data is None:
        for rule in tests.values():
            text = f"{rule.field.name} is a test, but the operation has no 'filter'"
            sections.wrong((*path[:-1], "query", rule.field.name), text, "filter: {at: …, value: …}")
        return None
    found = sections.load(schema_filter.FilterSection, data, path)
    if found is None:
        return None
    if not tests:
        sections.wrong(path, "filter: no query parameter is a test", "query: {name: {filter: …, test: equals}}")
    _form(sections, found, path)
    return FilterRule(
        sections.place(path),
        found["value"],
        found.get("at", ""),
        found.get("each", ""),
        found.get("field", ""),
        found.get("to", ""),
        found.get("operator", ""),
        _words(sections, found.get("words"), (*path, "words")),
        _texts(sections, found.get("text"), (*path, "text")),
        _never(sections, found.get("never", []), (*path, "never")),
        constants,
        _otherwise(sections, found.get("otherwise"), (*path, "otherwise"), tests),
    )


def _is_test(value: Any) -> bool:
    return isinstance(value, dict) and ("filter" in value or "test" in value)


def _test(sections: Sections, name: str, data: Any, path: Path_) -> TestRule | None:
    found = sections.load(schema_filter.TestSection, data, path)
    value = {key: each for key, each in data.items() if key in schema_filter.TestSection().fields and key not in _OWN}
    # A value of a wrong kind was named already.
    good = {key: each for key, each in value.items() if found is not None and key in found}
    rules = field_rules(sections, {name: {"soap": ".", **good}}, path[:-1], "query") if found is not None else {}
    if found is None or name not in rules:
        return None
    for key in _TYPED if "like" in found else ():
        if key in found:
            sections.wrong((*path, key), f"{name}: cannot be like a property and have {key}", f"remove '{key}'")
    return TestRule(rules[name], **{key: found.get(key, "") for key in _OWN})


def _form(sections: Sections, found: Mapping[str, Any], path: Path_) -> None:
    """Either each filter is an element, or each test an entry."""
    if ("at" in found) == ("each" in found):
        sections.wrong(path, "filter needs either 'at' or 'each'", "at: where the filters stand, or each: the entries")
    elif ("each" in found) != ("field" in found):
        text = "filter: 'each' and 'field' go together"
        sections.wrong(path, text, "each: the entries, field: where an entry takes the ERP's name of the field")
    if "set" in found and "each" not in found:
        sections.wrong((*path, "set"), "set: means nothing without 'each'", "write it below 'set:' of the operation")
    if "words" in found and "operator" not in found:
        sections.wrong((*path, "words"), "words: mean nothing without 'operator'", "operator: where the ERP takes them")


def _words(sections: Sections, data: Any, path: Path_) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for test, value, where in _by_test(sections, data, path):
        words = [value] if isinstance(value, str) else value
        if isinstance(words, list) and words and all(isinstance(each, str) and each for each in words):
            found[test] = tuple(words)
        else:
            text = f"{test}: must be the ERP's word, or a list of words"
            sections.wrong(where, text, f'write it in quotes: {test}: "…"')
    return found


def _texts(sections: Sections, data: Any, path: Path_) -> dict[str, Template]:
    found: dict[str, Template] = {}
    for test, value, where in _by_test(sections, data, path):
        several = test == "one_of"
        section = sections.load(schema_filter.SeveralSection, value, where) if several else {"each": value}
        if section is None:
            continue
        text = section["each"]
        if not isinstance(text, str):
            sections.wrong(where, f"{test}: must be text", f'write it in quotes: {test}: "…{{value}}…"')
            continue
        for sign in ("{value}", "{to}") if test == BETWEEN else ("{value}",):
            if text.count(sign) != 1:
                sections.wrong(where, f"{test}: must hold {sign} once", f'{test}: "{{value}}"')
        if test != BETWEEN and "{to}" in text:
            sections.wrong(where, f"{test}: only between has {{to}}", f'{test}: "{{value}}"')
        found[test] = Template(text, section.get("join"))
    return found


def _by_test(sections: Sections, data: Any, path: Path_) -> list[tuple[str, Any, Path_]]:
    """Return the entries of a section that maps tests to things."""
    found = []
    for test, value, where in sections.entries(data, path, "tests"):
        if test in (*TESTS, BETWEEN):
            found.append((test, value, where))
        else:
            sections.wrong(where, f"'{test}' is no test", f"one of {', '.join((*TESTS, BETWEEN))}")
    return found


def _never(sections: Sections, data: Any, path: Path_) -> tuple[str, ...]:
    if not isinstance(data, list) or not all(isinstance(each, str) and each for each in data):
        sections.wrong(path, "never: must be a list of texts", 'never: ["*", ".."]')
        return ()
    return tuple(data)


def _otherwise(sections: Sections, data: Any, path: Path_, tests: Mapping[str, TestRule]) -> dict[str, str]:
    found = sections.texts(data, path, "texts")
    for name in found:
        if name not in tests:
            sections.wrong((*path, name), f"otherwise: {name} is no parameter that is a test", _known(tests))
    return found


def _known(tests: Mapping[str, TestRule]) -> str:
    return f"there are: {', '.join(tests)}" if tests else "there is none"
