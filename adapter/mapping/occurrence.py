"""The content model of a record over the fields that fill it: what must be there, and what cannot stand together.

While building, ``unfilled`` names what the contract requires and no field fills. While working, ``together`` says the
same of the fields that a caller gave. Both walk one small tree, made once from contract and mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from adapter.mapping.bound import BoundField
from adapter.mapping.paths import WILD, Child, turn_tag
from adapter.mapping.places import alternatives
from adapter.wsdl import lexical
from adapter.wsdl.once import remember
from adapter.wsdl.types import Any, Attribute, Contract, Element, Facets, Group, ListOf, Record, Scalar

# A field, the name of its value among the values at hand, and the steps that remain to it. The name of a bag's entry
# is no value at hand: it stands under the name "" wherever anything else of its entry does.
Way = tuple[tuple[Child, ...], BoundField, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One particle, attribute or text of a record, with the names of the fields at or below it.

    ``label`` is the path a mapping would write. ``required`` holds where the group around it stands. ``parts`` are
    those of a group, or of an element that a path crosses. ``many``: a choice that repeats. ``kept``: the writer
    writes it even when nothing below it is given.
    """

    kind: Literal["value", "sequence", "choice"]
    label: str
    names: tuple[str, ...]
    required: bool
    parts: tuple[Part, ...] = ()
    many: bool = False
    kept: bool = False

    def among(self, given: Container[str]) -> bool:
        """Return whether any of its fields is given."""
        return any(name in given for name in self.names)


def content(contract: Contract, record: str, ways: Sequence[Way], before: str = "", sure: bool = True) -> Part:
    """Return the tree of the record with key ``record``. ``sure``: it stands in every message that its parent is in."""
    kind = contract.types.get(record)
    names = _names(ways)
    if not isinstance(kind, Record) or any(not steps and field.whole for steps, field, _ in ways):
        return Part("value", before.rstrip("."), names, True)
    below: dict[tuple[str, str], list[Way]] = {}
    own: dict[str, list[str]] = {}
    crossed: dict[tuple[str, str], Child] = {}
    for steps, field, name in ways:
        if steps:
            crossed[steps[0].key] = steps[0]
            below.setdefault(steps[0].key, []).append((steps[1:], field, name))
        else:
            own.setdefault(field.attribute.tag if field.attribute else "", []).append(name)
    parts = [
        _own(f"{before}@{each.name}", own.get(each.tag, []), _must_be_given(each, own)) for each in kind.attributes
    ]
    if kind.text:
        parts.append(_own(f"{before}#text", own.get("", []), _needs_text(contract, kind.text)))
    if kind.content is not None:
        parts.append(_Walk(contract, below, crossed, before).group(kind.content, True, sure))
    return Part("sequence", before.rstrip("."), names, True, tuple(parts))


def _names(ways: Sequence[Way]) -> tuple[str, ...]:
    return tuple(name for _, _, name in ways if name)


def _own(label: str, names: Sequence[str], required: bool) -> Part:
    return Part("value", label, tuple(filter(None, names)), required and "" not in names)


def _must_be_given(attribute: Attribute, own: Container[str]) -> bool:
    """A fixed attribute that no field fills is written by itself."""
    return attribute.required and (attribute.fixed is None or attribute.tag in own)


