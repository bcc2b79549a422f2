"""Agreement of ``compare:``: each pointer leads to something that an answer has, and says of it what can be said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapter.errors import Mistake
from adapter.mapping.bound import Endpoint
from adapter.mapping.forms import Anything, Form, Forms, Items, Known, OneOf
from adapter.mapping.model.rollout import RolloutRule
from adapter.mapping.paths import suggest
from adapter.mapping.service_forms import answered, properties, sent
from adapter.rollout.differences import segments
from adapter.rollout.nodes import ITEMS
from adapter.rollout.rules import CompareRule

Found = tuple[Form, Forms]


def check_compared(rule: RolloutRule, own: Sequence[Endpoint]) -> Iterator[Mistake]:
    """Yield what is wrong with the pointers of a feature. ``own`` are its operations."""
    answers = [found for each in own for found in _compared(each, rule)]
    for pointer, place in rule.pointers.items():
        wrong = _nowhere(answers, pointer) or _means_nothing(
            rule.compare, pointer, list(_at(answers, segments(pointer)))
        )
        if wrong is not None:
            yield place.mistake(f"compare: {wrong[0]}", wrong[1])


def known(endpoint: Endpoint) -> frozenset[str]:
    """Return the names that properties of an operation have: what is not among them is not of our making."""
    found = [each for each in (_ours(endpoint), sent(endpoint, there=False)) if each is not None]
    return frozenset(
        name for _, forms in found for form in forms.values() for each in properties(form) for name in each.ours
    )


def _compared(endpoint: Endpoint, rule: RolloutRule) -> Iterator[Found]:
    """Yield what of an operation is compared: answers of reads, and what writes tell both sides."""
    if endpoint.policy.effect != "read" and rule.beside.writes == "off":
        return
    found = _ours(endpoint) if endpoint.policy.effect == "read" else sent(endpoint, there=False)
    if found is not None:
        yield found


def _ours(endpoint: Endpoint) -> Found | None:
    """Return the form of an answer as callers see it, whatever it is called elsewhere."""
    return answered(replace(endpoint, resource=replace(endpoint.resource, http=None, operations=())))


def _nowhere(answers: Sequence[Found], pointer: str) -> tuple[str, str] | None:
    """Say up to where a pointer leads, None where it leads somewhere."""
    names = segments(pointer)
    for count in range(1, len(names) + 1):
        if not any(True for _ in _at(answers, names[:count])):
            there = sorted({name for each in _at(answers, names[: count - 1]) for name in _inside(*each)})
            text = f"nothing that is compared has {pointer}: there is no '{names[count - 1]}' at that place"
            return text, suggest(names[count - 1], there) if there else "a shorter pointer"
    return None


def _means_nothing(rule: CompareRule, pointer: str, found: Sequence[Found]) -> tuple[str, str] | None:
    """Say what is said about a place that is of no kind that it could be said about."""
    arrays = [form for form, _ in found if isinstance(form, Items) and not form.keyed]
    whole = [each for each in found if isinstance(each[0], Anything)]
    if pointer in rule.unordered and not whole:
        if not arrays:
            return f"unordered: {pointer} is no array", "name an array, such as /phones"
        name = rule.unordered[pointer]
        inside = {each for form, forms in found if isinstance(form, Items) for each in _inside(form.form, forms)}
        if name and name not in inside:
            return f"unordered: the items of {pointer} have no '{name}'", suggest(name, sorted(inside))
    for key, said in (("numbers", rule.numbers), ("times", rule.times), ("codes", rule.codes)):
        if pointer in said and found and all(isinstance(form, Items | Known) for form, _ in found):
            return f"{key}: {pointer} is no single value", "name what is in it; * stands for every item of an array"
    return None


def _at(answers: Sequence[Found], names: Sequence[str]) -> Iterator[Found]:
    """Yield what stands at a pointer, in each answer that has it."""
    found = list(answers)
    for name in names:
        found = [(inner, forms) for form, forms in found for inner in _step(form, forms, name)]
    yield from found


def _step(form: Form, forms: Forms, name: str) -> Iterator[Form]:
    if isinstance(form, Anything):
        yield form
    elif isinstance(form, Items):
        if form.keyed or name == ITEMS:
            yield form.form
    elif isinstance(form, Known):
        for each in _records(forms, form.key):
            yield from (inner for own, inner in each if own == name)


def _inside(form: Form, forms: Forms) -> Iterator[str]:
    """Yield the names that may follow."""
    if isinstance(form, Items):
        yield ITEMS
    elif isinstance(form, Known):
        for each in _records(forms, form.key):
            yield from (own for own, _ in each)


def _records(forms: Forms, key: str) -> Iterator[list[tuple[str, Form]]]:
    record = forms[key]
    if isinstance(record, OneOf):
        for inner in dict.fromkeys(record.of.values()):
            yield from _records(forms, inner)
        return
    yield [(each.ours[0], each.form) for each in record.properties]
