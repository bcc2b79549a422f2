"""What a request holds, as far as resources are guessed from it: its single values, keys among them, and paging."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from adapter.mapping.paths import Child, children
from adapter.mapping.proposal.grammar import can_name
from adapter.mapping.proposal.members import form, wildcards
from adapter.mapping.proposal.spelling import snake, split
from adapter.mapping.proposal.words import KEYS, NO_KEYS
from adapter.wsdl import lexical
from adapter.wsdl.types import Contract, Record, Scalar

FEW = 5
MOST = 40
"""Most values that can be query parameters."""
_WRAPPERS = frozenset("request req input parameters params parameter body in message".split())


@dataclass(frozen=True, slots=True)
class Value:
    """One single value of a request: its path, its name as words, whether it must be there, its XSD built-in type.

    ``top``: it stands at the top level. ``type`` is the key of its type. ``common``: most requests hold it.
    """

    path: str
    words: tuple[str, ...]
    name: str
    required: bool
    builtin: str
    top: bool
    type: str
    common: bool = False

    @property
    def key_of(self) -> tuple[str, ...] | None:
        """Return the noun that it is the key of, () where its name has none; None where it is no key by its name."""
        if not self.words or self.words[-1] not in KEYS or self.builtin in ("boolean", "decimal", "double", "float"):
            return None
        noun = self.words[:-1]
        return None if noun and noun[-1] in NO_KEYS else noun


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request holds. ``into`` is the path to its top level, "" for the message itself.

    ``flat``: nothing in it repeats, and all of it is single values, ``values``. ``key`` is the type of its top level.
    ``repeats``: names of what repeats at the top level. ``left_out``: what most requests hold, need not be there and is
    no single value; it says nothing about this request, and query parameters cannot carry it. ``known``: nouns, in the
    singular, of what operations read, make, change or remove.
    """

    into: str
    key: str
    flat: bool
    values: tuple[Value, ...]
    repeats: tuple[str, ...] = ()
    empty: bool = False
    left_out: tuple[str, ...] = ()
    known: frozenset[tuple[str, ...]] = frozenset()


def asked(contract: Contract, root: str, common: frozenset[str] = frozenset()) -> Asked:
    """Return what the message whose type has the key ``root`` holds. ``common`` are names that most requests hold."""
    into, key = top_level(contract, root)
    walk = _Walk(contract, common)
    values = tuple(_named(list(walk.values(key, f"{into}." if into else "", ()))))
    record = contract.types.get(key)
    top = list(children(record)) if isinstance(record, Record) else []
    repeats = tuple(child.element.name for child in top if child.repeats)
    nothing = isinstance(record, Record) and not values and walk.flat
    return Asked(into, key, walk.flat and len(values) <= MOST, values, repeats, nothing, tuple(walk.left_out))


def top_level(contract: Contract, root: str) -> tuple[str, str]:
    """Return the path to the top level of a request, and the key of its type."""
    into, key = "", root
    while (inner := _wrapped(contract, key)) is not None:
        into, key = f"{into}.{inner.element.name}".lstrip("."), inner.type
    return into, key


def common_names(contract: Contract, roots: list[str]) -> frozenset[str]:
    """Return the names at the top level of most requests, where there are enough of them to say so."""
    counts: Counter[str] = Counter()
    for root in roots:
        record = contract.types.get(top_level(contract, root)[1])
        counts.update({child.element.name for child in children(record)} if isinstance(record, Record) else ())
    return frozenset(name for name, count in counts.items() if count >= FEW and 2 * count > len(roots))


def _wrapped(contract: Contract, key: str) -> Child | None:
    """Return the one element of a record whose name only says that a request stands in it."""
    record = contract.types.get(key)
    if not isinstance(record, Record) or record.attributes or record.text or record.derived:
        return None
    inside = list(children(record))
    if len(inside) != 1 or inside[0].repeats or not can_name(inside[0].element.name):
        return None
    below = contract.types.get(inside[0].type)
    plain = isinstance(below, Record) and form(contract, inside[0].type)[0] == "object" and not below.derived
    return inside[0] if plain and split(inside[0].element.name)[-1:][0] in _WRAPPERS else None


class _Walk:
    """Walks a request. ``flat`` turns False where something is more than single values."""

    def __init__(self, contract: Contract, common: frozenset[str]) -> None:
        self.contract, self.common, self.flat = contract, common, True
        self.left_out: list[str] = []

    def values(self, key: str, before: str, around: tuple[str, ...], required: bool = True) -> Iterator[Value]:
        record = self.contract.types.get(key)
        if isinstance(record, Scalar):
            yield Value(before.rstrip(".") or ".", ("value",), "value", True, record.builtin, True, key)
            return
        if not isinstance(record, Record) or record.mixed or record.derived or key in around:
            self.flat = False
            return
        if record.content is not None and any(each.min for each in wildcards(record.content)):
            self.flat = False
        names = [child.element.name for child in children(record)]
        self.flat = self.flat and len(set(names)) == len(names)
        for child in children(record):
            yield from self._element(child, before, (*around, key), required)
        for attribute in record.attributes:
            must = required and attribute.required
            yield self._value(f"{before}@{attribute.name}", attribute.name, must, not around, attribute.type)
        if record.text:
            own = before.rstrip(".")
            yield self._value(f"{before}#text", own.rpartition(".")[2] or "value", required, False, record.text)

    def _element(self, child: Child, before: str, around: tuple[str, ...], required: bool) -> Iterator[Value]:
        name = child.element.name
        kind, _ = form(self.contract, child.type)
        if child.repeats or child.repeated or child.element.abstract or kind == "xml" or not can_name(name):
            usual = len(around) == 1 and name in self.common and not child.required
            self.flat = self.flat and usual
            self.left_out += [name] if usual else []
        elif kind == "scalar":
            yield self._value(f"{before}{name}", name, required and child.required, len(around) == 1, child.type)
        elif len(around) > 6:
            self.flat = False
        else:
            yield from self.values(child.type, f"{before}{name}.", around, required and child.required)

    def _value(self, path: str, name: str, required: bool, top: bool, type_: str) -> Value:
        kind = self.contract.types.get(type_)
        while isinstance(kind, Record):
            kind = self.contract.types.get(kind.text)
        builtin = kind.builtin if isinstance(kind, Scalar) else ""
        return Value(path, split(name), snake(name), required, builtin, top, type_, top and name in self.common)


def _named(values: list[Value]) -> Iterator[Value]:
    """Yield the values, each with a name of its own: where two are called the same, the way is said too."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value.name] = counts.get(value.name, 0) + 1
    taken: set[str] = set()
    for value in values:
        name = value.name
        if counts[name] > 1:
            name = snake("_".join(part for part in value.path.replace("#text", "").split(".")[-2:]))
        number, found = 1, name
        while found in taken:
            number += 1
            found = f"{name}_{number}"
        taken.add(found)
        yield replace(value, name=found)


def is_whole(value: Value) -> bool:
    """Tell whether a value is a whole number."""
    return value.builtin in lexical.INTEGERS