class _Walk:
    """Walks the groups of one record. ``below`` are the ways by the key of their first step; each is taken once.

    ``crossed`` are those steps. One of an element at several places is taken at each of them.
    """

    def __init__(
        self,
        contract: Contract,
        below: dict[tuple[str, str], list[Way]],
        crossed: Mapping[tuple[str, str], Child],
        before: str,
    ) -> None:
        self.contract, self.below, self.crossed, self.before = contract, below, crossed, before
        self.seen: set[str] = set()
        self.wild = False

    def group(self, group: Group, required: bool, sure: bool) -> Part:
        if group.turn and (turns := self.below.pop((turn_tag(group.turn), ""), None)):
            return Part("value", f"{self.before}{turn_tag(group.turn)}", _names(turns), required and group.min > 0)
        sure = sure and group.kind != "choice" and group.min > 0
        parts = [self.item(item, sure) for item in group.items]
        names = tuple(dict.fromkeys(name for part in parts for name in part.names))
        kind: Literal["sequence", "choice"] = "choice" if group.kind == "choice" else "sequence"
        label = " or ".join(part.label for part in parts) if kind == "choice" else parts[0].label if parts else ""
        return Part(kind, label, names, required and group.min > 0, tuple(parts), group.max != 1)

    def item(self, item: Element | Group | Any, sure: bool) -> Part:
        if isinstance(item, Group):
            return self.group(item, True, sure)
        if isinstance(item, Any):
            return self._wild(item)
        label = f"{self.before}{item.name}"
        step = self.crossed.get((item.tag, ""))
        if step is not None and step.places and not alternatives(step.places):
            return self._first(item, label, step)
        several = step is not None and step.places
        inner = self.below[item.tag, ""] if several else self.below.pop((item.tag, ""), [])
        required = item.min > 0
        if entries := [key for key in self.below if key[0] == item.tag and key[1]]:
            found = [self._entry(key, label) for key in entries]
            return Part(
                "choice", label, tuple(name for each in found for name in each.names), required, tuple(found), True
            )
        if not inner:
            return Part("value", label, (), required and not (sure and item.fixed is not None))
        names = _names(inner)
        if not names:
            return Part("value", label, (), False)
        if any(not steps and field.whole for steps, field, _ in inner):
            return Part("value", label, names, required)
        tree = content(self.contract, self.crossed[item.tag, ""].type, inner, f"{label}.", sure and required)
        return Part("value", label, names, required, tree.parts, kept=sure and required and bool(tree.parts))

    def _first(self, item: Element, label: str, step: Child) -> Part:
        """Return an element whose places together hold one array: all of it stands for the first."""
        again = item.tag in self.seen
        self.seen.add(item.tag)
        return Part("value", label, () if again else _names(self.below[step.key]), step.required and not again)

    def _wild(self, item: Any) -> Part:
        """Return a wildcard. One value stands for all of a record, and the first has its name."""
        names = _names(self.below.pop((WILD, ""), []))
        required = item.min > 0 and not (self.wild and not names)
        self.wild = self.wild or bool(names)
        return Part("value", f"{self.before}{WILD}", names, required)

    def _entry(self, key: tuple[str, str], label: str) -> Part:
        """Return one entry of a bag, which is there as soon as anything in it is, and then has its name."""
        inner = self.below.pop(key)
        name = inner[0][1].entry
        assert name is not None
        tree = content(self.contract, self.crossed[key].type, [*inner, (name.steps, name, "")], f"{label}.", False)
        return Part("value", label, tree.names, True, tree.parts)


def _needs_text(contract: Contract, key: str) -> bool:
    """Tell whether the text of a simple content must be given: an empty one is text too where any text is taken."""
    kind = contract.types.get(key)
    if isinstance(kind, ListOf):
        return kind.facets != Facets()
    return not (isinstance(kind, Scalar) and kind.builtin in lexical.EMPTY and kind.facets == Facets())


def takes_nil(contract: Contract, element: Element) -> bool:
    """Tell whether a mere ``xsi:nil`` is valid there: not where the type is abstract or its attributes are required."""
    kind = contract.types.get(element.type)
    refuses = isinstance(kind, Record) and (kind.abstract or any(each.required for each in kind.attributes))
    return element.nillable and not refuses


def unfilled(part: Part) -> Iterator[str]:
    """Yield the labels of what must be there (given that the fields' own elements are) and that no field fills."""
    if part.names and part.kind == "choice":
        whole = [set(inner.names) for inner in part.parts if inner.names and not any(unfilled(inner))]
        for inner in part.parts:
            # A branch is no loss where another one takes the same values.
            if inner.names and not any(names >= set(inner.names) for names in whole):
                yield from unfilled(inner)
    elif part.names:
        for inner in part.parts:
            yield from unfilled(inner)
    elif not part.required or _may_be_empty(part):
        return
    elif part.kind == "sequence":
        for inner in part.parts:
            yield from unfilled(inner)
    else:
        yield part.label


