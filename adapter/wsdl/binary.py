"""Where binary values stand in a message, as the contract says: what may travel as an attachment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.wsdl.once import once
from adapter.wsdl.types import XSI, Contract, Element, Group, Record, Scalar

# WS-I Attachments Profile 1.0, section 4.4: a reference to an attachment. In the tree it is what it refers to.
SWA_REF = "{http://ws-i.org/profiles/basic/1.1/xsd}swaRef"
_BASE64 = "base64Binary"
_TYPE = f"{{{XSI}}}type"


class BinaryPlaces:
    """Finds the base64Binary elements below an element of a known type. Types without any are never walked."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._children: dict[str, dict[str, str]] = {}
        self._leading = _leading(contract)

    def below(self, element: Any, key: str) -> Iterator[tuple[Any, str]]:
        """Yield each binary element at or below ``element``, whose type has this key, with its own type's key."""
        waiting = [(element, key)]
        while waiting:
            found, declared = waiting.pop()
            known = self._named(found, declared)
            if _is_binary(self._contract, known):
                yield found, known
            elif known in self._leading:
                children = self._of(known)
                waiting.extend((child, children[child.tag]) for child in found if child.tag in children)

    def any(self, key: str) -> bool:
        """Whether there can be a binary element at or below one of this type."""
        return key in self._leading

    def _named(self, element: Any, declared: str) -> str:
        """Return the type that an element has: the one that xsi:type names where that is derived from the declared."""
        text = element.get(_TYPE)
        kind = self._contract.types.get(declared)
        if text is None or not isinstance(kind, Record):
            return declared
        prefix, _, local = text.strip().rpartition(":")
        key = f"{{{element.nsmap.get(prefix or None, '')}}}{local}"
        return key if key in kind.derived else declared

    def _of(self, key: str) -> dict[str, str]:
        if key not in self._children:
            kind = self._contract.types.get(key)
            content = kind.content if isinstance(kind, Record) else None
            self._children[key] = dict(_tags(content)) if content is not None else {}
        return self._children[key]


def _tags(group: Group) -> Iterator[tuple[str, str]]:
    for item in group.items:
        if isinstance(item, Element):
            yield item.tag, item.type
        elif isinstance(item, Group):
            yield from _tags(item)


def _is_binary(contract: Contract, key: str) -> bool:
    kind = contract.types.get(key)
    while isinstance(kind, Record) and kind.text:
        kind = contract.types.get(kind.text)
    return isinstance(kind, Scalar) and kind.builtin == _BASE64


@once
def _leading(contract: Contract) -> frozenset[str]:
    """Return the types that are binary, or hold an element of such a type, at any depth."""
    users: dict[str, list[str]] = {}
    for key, kind in contract.types.items():
        if isinstance(kind, Record):
            below = [child for _, child in _tags(kind.content)] if kind.content is not None else []
            for child in (*below, *kind.derived):
                users.setdefault(child, []).append(key)
    waiting = [key for key in contract.types if _is_binary(contract, key)]
    found: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting.extend(users.get(key, ()))
    return frozenset(found)
