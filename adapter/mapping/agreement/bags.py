"""Agreement of bag entries: where an entry stands, what its name is, and what a value inside it is.

An entry is bound as a step of its own, ``customFieldList`` then ``customField`` called ``custentity_vip``: an element
that occurs at most once. So everything else sees it as any other element that a path crosses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from adapter.mapping.bound import BoundField
from adapter.mapping.convert import Factory
from adapter.mapping.coverage import collisions
from adapter.mapping.model import BagRule, FieldRule, Place
from adapter.mapping.paths import Child, PathError, Spot, derived, follow
from adapter.mapping.scalars import ScalarError, field_codec
from adapter.wsdl.types import Contract, Record, local_name


class BagError(PathError):
    """The bag itself does not agree with the contract; ``place`` is where it is written."""

    def __init__(self, bag: BagRule, text: str, remedy: str) -> None:
        super().__init__(f"bag {bag.name}: {text}", remedy)
        self.place: Place = bag.place


def told(rule: FieldRule, error: PathError) -> tuple[Place, str, str]:
    """Return the mistake that a path of ``rule`` leads nowhere: place, text and remedy."""
    if isinstance(error, BagError):
        return error.place, str(error), error.remedy
    return rule.place, f"{rule.name}: {error}", error.remedy


def spot_of(contract: Contract, rule: FieldRule, start: str, path: str) -> Spot:
    """Follow one path of ``rule`` below the type with key ``start``. Raise PathError or ScalarError."""
    if rule.bag is not None:
        return entry_spot(contract, start, rule.bag, rule.entry, path)
    return follow(contract, start, path, turns=True)


def entry_spot(contract: Contract, start: str, bag: BagRule, entry: str, path: str) -> Spot:
    """Follow a path inside one entry of a bag below the type with key ``start``. Raise PathError or ScalarError."""
    around = _followed(contract, start, bag, bag.each)
    last = around.steps[-1] if around.steps and around.attribute is None else None
    if last is None or not last.repeats:
        raise BagError(bag, f"{bag.each} occurs once", "each: the path to the element that is there for every entry")
    name, cast = path, ""
    if path.startswith("("):
        wanted, _, name = path[1:].partition(")")
        cast = derived(contract, last.type, wanted)
    here = cast or last.type
    kind = contract.types.get(here)
    if isinstance(kind, Record) and kind.abstract:
        example = next((local_name(each) for each in kind.derived), "Type")
        raise ScalarError(f"{local_name(here)} is abstract, so no entry is of it", f"soap: ({example}).{name or '…'}")
    rest = follow(contract, here, name.removeprefix(".") or ".")
    step = replace(last, required=False, repeats=False, least=0, most=1, cast=cast or last.cast, entry=entry)
    return Spot((*around.steps[:-1], step, *rest.steps), rest.attribute, rest.type, required=False)


def named(contract: Contract, rule: FieldRule, bound: BoundField, converters: Mapping[str, Factory]) -> BoundField:
    """Return a field that stands in an entry together with the entry's name. Raise PathError or ScalarError."""
    assert rule.bag is not None
    if bound.parts:
        return replace(bound, parts=tuple(named(contract, rule, part, converters) for part in bound.parts))
    index = next(index for index, step in enumerate(bound.steps) if step.entry)
    spot = _followed(contract, bound.steps[index].type, rule.bag, rule.bag.entry_name)
    if any(step.repeats for step in spot.steps):
        raise BagError(rule.bag, f"{rule.bag.entry_name} may occur many times", "name: an element that occurs once")
    name = FieldRule(rule.bag.name, rule.bag.place, rule.bag.entry_name)
    try:
        codec = field_codec(contract, spot.type, name, converters, spot.fixed)
    except ScalarError as error:
        raise BagError(rule.bag, str(error), error.remedy) from None
    try:
        text = codec.write(codec.read(rule.entry.strip()))
        hash(codec.read(text))
    except TypeError:
        raise BagError(rule.bag, f"{rule.bag.entry_name} is a list", "name: an element of one value") from None
    except ValueError as error:
        raise ScalarError(f"entry: '{rule.entry}' {error}", "write the name as the contract allows it") from None
    constant = BoundField(name.name, name, spot.steps, spot.attribute, "scalar", codec, fixed=text)
    if any(collisions([constant, replace(bound, steps=bound.steps[index + 1 :])])):
        raise ScalarError(f"{rule.soap} is where the entry's name stands", "soap: where its value stands")
    return replace(bound, entry=constant)


def crowded(fields: Iterable[BoundField]) -> Iterator[tuple[BoundField, str, str]]:
    """Yield a field of each bag that cannot hold just as many entries as callers may give, with why, and what to do."""
    bags: dict[tuple[tuple[str, str], ...], list[tuple[BoundField, Child]]] = {}
    for field in fields:
        for index, step in enumerate(field.steps):
            if step.entry:
                bags.setdefault(tuple(each.key for each in field.steps[:index]), []).append((field, step))
    for entries in bags.values():
        field, step = entries[0]
        element, given = step.element, len({each.entry for _, each in entries})
        if element.min > 1:
            yield field, f"{element.name} must occur at least {element.min} times", "make its entries read_only"
        elif element.max is not None and given > element.max:
            yield (
                field,
                f"{element.name} occurs at most {element.max} times, and {given} entries fill it",
                ("make some of them read_only"),
            )


def _followed(contract: Contract, start: str, bag: BagRule, path: str) -> Spot:
    try:
        return follow(contract, start, path)
    except PathError as error:
        raise BagError(bag, str(error), error.remedy) from None
