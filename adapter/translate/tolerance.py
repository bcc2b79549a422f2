"""A reply that drifts from its contract, brought back to it before it is read, and everything unexpected noted.

What is clear is put right in the parsed reply: an element whose namespace is missing, or is one that nobody knows, and
a root that is named otherwise but holds just what is expected. What is not clear stays as it is, so that no value ever
comes to stand for something else. All else that the contract does not know is passed over by the reader; here it is
counted. Notes begin with one of ``KINDS``, so that they can be counted, and never hold a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapter.mapping.bound import Endpoint, leaves
from adapter.translate.expected import Expected, expected, split
from adapter.translate.reading import MAX_NOTES, invalid
from adapter.translate.walk import Walk
from adapter.wsdl.builtins import ANY_TYPE
from adapter.wsdl.once import once
from adapter.wsdl.types import XSD, Contract, Element, Record

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
Align = Callable[[Any], tuple[str, ...]]


@once
def _namespaces(contract: Contract) -> frozenset[str]:
    """Return the namespaces that a contract declares something in."""
    return frozenset(split(key)[0] for key in (*contract.elements, *contract.types)) - {XSD}


@dataclass(frozen=True, slots=True)
class Alignment:
    """What one operation's replies are held against. ``tables`` are those of the types that are looked at."""

    endpoint: Endpoint
    root: Element
    tables: Mapping[str, Expected]
    known: frozenset[str]
    most: int

    @property
    def encoded(self) -> bool:
        """Whether elements may refer to others, and stand in any order (SOAP 1.1, section 5)."""
        return self.endpoint.operation.use == "encoded"

    def walk(self, notes: dict[str, None] | None = None) -> Walk:
        """Return a walk over one reply, with ``notes`` that are there already."""
        contract, ordered = self.endpoint.contract, not self.encoded
        return Walk(contract, self.tables, self.known, self.most, ordered, {} if notes is None else notes)

    def top(self, walk: Walk, element: Any) -> tuple[str, bool] | None:
        """Return the type that the child of the body has, and whether capital letters count less in it.

        None where it is not looked at. Its name is put right where it is clear what it means.
        """
        operation, root = self.endpoint.operation, self.root
        # What others refer to stands elsewhere; only the reader follows such references.
        if self.encoded and any(each.get("href") or each.get("id") for each in element.iter("*")):
            return None
        rpc = operation.style == "rpc"
        if element.tag in operation.reply_tags and element.tag != root.tag:
            return self.endpoint.contract.elements[element.tag].type, False
        bare = operation.output is not None and operation.output.bare
        return (root.type, rpc) if bare or _is_root(walk, element, root, rpc) else None

    def check(self, notes: Mapping[str, None]) -> None:
        """Raise BackendReplyInvalid for anything odd where the mapping is strict."""
        if notes and self.endpoint.resource.soap.strict:
            raise invalid(self.endpoint.name, f"soap.strict: {next(iter(notes))}")


def alignment(endpoint: Endpoint, *, everything: bool = False) -> Alignment | None:
    """Return what the replies of an operation are held against; None where they have no root.

    Only what the mapping reads is looked at, unless the mapping is strict or ``everything`` is asked for.
    """
    output = endpoint.operation.output
    if output is None or output.root is None:
        return None
    whole = everything or endpoint.resource.soap.strict
    tables = _tables(endpoint.contract, None if whole else _read(endpoint, output.root))
    most = 100_000 if everything else MAX_NOTES
    return Alignment(endpoint, output.root, tables, _namespaces(endpoint.contract), most)


def aligner(endpoint: Endpoint, *, everything: bool = False) -> Align:
    """Return what brings the child of a reply's body back to the contract, in place, and returns what was odd.

    It takes what ``alignment`` takes. Raises BackendReplyInvalid for anything odd where the mapping is strict.
    """
    made = alignment(endpoint, everything=everything)
    if made is None:
        return lambda element: ()

    def align(element: Any) -> tuple[str, ...]:
        walk = made.walk()
        if element is not None and (top := made.top(walk, element)) is not None:
            walk.content(element, top[0], fold=top[1])
        made.check(walk.notes)
        return tuple(walk.notes)

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


def _is_root(walk: Walk, element: Any, root: Element, rpc: bool) -> bool:
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
    walk.rename(element, root.tag)
    walk.note("other-root", root.name)
    return True


def _fits(walk: Walk, element: Any, table: Expected) -> bool:
    """Whether an element holds what a table expects, all that is required, and nothing else."""
    tags = {child.tag for child in element}
    meant = {tag if tag in table.types else walk.meant(element, tag, tags, table) for tag in tags}
    return bool(meant) and "" not in meant and table.required <= meant
