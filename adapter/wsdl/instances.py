"""XML that is valid against a contract, made up: any element of the tree, the same for the same seed.

Optional parts come and go by the seed. Below a depth, and once a message is large, only what is required is made, on
the shortest way to an end, so a type that contains itself ends; one that cannot end raises ``NoValue``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from math import inf

from lxml import etree

from adapter.wsdl.builtins import ANY_TYPE
from adapter.wsdl.ground import Ground
from adapter.wsdl.heights import least
from adapter.wsdl.types import (
    SOAP11_ENCODING,
    XSD,
    XSI,
    Any,
    Element,
    Group,
    ListOf,
    Particle,
    Record,
)
from adapter.wsdl.values import NoValue, builtin_of, value

XSI_TYPE, XSI_NIL = f"{{{XSI}}}type", f"{{{XSI}}}nil"


@dataclass(slots=True)
class Instances:
    """Makes elements.

    ``given`` holds texts to prefer, by an element's or attribute's name in lower case, each used once and only where
    its type takes it. ``encoded`` writes ``xsi:type`` at every element (SOAP 1.1, section 5). ``deep`` and ``many``
    bound how deep and how large a message gets before optional parts are left out; ``chance`` is how often they are
        there until then, ``wild`` how often what a wildcard lets in is. Above the depth ``sure`` every optional part is
    there, and nothing is nil.
    """

    ground: Ground
    source: random.Random
    encoded: bool = False
    deep: int = 5
    many: int = 120
    chance: float = 0.7
    sure: int = 0
    wild: float = 0.2
    given: dict[str, str] = field(default_factory=dict)
    made: int = 0
    prefixes: dict[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    referring: list[tuple[etree._Element, str | None]] = field(default_factory=list)

    def element(self, declared: Element) -> etree._Element:
        """Return one element with everything in it. Raises NoValue where none can be valid, naming the type."""
        outside = etree.Element("outside")
        self._one(outside, self._member(declared), 0)
        self._refer()
        made = outside[0]
        outside.remove(made)
        # All at the top: not every reader looks further down for the prefix of a QName in a text.
        top = {prefix: namespace for namespace, prefix in self.prefixes.items()}
        etree.cleanup_namespaces(made, top_nsmap=top, keep_ns_prefixes=list(top))
        return made

    def _prefix(self, namespace: str) -> str:
        """Return the prefix that a namespace has in the texts of this message."""
        return self.prefixes.setdefault(namespace, f"n{len(self.prefixes) + 1}")

    def add(self, node: etree._Element, particle: Particle) -> None:
        """Append what a particle demands."""
        self._particle(node, particle, self.deep)

    def attributes(self, node: etree._Element, record: Record) -> None:
        """Set the attributes that a record demands and an element does not have yet."""
        self._attributes(node, record, self.deep)

    def _member(self, declared: Element) -> Element:
        """Return a member of the substitution group where an element is abstract (part 1, section 3.3.6)."""
        if not declared.abstract:
            return declared
        keys = self.ground.substitutes.get(declared.ref or declared.tag, ())
        members = [self.ground.elements[key] for key in keys if not self.ground.elements[key].abstract]
        if not members:
            raise NoValue(f"the element {declared.tag} is abstract, and nothing substitutes it")
        return self.source.choice(members) if self._more(0) else min(members, key=self._height)

    def _height(self, particle: Particle) -> float:
        return least(particle, self.ground.heights)

    def _more(self, depth: int) -> bool:
        """Whether optional parts may still be made."""
        return depth < self.deep and self.made < self.many

    def _by_chance(self, chance: float, depth: int) -> bool:
        return self._more(depth) and self.source.random() < chance

    def _one(self, parent: etree._Element, declared: Element, depth: int) -> None:
        """Append one element."""
        key = self._type(declared, depth)
        self.made += 1
        may_be_nil = declared.nillable and declared.fixed is None and declared.name.lower() not in self.given
        may_be_nil = may_be_nil and depth > self.sure
        if (may_be_nil and self._by_chance(0.15, depth)) or (declared.nillable and key is None):
            nil = self._start(parent, declared, declared.type)
            nil.set(XSI_NIL, "true")
            found = self.ground.types[declared.type]
            self._attributes(nil, found if isinstance(found, Record) and not found.abstract else Record(""), -1)
            return
        if key is None:
            raise NoValue(f"the element {declared.tag} cannot end: every {declared.type} contains another")
        if key == ANY_TYPE.name:
            self._anything(parent, declared)
            return
        found = self.ground.types[key]
        if not isinstance(found, Record):
            self._text(parent, declared, key, key)
        elif found.text:
            self._attributes(self._text(parent, declared, key, found.text), found, depth)
        elif found.soap_array:
            self._array(parent, declared, found, depth)
        else:
            node = self._start(parent, declared, key)
            self._attributes(node, found, depth)
            if found.mixed and self.source.random() < 0.5:
                node.text = "Text"
            if found.content is not None:
                self._particle(node, found.content, depth)

    def _type(self, declared: Element, depth: int) -> str | None:
        """Return the type that an element gets: its own, or one derived from it; None where none can end."""
        keys = self.ground.concrete(declared.type)
        if not keys:
            raise NoValue(f"the type {declared.type} is abstract, and nothing is derived from it")
        if declared.type in keys and (not self._more(depth) or self.source.random() < 0.7):
            chosen = declared.type
        else:
            chosen = self.source.choice(keys) if self._more(depth) else keys[0]
        found = self.ground.types[chosen]
        ends = not isinstance(found, Record) or found.content is None or self._height(found.content) < inf
        return chosen if ends else next((key for key in keys if self.ground.heights[key] < inf), None)

    def _start(self, parent: etree._Element, declared: Element, key: str) -> etree._Element:
        """Append an empty element; ``xsi:type`` says which type it has where that is not the declared one."""
        node = etree.SubElement(parent, declared.tag)
        if (key != declared.type or self.encoded) and is_global(key):
            node.set(XSI_TYPE, self._qname(key))
        return node

    def _qname(self, key: str) -> str:
        """Return a key as a QName."""
        namespace, _, local = key[1:].rpartition("}") if key.startswith("{") else ("", "", key)
        return f"{self._prefix(namespace)}:{local}" if namespace else local

    def _text(self, parent: etree._Element, declared: Element, key: str, simple: str) -> etree._Element:
        """Append an element that holds a text."""
        text = declared.fixed if declared.fixed is not None else self._given(declared.name, simple)
        builtin = builtin_of(self.ground.types, simple)
        if builtin == "QName" and declared.fixed is None:
            # Which namespace the prefix of an enumeration means is not kept; mostly it is the type's own.
            text = self._qname(f"{simple.rpartition('}')[0]}}}{text.rpartition(':')[2]}")
        node = self._start(parent, declared, key)
        node.text = text
        self._identity(node, None, simple)
        return node

    def _given(self, name: str, key: str) -> str:
        """Return the text that is preferred for a name, if its type takes it, else a made one."""
        preferred = self.given.get(name.lower())
        if preferred is not None and self.ground.fits(key, preferred):
            return self.given.pop(name.lower())
        return value(self.ground.types, key, self.source)

    def _attributes(self, node: etree._Element, record: Record, depth: int) -> None:
        for attribute in record.attributes:
            wanted = attribute.required or attribute.name.lower() in self.given
            if attribute.tag not in node.attrib and (wanted or self._by_chance(self.chance * 0.7, depth)):
                text = attribute.fixed if attribute.fixed is not None else self._given(attribute.name, attribute.type)
                node.set(attribute.tag, text)
                self._identity(node, attribute.tag, attribute.type)

    def _identity(self, node: etree._Element, tag: str | None, key: str) -> None:
        """Make an ID unique in the message, and note an IDREF (XML 1.0, section 3.3.1)."""
        builtin = self._referring(key)
        if builtin == "ID":
            text = (node.text if tag is None else node.get(tag)) or ""
            text = text if text not in self.ids else f"{text}.{len(self.ids)}"
            self.ids.append(text)
            self._put(node, tag, text)
        elif builtin == "IDREF":
            self.referring.append((node, tag))

    def _referring(self, key: str) -> str:
        found = self.ground.types[key]
        return builtin_of(self.ground.types, found.item if isinstance(found, ListOf) else key)

    def _refer(self) -> None:
        """Let every IDREF refer to an ID of the message, where it has any."""
        for node, tag in self.referring:
            if self.ids:
                self._put(node, tag, self.source.choice(self.ids))

    def _put(self, node: etree._Element, tag: str | None, text: str) -> None:
        if tag is None:
            node.text = text
        else:
            node.set(tag, text)

    def _anything(self, parent: etree._Element, declared: Element) -> None:
        """Append an ``anyType`` element: a text that says its type; a schema that travels along stays empty."""
        if declared.namespace == XSD:
            etree.SubElement(parent, declared.tag)
            return
        string = f"{{{XSD}}}string"
        node = etree.SubElement(parent, declared.tag)
        node.set(XSI_TYPE, self._qname(string))
        node.text = declared.fixed or value(self.ground.types, string, self.source)

    def _array(self, parent: etree._Element, declared: Element, record: Record, depth: int) -> None:
        """Append a soapenc array (SOAP 1.1, section 5.4) of no, one or several items."""
        assert record.content is not None
        item = record.content.items[0]
        assert isinstance(item, Element)
        ends = self.ground.heights[item.type] < inf
        count = self.source.choice((0, 1, 2)) if self._more(depth) and ends else 0
        base, dimensions = item.type, ""
        while isinstance(inner := self.ground.types[base], Record) and inner.soap_array and not is_global(base):
            assert inner.content is not None
            nested = inner.content.items[0]
            assert isinstance(nested, Element)
            base, dimensions = nested.type, dimensions + "[]"
        base = base if is_global(base) else ANY_TYPE.name
        node = self._start(parent, declared, record.name)
        node.set(f"{{{SOAP11_ENCODING}}}arrayType", f"{self._qname(base)}{dimensions}[{count}]")
        for _ in range(count):
            self._one(node, item, depth + 1)

    def _particle(self, node: etree._Element, particle: Particle, depth: int) -> None:
        """Append as many occurrences of a particle as the seed and its bounds say."""
        for _ in range(self._times(particle, depth)):
            if isinstance(particle, Element):
                self._one(node, self._member(particle), depth + 1)
            elif isinstance(particle, Any):
                self._wild(node, particle)
            elif particle.kind == "choice":
                self._choose(node, particle, depth)
            else:
                for each in particle.items:
                    self._particle(node, each, depth)

    def _times(self, particle: Particle, depth: int) -> int:
        ends = self._height(particle) < inf
        if not ends and not particle.min:
            return 0
        if not self._more(depth):
            return particle.min
        wild = isinstance(particle, Any)
        wanted = isinstance(particle, Element) and particle.name.lower() in self.given
        wanted = wanted or (depth < self.sure and not wild)
        if particle.min == 0 and not wanted and self.source.random() >= (self.wild if wild else self.chance):
            return 0
        most = particle.min + 2 if particle.max is None else min(particle.max, particle.min + 2)
        return self.source.randint(max(1, particle.min), max(1, particle.min, most))

    def _choose(self, node: etree._Element, group: Group, depth: int) -> None:
        """Append one branch of a choice."""
        ending = [each for each in group.items if self._height(each) < inf or not each.min]
        if not ending:
            if group.items:
                raise NoValue(f"the element {node.tag} cannot end: no branch of its choice does")
            return
        if self._more(depth):
            branch = self.source.choice(ending)
            self._particle(node, branch, depth)
        else:
            self._particle(node, min(ending, key=lambda each: self._height(each) if each.min else 0), depth)

    def _wild(self, node: etree._Element, wildcard: Any) -> None:
        """Append what a wildcard lets in: a harmless element, or one of the contract where it has to be declared."""
        declared = self.ground.wildcards.element(wildcard)
        if declared is None:
            if wildcard.min:
                raise NoValue(f"nothing of the contract may stand for the wildcard in {node.tag}")
            return
        if declared.type:
            self._one(node, declared, self.deep)
        else:
            etree.SubElement(
                node, declared.tag, nsmap={"x": declared.namespace} if declared.namespace else None
            ).text = "Text"


def is_global(key: str) -> bool:
    """Whether a type has a name that a message can use: not an anonymous one, and no wrapper of rpc."""
    return not set("/#") & set(key.rpartition("}")[2])