def together(
    contract: Contract, record: str, ways: Sequence[Way]
) -> Callable[[Mapping[str, object]], Iterator[tuple[str, str]]]:
    """Return what proves the values that were given, by name: it yields the field's name, and what is wrong with it.

    The name is empty where it is the object itself. Of a value only its presence counts, and whether it is null or [].
    """
    tree, nilled = content(contract, record, ways), _nilled(ways)
    bare = {name for steps, field, name in ways if len(steps) == 1 and field.shape in ("scalars", "objects")}

    known: dict[tuple[frozenset[str], tuple[str, ...]], bool] = {}

    def wrong(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        # An array without an element around it writes nothing when it is empty.
        given = frozenset(name for name, value in values.items() if name not in bare or value not in ([], {}))
        nulls = tuple(name for name, _ in nilled if name in values and values[name] is None)
        if (given, nulls) in known:
            return
        found = [*_wrong(tree, given, "")]
        for name, others in nilled:
            if name in nulls:
                found += [(other, f"must be left out where {name} is null") for other in sorted(others & given)]
        if not found:
            remember(known, (given, nulls), True)
        yield from found

    return wrong


def _nilled(ways: Sequence[Way]) -> list[tuple[str, frozenset[str]]]:
    """Find the arrays whose null makes the element around them nil, and what else would stand in that element."""
    found = []
    for steps, field, name in ways:
        around = [step.key for step in steps[:-1]]
        if field.shape in ("scalars", "objects") and field.nullable and around:
            others = frozenset(
                other
                for inner, _, other in ways
                if other != name and len(inner) > len(around) and around == [step.key for step in inner[: len(around)]]
            )
            if others:
                found.append((name, others))
    return found


def _wrong(part: Part, given: Container[str], beside: str) -> Iterator[tuple[str, str]]:
    """Yield what does not hold where just these fields are given. ``beside`` is one that makes others necessary."""
    if part.among(given):
        inside = [inner for inner in part.parts if inner.among(given)]
        if part.kind == "choice":
            inside = inside if part.many else _meant(part, inside, given, beside)
            if len(inside) > 1 and not part.many:
                either = [name for name in part.names if not all(name in each.names for each in inside)]
                yield "", f"must have only one of {', '.join(either)}"
        elif part.kind == "value" and part.parts:
            beside = next(name for name in part.names if name in given)
        for inner in inside if part.kind == "choice" else part.parts:
            yield from _wrong(inner, given, beside)
    elif part.required and part.names and not _may_be_empty(part):
        yield from _missing(part, given, beside)


def _meant(part: Part, inside: list[Part], given: Container[str], beside: str) -> list[Part]:
    """Return the branch of a choice that takes all that is given, if one does; a right one, if there is one."""
    here = {name for name in part.names if name in given}
    whole = [each for each in inside if here <= set(each.names)]
    right = [each for each in whole if not any(_wrong(each, given, beside))] if len(whole) > 1 else whole
    return (right or whole)[:1] or inside


def _missing(part: Part, given: Container[str], beside: str) -> Iterator[tuple[str, str]]:
    together = f" together with {beside}" if beside else ""
    if part.kind == "choice":
        yield "", f"must have one of {', '.join(part.names)}{together}"
        return
    found = [each for inner in part.parts for each in _wrong(inner, given, beside)]
    if found:
        yield from found
    elif part.kind == "value" and len(part.names) == 1 and not part.kept:
        yield part.names[0], f"is required{together}"
    elif part.kind == "value" and not part.kept:
        yield "", f"must have one of {', '.join(part.names)}{together}"


def _may_be_empty(part: Part) -> bool:
    """Tell whether a group can stand there with nothing in it."""
    if part.kind == "choice":
        return not part.parts or any(not each.required or _may_be_empty(each) for each in part.parts)
    return part.kind == "sequence" and all(not each.required or _may_be_empty(each) for each in part.parts)
