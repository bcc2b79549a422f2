"""A reply that drifts from its contract, brought back to it before it is read, and everything unexpected noted.

What is clear is put right in the parsed reply: an element whose namespace is missing, or is one that nobody knows, and
a root that is named otherwise but holds just what is expected. What is not clear stays as it is, so that no value ever
comes to stand for something else. All else that the contract does not know is passed over by the reader; here it is
counted. Notes begin with one of ``KINDS``, so that they can be counted, and never hold a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.mapping.bound import Endpoint, leaves
from adapter.translate.expected import Expected, expected, split
from adapter.translate.reading import MAX_NOTES, TYPE, Reading, invalid, is_nil, type_key
from adapter.wsdl.builtins import ANY_TYPE
from adapter.wsdl.once import once
from adapter.wsdl.types import SOAP11_ENCODING, SOAP11_ENVELOPE, SOAP12_ENVELOPE, XSD, XSI, Contract, Element, Record

KINDS: Mapping[str, str] = {
    "unknown-element": "an element that the contract does not know; it is passed over",
    "unknown-attribute": "an attribute that the contract does not know; it is passed over",
    "unexpected-text": "text where the contract has elements only; it is passed over",
    "unknown-type": "a type in xsi:type that the contract does not know; the declared one is taken",
    "other-namespace": "a known element without a namespace or in an unknown one; it is read",
    "other-root": "the element in the body is named otherwise, and holds what is expected; it is read",
    "other-case": "a part of an rpc message with other capital letters; it is read",
    "reordered": "a known element in another place than the contract says; it is read",
    "later-value": "a value that the contract's list does not have; it is read",
    "soap-version-differs": "an envelope of the other version of SOAP; it is read",
}
_TECHNICAL = (
    XSI, SOAP11_ENVELOPE, SOAP12_ENVELOPE, SOAP11_ENCODING, "http://www.w3.org/2003/05/soap-encoding",
    "http://www.w3.org/XML/1998/namespace",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
)  # fmt: skip
_SHOWN = 60

Align = Callable[[Any], tuple[str, ...]]


@once
def _namespaces(contract: Contract) -> frozenset[str]:
    """Return the namespaces that a contract declares something in."""
    return frozenset(split(key)[0] for key in (*contract.elements, *contract.types)) - {XSD}


def aligner(endpoint: Endpoint, *, everything: bool = False) -> Align:
    """Return what brings the child of a reply's body back to the contract, in place, and returns what was odd.

    Only what the mapping reads is looked at, unless the mapping is strict or ``everything`` is asked for. Raises
    BackendReplyInvalid for anything odd where the mapping is strict.
    """
    output, strict = endpoint.operation.output, endpoint.resource.soap.strict
    root = output.root if output is not None else None
    if root is None:
        return lambda element: ()
    whole = strict or everything
    most = 100_000 if everything else MAX_NOTES
    tables = _tables(endpoint.contract, None if whole else _read(endpoint, root))
    known = _namespaces(endpoint.contract)
    members = frozenset(endpoint.operation.reply_tags) - {root.tag}
    rpc, bare = endpoint.operation.style == "rpc", output is not None and output.bare
    encoded = endpoint.operation.use == "encoded"

    def align(element: Any) -> tuple[str, ...]:
        # What others refer to stands elsewhere; only the reader follows such references.
        if element is None or (encoded and any(each.get("href") or each.get("id") for each in element.iter("*"))):
            return ()
        walk = _Walk(endpoint.contract, tables, known, most, ordered=not encoded)
        if element.tag in members:
            walk.content(element, endpoint.contract.elements[element.tag].type)
        elif bare or _is_root(walk, element, root, rpc):
            walk.content(element, root.type, fold=rpc)
        notes = tuple(walk.notes)
        if strict and notes:
            raise invalid(endpoint.name, f"soap.strict: {notes[0]}")
        return notes

    return align


def row_aligner(endpoint: Endpoint) -> Callable[[Any, Reading], None]:
    """Return what brings one item of a list's reply back to the contract, as ``aligner`` does it with a whole reply.

    What is odd goes into the reading's ``drift``. What stands around the items is not looked at.
    """
    output, steps = endpoint.operation.output, endpoint.reply.steps
    strict, encoded = endpoint.resource.soap.strict, endpoint.operation.use == "encoded"
    if output is None or output.root is None or not steps or steps[-1].is_turn:
        return lambda element, reading: None
    tables = _tables(endpoint.contract, None if strict else _read(endpoint, output.root))
    known, key = _namespaces(endpoint.contract), steps[-1].element.type

    def align(element: Any, reading: Reading) -> None:
        walk = _Walk(endpoint.contract, tables, known, MAX_NOTES, ordered=not encoded, notes=reading.drift)
        walk.below(element, key)
        if strict and reading.drift:
            raise invalid(endpoint.name, f"soap.strict: {next(iter(reading.drift))}")

    return align


def _read(endpoint: Endpoint, root: Element) -> set[str]:
    """Return the keys of the types whose elements the mapping of an operation reads or crosses."""
    types = [bound for bound in endpoint.types.values() if bound.mode == "reply"]
    fields = [each for bound in types for each in leaves(bound.fields)]
    # XML is kept as it is, so nothing in it is put right.
    steps = [step for each in fields for step in (each.steps[:-1] if each.markup is not None else each.steps)]
    steps += endpoint.reply.steps
    for sign in (endpoint.reply.refused, endpoint.reply.warnings):
        steps += sign.steps if sign is not None else ()
    if endpoint.page is not None and endpoint.page.total is not None:
        steps += endpoint.page.total.steps
    keys = {root.type, *(bound.record for bound in types), *(step.type for step in steps)}
    keys |= {variant.record for bound in types for variant in bound.variants}
    records = [kind for key in keys if isinstance(kind := endpoint.contract.types.get(key), Record)]
    return keys | {derived for record in records for derived in record.derived}


def _tables(contract: Contract, read: set[str] | None) -> dict[str, Expected]:
    """Return what is expected in the elements of each type that is looked at; of all with None."""
    known = _expectations(contract)
    for key in contract.types if read is None else read:
        kind = contract.types.get(key)
        # The names of items in an encoded array are free (SOAP 1.1 section 5.4.2).
        if key not in known and isinstance(kind, Record) and key != ANY_TYPE.name and not kind.soap_array:
            known[key] = expected(contract, kind)
    return {key: known[key] for key in (known if read is None else read) if key in known}


@once
def _expectations(contract: Contract) -> dict[str, Expected]:
    """Return the tables of a contract that were made so far: none, to begin with."""
    return {}


def _is_root(walk: _Walk, element: Any, root: Element, rpc: bool) -> bool:
    """Whether an element is, or is as good as, the root that is expected; its name is put right then."""
    if element.tag == root.tag:
        return True
    namespace, local = split(element.tag)
    same = local.casefold() == root.name.casefold()
    if rpc:
        # The name of an rpc wrapper means nothing (WSDL 1.1, section 3.5), so only a near miss is worth a note.
        if same:
            walk.note("other-root", root.name)
        return True
    if element.tag in walk.contract.elements or (namespace in walk.known and namespace != root.namespace):
        return False
    if not same and namespace not in ("", root.namespace):
        return False
    table = walk.tables.get(root.type)
    if table is None or not _fits(walk, element, table):
        return False
    element.tag = root.tag
    walk.note("other-root", root.name)
    return True


def _fits(walk: _Walk, element: Any, table: Expected) -> bool:
    """Whether an element holds what a table expects, all that is required, and nothing else."""
    tags = {child.tag for child in element}
    meant = {tag if tag in table.types else walk.meant(element, tag, tags, table) for tag in tags}
    return bool(meant) and "" not in meant and table.required <= meant


@dataclass(slots=True)
class _Walk:
    """One walk over one reply."""

    contract: Contract
    tables: Mapping[str, Expected]
    known: frozenset[str]
    most: int
    ordered: bool = True
    notes: dict[str, None] = field(default_factory=dict)

    def note(self, kind: str, place: str) -> None:
        """Keep what is odd, each once."""
        if len(self.notes) < self.most:
            self.notes[f"{kind}: {place[:_SHOWN]}"] = None

    def content(self, element: Any, key: str, *, fold: bool = False) -> None:
        """Look at an element of a type, and at what stands in it."""
        if (own := element.get(TYPE)) is not None:
            key = self._own_type(element, key, own)
        table = self.tables.get(key)
        if table is None:
            return
        if len(element.keys()) > (own is not None):
            self._attributes(element, table)
        children, types = list(element), table.types
        if any(child.tag not in types for child in children):
            self._mend(element, [child for child in children if child.tag not in types], table, fold)
        places, last, stray = table.places if self.ordered else {}, -1, element.text
        for child in children:
            tag = child.tag
            stray = stray or child.tail
            if tag not in types:
                continue
            if (place := places.get(tag, last)) < last:
                self.note("reordered", _named(element, tag))
            last = max(last, place)
            if tag in table.values:
                self._value(element, child, table.values[tag])
            self.below(child, types[tag])
        if stray and not table.text:
            self._stray(element, children)

    def below(self, child: Any, key: str) -> None:
        """Look at what stands in a known element."""
        if key in self.tables or child.get(TYPE) is not None:
            self.content(child, key)
        elif (len(child) or child.keys()) and not isinstance(self.contract.types.get(key), Record):
            self._simple(child)

    def _stray(self, element: Any, children: list[Any]) -> None:
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

    def _own_type(self, element: Any, key: str, own: str) -> str:
        found = type_key(element)
        if found in self.contract.types:
            return found
        if own.strip():
            self.note("unknown-type", split(element.tag)[1])
        return key

    def _attributes(self, element: Any, table: Expected) -> None:
        for tag, text in element.attrib.items():
            values = table.attributes.get(tag)
            if values is None:
                if not table.any_attribute and split(tag)[0] not in _TECHNICAL:
                    self.note("unknown-attribute", _named(element, f"@{split(tag)[1]}"))
            elif values and text not in values and " ".join(text.split()) not in values:
                self.note("later-value", _named(element, f"@{split(tag)[1]}"))

    def _simple(self, element: Any) -> None:
        """Count what stands in an element of a simple type beside its text."""
        name = split(element.tag)[1]
        for tag in element.attrib:
            if split(tag)[0] not in _TECHNICAL:
                self.note("unknown-attribute", f"{name}/@{split(tag)[1]}")
        for child in element:
            self.note("unknown-element", f"{name}/{split(child.tag)[1]}")

    def _mend(self, element: Any, odd: list[Any], table: Expected, fold: bool) -> None:
        """Put names right where it is clear what they mean; count the rest."""
        siblings = {child.tag for child in element}
        renamed = [(child, self.meant(element, child.tag, siblings, table)) for child in odd]
        for child, want in renamed:
            name = _named(element, child.tag)
            if want:
                self.note("other-namespace", name)
                child.tag = want
            elif fold and (near := _folded(child.tag, siblings, table)):
                self.note("other-case", name)
                child.tag = near
            elif not table.admits(split(child.tag)[0]):
                self.note("unknown-element", name)

    def _value(self, parent: Any, element: Any, values: frozenset[str]) -> None:
        text = element.text or ""
        if text not in values and " ".join(text.split()) not in values and not len(element) and not is_nil(element):
            self.note("later-value", _named(parent, element.tag))


def _named(parent: Any, tag: str) -> str:
    """Return how a child or an attribute is called in a note."""
    return f"{split(parent.tag)[1]}/{split(tag)[1]}"


def _folded(tag: str, siblings: Iterable[str], table: Expected) -> str:
    """Return the tag that has the same name but for capital letters, where no sibling has it too."""
    namespace, local = split(tag)
    want = table.folded.get(local.casefold(), "")
    others = [each for each in siblings if each != tag and split(each)[1].casefold() == local.casefold()]
    return want if want and split(want)[0] == namespace and not others else ""
