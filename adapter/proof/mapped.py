"""What a mapping takes of XML: the rest is named as unmapped, and left out of what is compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from adapter.mapping.bound import BoundField, BoundType, Endpoint, leaves
from adapter.mapping.paths import WILD, Child, children, particles, turn_owner
from adapter.proof.found import Finding
from adapter.translate.reading import type_key
from adapter.wsdl.types import XSI, Contract, Record, local_name

_XSI = f"{{{XSI}}}"
_TYPE = f"{_XSI}type"
# Gives another text for a value of a field: one that its converters can read.
Fit = Callable[[BoundField, str], str]


@dataclass
class Taken:
    """What fields take of one element: its text, attributes and children; an object; or (``copied``) all of it.

    ``whole``: it is not compared as XML, nor is what stands in ``passed``.
    """

    fields: dict[str, BoundField] = field(default_factory=dict)
    children: dict[str, Taken] = field(default_factory=dict)
    whole: bool = False
    type: str = ""
    copied: bool = False
    passed: set[str] = field(default_factory=set)


class Mapped:
    """What the bound types of an endpoint take of their records."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.types: Mapping[str, BoundType] = endpoint.types
        self.contract: Contract = endpoint.contract
        self.rules = endpoint.resource.types
        self._taken: dict[str, Taken] = {}

    def of(self, key: str) -> Taken:
        """Return what the bound type with a key takes of its record's element."""
        if key not in self._taken:
            self._taken[key] = self._plain(self.types[key])
        return self._taken[key]

    def _plain(self, bound: BoundType) -> Taken:
        top = Taken(type="")
        for each in leaves(bound.fields):
            here = top
            for step in each.steps:
                if step.is_turn or step.entry or (each.items is not None and step is each.steps[-1]):
                    # Groups, bags and arranged arrays are compared as JSON; their elements stand here side by side.
                    _mark_whole(here, self._inside(step))
                    break
                here = here.children.setdefault(step.element.tag, Taken())
            else:
                self._end(here, each)
        return top

    def _end(self, here: Taken, each: BoundField) -> None:
        own = f"@{each.attribute.tag}" if each.attribute is not None else "#text"
        if each.markup is not None and each.markup.kind == "element":
            here.copied = True
        elif each.markup is not None or _is_ours(each):
            here.passed.add(own)
        elif each.type:
            here.type = each.type
        elif each.codec is not None:
            here.fields[own] = each

    def _inside(self, step: Child) -> list[str]:
        if not step.is_turn:
            return [step.element.tag]
        record = self.contract.types[turn_owner(step.turns)]
        assert isinstance(record, Record)
        return [child.element.tag for child in children(record) if child.turns == step.turns]

    def variant(self, key: str, element: Any) -> str:
        """Return the bound type that an element has: itself, or the variant that its xsi:type names; "" for none."""
        bound = self.types[key]
        if not bound.variants:
            return key
        named = type_key(element) or bound.record
        return next((each.type for each in bound.variants if each.record == named), "")

    def pruned(self, key: str, element: Any, fit: Fit) -> Any:
        """Return a copy of an element with what the mapping takes of it. ``fit`` may put other texts there.

        Raise LookupError where it has a type that the mapping does not know.
        """
        copy = etree.Element(element.tag, nsmap=element.nsmap)
        chosen = self.variant(key, element)
        if not chosen:
            raise LookupError(type_key(element))
        self._into(copy, element, self.of(chosen), fit)
        if chosen == key and copy.get(_TYPE) is not None:
            # Without variants a derived type is read as the one that it is derived from.
            del copy.attrib[_TYPE]
        return copy

    def _into(self, copy: Any, element: Any, taken: Taken, fit: Fit) -> None:
        for tag, text in element.attrib.items():
            if tag.startswith(_XSI):
                copy.set(tag, text)
            elif f"@{tag}" in taken.fields:
                copy.set(tag, fit(taken.fields[f"@{tag}"], text))
        if "#text" in taken.fields and element.text is not None:
            copy.text = fit(taken.fields["#text"], element.text)
        for child in element:
            inner = taken.children.get(child.tag)
            if inner is None or inner.whole:
                continue
            if inner.copied:
                copy.append(etree.fromstring(etree.tostring(child)))
                continue
            if inner.type:
                copy.append(self.pruned(inner.type, child, fit))
                continue
            made = etree.SubElement(copy, child.tag, nsmap=child.nsmap)
            self._into(made, child, inner, fit)
            # JSON does not tell an element with nothing of ours in it from none.
            if not len(made) and not made.attrib and "#text" not in inner.fields:
                copy.remove(made)

    def unmapped(self, key: str) -> Iterator[Finding]:
        """Yield what the records have and the mapping does not take, each record once."""
        seen: set[str] = set()
        waiting = [key]
        while waiting:
            bound = self.types[waiting.pop()]
            if bound.key in seen:
                continue
            seen.add(bound.key)
            waiting += [each.type for each in bound.variants]
            waiting += [each.type for each in leaves(bound.fields) if each.type]
            if not bound.variants:
                yield from self._left(bound, bound.record, self.of(bound.key), local_name(bound.record))

    def _left(self, bound: BoundType, record: str, taken: Taken, path: str) -> Iterator[Finding]:
        kind = self.contract.types.get(record)
        if not isinstance(kind, Record) or taken.copied:
            return
        place = self.rules[bound.name].place
        ours = {each.path.partition(".")[0].lstrip("@") for each in self.rules[bound.name].set}
        names = {child.element.tag: child for child in particles(kind) if child.element.name not in ours}
        for tag, child in names.items():
            inner = taken.children.get(tag)
            if inner is None:
                yield Finding("unmapped", place, f"{bound.name}: {path}/{child.element.name}")
            elif not (inner.type or inner.whole or inner.copied or inner.fields or inner.passed):
                yield from self._left(bound, child.type, inner, f"{path}/{child.element.name}")
        further = {f"@{WILD}": WILD} if kind.any_attribute else {}
        for own, name in {**{f"@{each.tag}": each.name for each in kind.attributes}, **further}.items():
            if own not in taken.fields and own not in taken.passed and name not in ours:
                yield Finding("unmapped", place, f"{bound.name}: {path}/@{name}")


def _is_ours(each: BoundField) -> bool:
    """Tell whether we decide what stands there: a constant, a stand-in, what depends on others."""
    rule = each.rule
    return each.given_by_us or rule.default is not None or rule.missing is not None or bool(each.when)


def _mark_whole(here: Taken, tags: list[str]) -> None:
    for tag in tags:
        here.children.setdefault(tag, Taken()).whole = True
