"""One walk over a parsed reply, along its contract: what is clear is put right, what is odd is noted.

This is the plain code: it looks at anything, and it is what the fast pass (``level``) asks wherever it is not sure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.pieces import Pace, current
from adapter.translate.expected import Expected, split
from adapter.translate.reading import TYPE, is_nil, type_key
from adapter.wsdl.types import SOAP11_ENCODING, SOAP11_ENVELOPE, SOAP12_ENVELOPE, XSI, Contract, Record

_TECHNICAL = (
    XSI, SOAP11_ENVELOPE, SOAP12_ENVELOPE, SOAP11_ENCODING, "http://www.w3.org/2003/05/soap-encoding",
    "http://www.w3.org/XML/1998/namespace",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
)  # fmt: skip
_SHOWN = 60


@dataclass(slots=True)
class Walk:
    """One walk over one reply.

    ``renamed`` are the elements whose names were put right, with those they had; ``pace`` is that of a large reply.
    """

    contract: Contract
    tables: Mapping[str, Expected]
    known: frozenset[str]
    most: int
    ordered: bool = True
    notes: dict[str, None] = field(default_factory=dict)
    renamed: list[tuple[Any, str]] = field(default_factory=list)
    pace: Pace | None = field(default_factory=current)

    def note(self, kind: str, place: str) -> None:
        """Keep what is odd, each once."""
        if len(self.notes) < self.most:
            self.notes[f"{kind}: {place[:_SHOWN]}"] = None

    def rename(self, element: Any, tag: str) -> None:
        """Put the name of an element right."""
        self.renamed.append((element, element.tag))
        element.tag = tag

    def undo(self, known: int = 0) -> None:
        """Give every element the name back that it came with, and forget all but the first ``known`` notes."""
        while self.renamed:
            element, tag = self.renamed.pop()
            element.tag = tag
        while len(self.notes) > known:
            self.notes.popitem()

    def content(self, element: Any, key: str, *, fold: bool = False) -> None:
        """Look at an element of a type, and at what stands in it."""
        if (own := element.get(TYPE)) is not None:
            key = self.own_type(element, key, own)
        table = self.tables.get(key)
        if table is None:
            return
        if len(element.keys()) > (own is not None):
            self.attributes(element, table)
        children, types = list(element), table.types
        if any(child.tag not in types for child in children):
            self.mend(element, [child for child in children if child.tag not in types], table, fold)
        places, last, stray = table.places if self.ordered else {}, -1, element.text
        for child in children if self.pace is None else self.pace.over(children):
            tag = child.tag
            stray = stray or child.tail
            if tag not in types:
                continue
            if (place := places.get(tag, last)) < last:
                self.note("reordered", named(element, tag))
            last = max(last, place)
            if tag in table.values:
                self.value(element, child, table.values[tag])
            self.below(child, types[tag])
        if stray and not table.text:
            self.stray(element, children)

    def below(self, child: Any, key: str) -> None:
        """Look at what stands in a known element."""
        if key in self.tables or child.get(TYPE) is not None:
            self.content(child, key)
        elif (len(child) or child.keys()) and not isinstance(self.contract.types.get(key), Record):
            self.simple(child)

    def stray(self, element: Any, children: list[Any]) -> None:
        """Count text that stands between elements."""
        if any(text and text.strip() for text in (element.text, *(each.tail for each in children))):
            self.note("unexpected-text", split(element.tag)[1])

    def meant(self, parent: Any, tag: str, siblings: Iterable[str], table: Expected) -> str:
        """Return the tag that a name in another namespace stands for beyond doubt, else an empty string."""
        namespace, local = split(tag)
        want = table.unique.get(local, "")
        if not want or any(split(each)[1] == local for each in siblings if each != tag) or table.admits(namespace):
            return ""
        declared = split(want)[0]
        left_out = not namespace or (not declared and namespace in (table.namespace, split(parent.tag)[0]))
        drifted = namespace not in self.known and all(split(each)[0] == namespace for each in siblings)
        return want if left_out or drifted else ""

    def own_type(self, element: Any, key: str, own: str) -> str:
        """Return the key of the type that an element says it has, ``key`` where the contract does not know it."""
        found = type_key(element)
        if found in self.contract.types:
            return found
        if own.strip():
            self.note("unknown-type", split(element.tag)[1])
        return key

    def attributes(self, element: Any, table: Expected) -> None:
        """Count what the contract does not know of an element's attributes."""
        for tag, text in element.attrib.items():
            values = table.attributes.get(tag)
            if values is None:
                if not table.any_attribute and not technical(tag):
                    self.note("unknown-attribute", named(element, f"@{split(tag)[1]}"))
            elif values and text not in values and " ".join(text.split()) not in values:
                self.note("later-value", named(element, f"@{split(tag)[1]}"))

    def simple(self, element: Any) -> None:
        """Count what stands in an element of a simple type beside its text."""
        name = split(element.tag)[1]
        for tag in element.attrib:
            if not technical(tag):
                self.note("unknown-attribute", f"{name}/@{split(tag)[1]}")
        for child in element:
            self.note("unknown-element", f"{name}/{split(child.tag)[1]}")

    def mend(self, element: Any, odd: list[Any], table: Expected, fold: bool) -> None:
        """Put names right where it is clear what they mean; count the rest."""
        siblings = {child.tag for child in (element if self.pace is None else self.pace.over(element))}
        renamed = [(child, self.meant(element, child.tag, siblings, table)) for child in odd]
        for child, want in renamed:
            name = named(element, child.tag)
            if want:
                self.note("other-namespace", name)
                self.rename(child, want)
            elif fold and (near := folded(child.tag, siblings, table)):
                self.note("other-case", name)
                self.rename(child, near)
            elif not table.admits(split(child.tag)[0]):
                self.note("unknown-element", name)

    def value(self, parent: Any, element: Any, values: frozenset[str]) -> None:
        """Count a text that is none of those that the contract lists."""
        text = element.text or ""
        if text not in values and " ".join(text.split()) not in values and not len(element) and not is_nil(element):
            self.note("later-value", named(parent, element.tag))


def technical(tag: str) -> bool:
    """Whether an attribute belongs to SOAP or to XML itself."""
    return split(tag)[0] in _TECHNICAL


def named(parent: Any, tag: str) -> str:
    """Return how a child or an attribute is called in a note."""
    return f"{split(parent.tag)[1]}/{split(tag)[1]}"


def folded(tag: str, siblings: Iterable[str], table: Expected) -> str:
    """Return the tag that has the same name but for capital letters, where no sibling has it too."""
    namespace, local = split(tag)
    want = table.folded.get(local.casefold(), "")
    others = [each for each in siblings if each != tag and split(each)[1].casefold() == local.casefold()]
    return want if want and split(want)[0] == namespace and not others else ""
