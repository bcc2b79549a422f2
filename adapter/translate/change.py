"""One record while it is changed: a copy of the element that was read, in a message of its own.

Everything is taken over: what nobody mapped, attributes, xsi:type. The copy declares no namespace; the message does, so
that no prefix in an xsi:type depends on where the element stood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from adapter.errors import FieldError, InvalidRequest
from adapter.translate.reading import TYPE, type_key

Wrong = Callable[[Mapping[str, object]], Iterable[tuple[str, str]]]
_TAG = re.compile(r"(\{[^}]*\})?[^\s,{}]+")


@dataclass(frozen=True, slots=True)
class Level:
    """What one element of a record must be: the places of its children by their tags, and what proves them."""

    order: Mapping[str, int]
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class _Touched:
    """An element whose children change: what was wrong before, and what callers call its children."""

    level: Level
    before: frozenset[tuple[str, str]]
    pointer: str
    names: Mapping[str, str]


class Change:
    """The record, the caller's values, and the prefixes of the message that is made of both."""

    def __init__(self, record: Any, values: Any, nsmap: Mapping[str, str]) -> None:
        self.record, self.values = record, values
        self.nsmap = dict(nsmap)
        for prefix, namespace in record.nsmap.items():
            if prefix:
                self.nsmap.setdefault(prefix, namespace)
        for namespace in _namespaces(record):
            if namespace not in self.nsmap.values():
                self.nsmap[next(each for each in _free() if each not in self.nsmap)] = namespace
        self._prefixes = {namespace: prefix for prefix, namespace in reversed(self.nsmap.items())}
        self._touched: dict[Any, _Touched] = {}
        self._errors: list[FieldError] = []

    def qname(self, key: str) -> str:
        """Return a Clark name as prefix and local name, for xsi:type."""
        namespace, _, local = key.removeprefix("{").rpartition("}")
        return f"{self._prefixes[namespace]}:{local}" if namespace else local

    def type_of(self, element: Any, declared: str) -> str:
        """Return the key of the type of an element of the copy; without xsi:type that of the contract."""
        prefix, _, local = (element.get(TYPE) or "").rpartition(":")
        return (f"{{{self.nsmap[prefix]}}}{local}" if prefix else local) or declared

    def copy(self, source: Any, target: Any) -> None:
        """Copy all that an element holds into an empty one of the message."""
        for name, value in source.attrib.items():
            target.set(name, self.qname(type_key(source)) if name == TYPE else value)
        target.text = source.text
        for child in source:
            made = etree.SubElement(target, child.tag)
            made.tail = child.tail
            self.copy(child, made)

    def touch(self, element: Any, level: Level, pointer: str, names: Mapping[str, str], new: bool = False) -> None:
        """Note, before the first of them changes, that children of an element change."""
        if element not in self._touched:
            before = frozenset() if new else frozenset(level.wrong(_present(element)))
            self._touched[element] = _Touched(level, before, pointer, names)

    def refuse(self, pointer: str, why: str) -> None:
        """Note that a value cannot be written into this record."""
        self._errors.append(FieldError("body", pointer, why))

    def prove(self) -> None:
        """Raise InvalidRequest where the change would make of the record what the contract does not allow."""
        for element, each in self._touched.items():
            if element.getparent() is None:
                continue
            for name, text in each.level.wrong(_present(element)):
                if (name, text) not in each.before:
                    self._errors.append(_error(each, name, text))
        if self._errors:
            raise InvalidRequest("invalid-request", 422, fields=tuple(dict.fromkeys(self._errors)))


def _error(touched: _Touched, name: str, text: str) -> FieldError:
    """Return the error in the caller's words; what nobody mapped is not named."""
    tags = [match[0] for match in _TAG.finditer(text) if match[0].startswith("{")]
    for tag in tags:
        text = text.replace(tag, touched.names.get(tag, ""))
    if any(tag not in touched.names for tag in tags):
        text = "does not go with what the record holds besides"
    where = f"/{touched.names[name]}" if name in touched.names else ""
    return FieldError("body", touched.pointer + where, text)


def _present(element: Any) -> dict[str, object]:
    return dict.fromkeys((child.tag for child in element), "")


def _namespaces(record: Any) -> Iterator[str]:
    for element in record.iter():
        keys = (element.tag, *element.attrib, type_key(element))
        yield from (namespace for key in keys if (namespace := key.rpartition("}")[0].removeprefix("{")))


def _free() -> Iterator[str]:
    number = 0
    while True:
        yield f"r{number}"
        number += 1


def insert(parent: Any, level: Level, children: Iterable[Any]) -> None:
    """Put elements of one tag where the contract has them: after all that come before them."""
    for child in children:
        place = level.order[child.tag]
        after = [index for index, other in enumerate(parent, 1) if level.order.get(other.tag, -1) <= place]
        parent.insert(max(after, default=0), child)


def known(keys: Container[str], key: str, declared: str) -> str:
    """Return a type's key, or that of the contract where nobody knows it."""
    return key if key in keys else declared
