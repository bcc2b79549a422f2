"""Agreement of how tests are written: with which of the ERP's words and texts, and that the result is valid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound_filter import Filtered
from adapter.mapping.codec import Codec
from adapter.mapping.model.filter import BETWEEN, FilterRule, Manner, Template, TestRule
from adapter.mapping.occurrence import together

PARTS = ("value", "to", "operator")
Check = Callable[[Mapping[str, object]], Iterator[tuple[str, str]]]


def valid_manners(
    binder: Binder,
    rule: FilterRule,
    test: TestRule,
    manners: Mapping[str, Manner],
    check: Check,
    always: Mapping[str, object],
) -> None:
    """What a test writes, alone or as a part of a range, must be whole."""
    for kind in (test.test, *((BETWEEN,) if test.test == "at_least" and BETWEEN in manners else ())):
        manner = manners[kind]
        given: dict[str, object] = {**always, "to" if manner.upper else "value": "x"}
        if kind == BETWEEN and manner.template is None:
            given["to"] = "x"
        if manner.word is not None:
            given["operator"] = manner.word
        for name, text in check(given):
            path = getattr(rule, name, "") or name or test.filter
            text = f"{test.field.name}: {kind}: {path} {text}"
            binder.wrong(test.place, text, "see the filter's type in the contract")


def with_manners(
    binder: Binder, rule: FilterRule, filtered: Filtered, group: Sequence[TestRule], key: str = ""
) -> Filtered | None:
    """Return the filter with how each of its tests is written. ``key``: its places are to be proved in that record."""
    manners: dict[str, Manner] = {}
    for test in group:
        manner = _manner(binder, rule, filtered, test)
        if manner is None:
            return None
        manners[test.test] = manner
    tests = {test.test for test in group}
    if {"at_least", "at_most"} <= tests and (between := _between(rule, filtered)) is not None:
        manners[BETWEEN] = between
    found = replace(filtered, manners=manners)
    if key:
        ways = [(each.steps, each, name) for name in PARTS if (each := getattr(found, name)) is not None]
        check = together(binder.contract, key, ways)
        for test in group:
            valid_manners(binder, rule, test, manners, check, {})
    return found


def _manner(binder: Binder, rule: FilterRule, filtered: Filtered, test: TestRule) -> Manner | None:
    name, kind = test.field.name, test.test
    template = rule.text.get(kind)
    several = filtered.value.shape in ("scalars", "objects") or rule.each
    if kind == "one_of" and template is None and not several:
        text = f"{name}: {test.filter} takes one value, and 'text' has nothing for one_of"
        binder.wrong(test.place, text, 'text: {one_of: {each: "{value}", join: "|"}}')
        return None
    if template is not None and not _takes(filtered.codec, template):
        text = f"{name}: text: {test.filter} takes no text around its value"
        binder.wrong(test.place, text, f"remove {kind} from 'text:', or name an element that holds text")
        return None
    if filtered.operator is None:
        return _wordless(binder, filtered, test, template)
    words = rule.words.get(kind, ())
    if not words:
        if template is not None and not filtered.operator.necessary:
            return Manner(None, template)
        text = f"{name}: words has no word for {kind}"
        binder.wrong(test.place, text, f"words: {{{kind}: the ERP's word}}")
        return None
    word = _first(filtered.operator.codec, words)
    if word is None:
        codec = filtered.operator.codec
        known = ", ".join(map(str, codec.schema.get("enum", ()) if codec is not None else ()))
        text = f"{name}: {test.filter} takes none of the words for {kind}: {', '.join(words)}"
        binder.wrong(test.place, text, f"it takes: {known}" if known else "use a word that the contract allows")
        return None
    return Manner(word, template)


def _wordless(binder: Binder, filtered: Filtered, test: TestRule, template: Template | None) -> Manner | None:
    """Return how a test is written where the filter takes no operator: by its text, or by its place alone."""
    kind = test.test
    ranged = filtered.to is not None and kind in ("at_least", "at_most")
    if template is not None or kind in ("equals", "one_of") or ranged:
        return Manner(None, template, upper=template is None and kind == "at_most")
    text = f"{test.field.name}: {test.filter} takes no operator, so it cannot test {kind}"
    binder.wrong(test.place, text, "test: equals, or name the place of the operator")
    return None


def _between(rule: FilterRule, filtered: Filtered) -> Manner | None:
    """Return how a range is written as one test, None where the ERP has no way for it."""
    template = rule.text.get(BETWEEN)
    if template is not None and not _takes(filtered.codec, template):
        template = None
    if template is None and filtered.to is None:
        return None
    if filtered.operator is None:
        return Manner(None, template)
    word = _first(filtered.operator.codec, rule.words.get(BETWEEN, ()))
    return Manner(word, template) if word is not None or template is not None else None


def _first(codec: Codec | None, words: Sequence[str]) -> str | None:
    """Return the first of the words that the contract allows."""
    for word in words:
        try:
            if codec is not None:
                codec.write(codec.read(word))
        except ValueError:
            continue
        return word
    return None


def _takes(codec: Codec, template: Template) -> bool:
    """Tell whether a value can stand there with that text around it: in a number or a date there is no room for it."""
    for sample in ("x", "1", "2024-01-31"):
        try:
            codec.write(template.text.replace("{value}", sample).replace("{to}", sample))
        except ValueError:
            continue
        return True
    return False
