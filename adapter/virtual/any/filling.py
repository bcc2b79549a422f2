"""Values of an example, nested by element names, as XML of the contract. What must be there beside is made up."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from lxml import etree

from adapter.errors import Mistake
from adapter.mapping.files import Document, Path_
from adapter.wsdl.ground import Ground
from adapter.wsdl.instances import XSI_NIL, XSI_TYPE, Instances
from adapter.wsdl.types import Any as Wildcard
from adapter.wsdl.types import Element, Group, Particle, Record, local_name

TYPE_KEY = "xsi:type"


@dataclass(slots=True)
class Filling:
    """Fills elements with the values of one YAML file. ``mistakes`` are those found on the way."""

    ground: Ground
    document: Document
    seed: str
    encoded: bool
    mistakes: list[Mistake] = field(default_factory=list)

    def element(self, declared: Element, value: Any, path: Path_) -> etree._Element:
        """Return an element that holds a value, which stands at ``path`` of the file."""
        outside = etree.Element("outside")
        self._one(outside, declared, value, path)
        return outside[0]

    def wrong(self, path: Path_, text: str, remedy: str) -> None:
        """Note a mistake at a place of the file."""
        self.mistakes.append(self.document.place(*path).mistake(text, remedy))

    def _instances(self) -> Instances:
        return Instances(self.ground, random.Random(self.seed), encoded=self.encoded, deep=0)

    def _one(self, parent: etree._Element, declared: Element, value: Any, path: Path_) -> None:
        key = self._type(declared, value, path)
        node = etree.SubElement(parent, declared.tag)
        if key != declared.type or self.encoded:
            prefix, _, local = key[1:].rpartition("}")
            parent.remove(node)
            node = etree.SubElement(parent, declared.tag, nsmap={"t": prefix} if prefix else None)
            node.set(XSI_TYPE, f"t:{local}" if prefix else local)
        found = self.ground.types[key]
        if value is None:
            if not declared.nillable:
                self.wrong(path, f"{declared.name} cannot be null", "leave it out, or give it a value")
            node.set(XSI_NIL, "true")
        elif isinstance(found, Record) and isinstance(value, Mapping):
            self._record(node, found, value, path)
        elif isinstance(value, Mapping | list):
            what = "an array" if isinstance(value, list) else "an object"
            self.wrong(path, f"{declared.name} is {what} here, but holds one value", "write the value")
        elif isinstance(found, Record) and not found.text:
            self.wrong(path, f"{declared.name} holds elements, not a value", f"write an object of {_names(found)}")
        else:
            self._text(node, found.text if isinstance(found, Record) else key, value, path)

    def _type(self, declared: Element, value: Any, path: Path_) -> str:
        said = value.get(TYPE_KEY) if isinstance(value, Mapping) else None
        if said is None:
            return declared.type
        known = {local_name(each): each for each in self.ground.concrete(declared.type)}
        if said not in known:
            self.wrong((*path, TYPE_KEY), f"{said} is not derived from {declared.type}", nearest(str(said), known))
        return known.get(str(said), declared.type)

    def _text(self, node: etree._Element, key: str, value: Any, path: Path_) -> None:
        text = lexical(value)
        if not self.ground.fits(key, text):
            self.wrong(path, f"{text!r} is not a value of {key}", "see the type's facets in the contract")
        node.text = text

    def _record(self, node: etree._Element, found: Record, value: Mapping[str, Any], path: Path_) -> None:
        names = {f"@{each.name}": each for each in found.attributes}
        elements = {each.name for each in _elements(found.content)}
        for name in value:
            if name not in names and name not in elements and name not in (TYPE_KEY, "#text"):
                remedy = nearest(name, [*elements, *names])
                self.wrong((*path, name), f"{local_name(found.name)} has no element {name}", remedy)
        for name, attribute in names.items():
            if name in value:
                text = lexical(value[name])
                if not self.ground.fits(attribute.type, text):
                    self.wrong((*path, name), f"{text!r} is not a value of {attribute.type}", "see the contract")
                node.set(attribute.tag, text)
        self._instances().attributes(node, found)
        if found.text and "#text" in value:
            self._text(node, found.text, value["#text"], (*path, "#text"))
        elif found.content is not None:
            self._particle(node, found.content, value, path)

    def _particle(self, node: etree._Element, particle: Particle, value: Mapping[str, Any], path: Path_) -> None:
        if isinstance(particle, Wildcard):
            self._required(node, particle)
        elif isinstance(particle, Element):
            self._elements(node, particle, value, path)
        elif not any(each.name in value for each in _elements(particle)):
            self._required(node, particle)
        elif particle.kind == "choice":
            given = [each for each in particle.items if any(one.name in value for one in _elements(each))]
            if len(given) > 1 and particle.max == 1:
                names = " and ".join(next(one.name for one in _elements(each) if one.name in value) for each in given)
                self.wrong(path, f"{names} cannot stand together", "keep one of them")
            for each in given:
                self._particle(node, each, value, path)
        else:
            for each in particle.items:
                self._particle(node, each, value, path)

    def _elements(self, node: etree._Element, declared: Element, value: Mapping[str, Any], path: Path_) -> None:
        if declared.name not in value:
            self._required(node, declared)
            return
        here: Path_ = (*path, declared.name)
        given = value[declared.name]
        if isinstance(given, list):
            if declared.max is not None and len(given) > declared.max:
                self.wrong(here, f"{declared.name} may stand {declared.max} times", f"keep {declared.max} of them")
            for index, each in enumerate(given):
                self._one(node, declared, each, (*here, index))
        else:
            self._one(node, declared, given, here)

    def _required(self, node: etree._Element, particle: Particle) -> None:
        """Make up what must stand there."""
        if particle.min:
            self._instances().add(node, particle)


def _elements(particle: Particle | None) -> Iterator[Element]:
    if isinstance(particle, Element):
        yield particle
    elif isinstance(particle, Group):
        for each in particle.items:
            yield from _elements(each)


def _names(found: Record) -> str:
    return ", ".join(dict.fromkeys(each.name for each in _elements(found.content))) or "nothing"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown name: the nearest known one, else some of them."""
    known = list(known)
    close = get_close_matches(name, known, 1)
    return f"did you mean {close[0]}?" if close else f"one of {', '.join(sorted(known)[:12]) or 'none'}"


def lexical(value: Any) -> str:
    """Return a value of YAML as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
