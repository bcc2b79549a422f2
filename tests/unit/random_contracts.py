"""Random complex types with every kind of particle, and random mappings of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

_RESTRICTED = '<xsd:simpleType><xsd:restriction base="xsd:{}">{}</xsd:restriction></xsd:simpleType>'
_SIMPLE = (
    *(f"xsd:{name}" for name in "int boolean string date token NMTOKEN decimal integer double dateTime long".split()),
    *(f"xsd:{name}" for name in "base64Binary hexBinary language gMonthDay duration anyURI time gYear".split()),
    _RESTRICTED.format("string", '<xsd:maxLength value="4"/>'),
    _RESTRICTED.format("string", '<xsd:enumeration value="A"/><xsd:enumeration value="B"/>'),
    _RESTRICTED.format("string", '<xsd:pattern value="[A-Z]{2}[0-9]*"/>'),
    _RESTRICTED.format("token", '<xsd:minLength value="1"/><xsd:maxLength value="3"/>'),
    _RESTRICTED.format("normalizedString", '<xsd:length value="2"/>'),
    _RESTRICTED.format("NMTOKENS", '<xsd:maxLength value="2"/>'),
    _RESTRICTED.format("decimal", '<xsd:totalDigits value="5"/><xsd:fractionDigits value="2"/>'),
    '<xsd:simpleType><xsd:list itemType="xsd:int"/></xsd:simpleType>',
    '<xsd:simpleType><xsd:union memberTypes="xsd:int xsd:boolean"/></xsd:simpleType>',
)


@dataclass
class Shape:
    """What a mapping must know of a complex type: attributes (name, required), elements, whether it has text."""

    attributes: list[tuple[str, bool]] = field(default_factory=list)
    elements: list[tuple[str, int, str, Shape | None]] = field(default_factory=list)
    text: bool = False


class Contracts:
    """Makes complex types. Names are never used twice, so no schema is ambiguous."""

    def __init__(self, source: random.Random) -> None:
        self.random, self.count = source, 0

    def name(self, prefix: str) -> str:
        """A new name."""
        self.count += 1
        return f"{prefix}{self.count}"

    def type(self, depth: int) -> tuple[str, Shape]:
        """The inside of an ``xsd:complexType`` and its shape."""
        if depth < 3 and self.random.random() < 0.2:
            attributes = [self._attribute() for _ in range(self.random.randint(1, 2))]
            base = self.random.choice([name for name in _SIMPLE if name.startswith("xsd:")])
            inside = "".join(text for text, _ in attributes)
            content = f'<xsd:simpleContent><xsd:extension base="{base}">{inside}</xsd:extension></xsd:simpleContent>'
            return content, Shape([shape for _, shape in attributes], text=True)
        text, elements = self._group(depth, "sequence", 0.05)
        attributes = [self._attribute() for _ in range(self.random.choice([0, 0, 0, 1]))]
        return text + "".join(each for each, _ in attributes), Shape([each for _, each in attributes], elements)

    def _attribute(self) -> tuple[str, tuple[str, bool]]:
        name, required = self.name("a"), self.random.random() < 0.3
        kind = self.random.choice(_SIMPLE)
        fixed = ' fixed="5"' if kind == "xsd:int" and self.random.random() < 0.3 else ""
        opening = f'<xsd:attribute name="{name}"{fixed}' + (' use="required"' if required else "")
        return _closed(opening, kind, "attribute"), (name, required)

    def _group(self, depth: int, kind: str, repeats: float) -> tuple[str, list[tuple[str, int, str, Shape | None]]]:
        least = self.random.choice([0, 1, 1])
        most = self.random.choice(["2", "unbounded"]) if self.random.random() < repeats else "1"
        texts, elements = [], []
        for _ in range(self.random.randint(1, 4)):
            if self.random.random() < 0.25:
                text, inner = self._group(depth, self.random.choice(["sequence", "choice"]), 0.08)
                elements += inner
            else:
                text, one = self._element(depth)
                elements.append(one)
            texts.append(text)
        return f'<xsd:{kind} minOccurs="{least}" maxOccurs="{most}">{"".join(texts)}</xsd:{kind}>', elements

    def _element(self, depth: int) -> tuple[str, tuple[str, int, str, Shape | None]]:
        name, least = self.name("e"), self.random.choice([0, 1, 1, 1])
        most = self.random.choice(["1", "1", "1", "1", "2", "unbounded"])
        least = 2 if least and most != "1" and self.random.random() < 0.2 else least
        opening = f'<xsd:element name="{name}" minOccurs="{least}" maxOccurs="{most}"'
        nillable = self.random.random() < 0.3
        opening += ' nillable="true"' if nillable else ""
        if depth and self.random.random() < 0.45:
            inside, shape = self.type(depth - 1)
            text = f"{opening}><xsd:complexType>{inside}</xsd:complexType></xsd:element>"
            return text, (name, least, most, shape)
        kind = self.random.choice(_SIMPLE)
        if kind == "xsd:int" and not nillable and self.random.random() < 0.2:
            opening += ' fixed="7"'
        return _closed(opening, kind, "element"), (name, least, most, None)


def _closed(opening: str, kind: str, tag: str) -> str:
    return f'{opening} type="{kind}"/>' if kind.startswith("xsd:") else f"{opening}>{kind}</xsd:{tag}>"


class Mappings:
    """Makes field rules for a shape: most of what is required, some of the rest; elements as objects or flattened."""

    def __init__(self, source: random.Random) -> None:
        self.random, self.count = source, 0
        self.types: dict[str, Any] = {}

    def fields(self, shape: Shape, prefix: str = "") -> dict[str, Any]:
        """The rules of one type. Types that it needs are added to ``types``."""
        found: dict[str, Any] = {}
        before = f"{prefix}." if prefix else ""
        if shape.text:
            found[self._name("f")] = {"soap": prefix or "."}
        for name, required in shape.attributes:
            if required or self.random.random() < 0.6:
                found[self._name("f")] = {"soap": f"{before}@{name}"}
        for name, least, most, inner in shape.elements:
            if self.random.random() < (0.03 if least else 0.25):
                continue
            if inner is None:
                found[self._name("f")] = {"soap": before + name}
            elif most == "1" and self.random.random() < 0.5:
                found |= self.fields(inner, before + name)
            else:
                kind = self._name("T")
                self.types[kind] = {"fields": self.fields(inner)}
                found[self._name("f")] = {"soap": before + name, ("one" if most == "1" else "each"): kind}
        return found

    def _name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"
