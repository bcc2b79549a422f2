"""Whether XML came back as it was, as its contract sees it: prefixes, white space and lexical forms do not count.

XML Schema 1.0 part 1, sections 2.6 (xsi:type, xsi:nil) and 3.4; part 2 says which texts are one value. What the
contract says nothing about (wildcards, mixed content) is compared as it stands, prefixes apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from adapter.mapping.paths import children
from adapter.translate.reading import is_nil, type_key
from adapter.wsdl import lexical
from adapter.wsdl.building import ANY_TYPE, SOAP_ARRAYS
from adapter.wsdl.types import XSI, Contract, Element, ListOf, Record, Scalar, Union

_TYPE, _XSI = f"{{{XSI}}}type", f"{{{XSI}}}"
_NUMBERS = lexical.INTEGERS.keys() | {"decimal", "float", "double"}


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that is not as it was: the tag of the element, the ``@`` tag of the attribute or ``#text``; and how."""

    what: str
    text: str


def changes(contract: Contract, key: str, before: Any, after: Any) -> Iterator[Changed]:
    """Yield what differs between two elements of the type with a key, by the parts that stand in them directly."""
    kind = contract.types.get(_kind_of(contract, key, before))
    if _kind_of(contract, key, before) != _kind_of(contract, key, after):
        yield Changed("#type", f"{type_key(before)} came back as {type_key(after)}")
        return
    if is_nil(before) != is_nil(after):
        yield Changed("#nil", "is nil on one side only")
        return
    if is_nil(before):
        # null is all that JSON has for it, whatever attributes it may have had.
        return
    record = kind if isinstance(kind, Record) else Record(key, text=key)
    yield from _attributes(contract, record, before, after)
    if record.mixed or key == ANY_TYPE:
        if plain(before) != plain(after):
            yield Changed("#text", "is other XML")
    elif record.text:
        if not same_text(contract, record.text, before, before.text or "", after, after.text or ""):
            yield Changed("#text", f"{before.text!r} came back as {after.text!r}")
    else:
        yield from _children(contract, record, before, after)


def _kind_of(contract: Contract, key: str, element: Any) -> str:
    named = type_key(element)
    return named if named in contract.types and named not in SOAP_ARRAYS else key


def _attributes(contract: Contract, record: Record, before: Any, after: Any) -> Iterator[Changed]:
    known = {each.tag: each for each in record.attributes}
    # What SOAP encoding says of an array is not part of its value.
    tags = {tag for tag in (*before.attrib, *after.attrib) if not tag.startswith((_XSI, "{http://schemas.xmlsoap.org"))}
    for tag in sorted(tags):
        one, other = before.get(tag), after.get(tag)
        declared = known.get(tag)
        if one is None or other is None:
            yield Changed(f"@{tag}", "is gone" if other is None else "was not there before")
        elif not (same_text(contract, declared.type, before, one, after, other) if declared else one == other):
            yield Changed(f"@{tag}", f"{one!r} came back as {other!r}")


def _children(contract: Contract, record: Record, before: Any, after: Any) -> Iterator[Changed]:
    declared = {child.element.tag: child.element for child in children(record)}
    if record.soap_array:
        # Its items have any name (SOAP 1.1 section 5.4.2).
        item = next(iter(declared.values()))
        declared = {each.tag: item for each in (*before, *after)}
    one, other = _by_tag(before), _by_tag(after)
    for tag in {**one, **other}:
        pair = one.get(tag, []), other.get(tag, [])
        if len(pair[0]) != len(pair[1]):
            yield Changed(tag, f"{len(pair[0])} came back as {len(pair[1])}")
            continue
        for here, there in zip(*pair, strict=True):
            if why := _one(contract, declared, tag, here, there):
                yield Changed(tag, why)
                break
    free = record.content is not None and record.content.kind == "all"
    if not free and [each.tag for each in before] != [each.tag for each in after] and _counts(one) == _counts(other):
        moved = {here.tag for here, there in zip(before, after, strict=True) if here.tag != there.tag}
        yield from (Changed(tag, "stands elsewhere") for tag in sorted(moved))


def _one(contract: Contract, declared: Mapping[str, Element], tag: str, before: Any, after: Any) -> str:
    """Return how two children differ, "" where they do not."""
    if tag not in declared:
        return "" if plain(before) == plain(after) else "is other XML"
    found = next(changes(contract, declared[tag].type, before, after), None)
    return f"{found.what}: {found.text}" if found is not None else ""


def _by_tag(element: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for child in element:
        if isinstance(child.tag, str):
            found.setdefault(child.tag, []).append(child)
    return found


def _counts(found: Mapping[str, list[Any]]) -> dict[str, int]:
    return {tag: len(each) for tag, each in found.items()}


def plain(element: Any) -> Any:
    """Return an element as it says whatever its prefixes: tag, attributes, texts and children."""
    attributes = {tag: type_key(element) if tag == _TYPE else text for tag, text in element.attrib.items()}
    inside = [(plain(child), child.tail or "") for child in element if isinstance(child.tag, str)]
    return element.tag, sorted(attributes.items()), element.text or "", inside


def same_text(contract: Contract, key: str, before: Any, one: str, after: Any, other: str) -> bool:
    """Tell whether two texts, at these elements, are one value of the simple type with a key."""
    kind = contract.types.get(key)
    if isinstance(kind, Record):
        return same_text(contract, kind.text, before, one, after, other)
    if isinstance(kind, ListOf):
        pairs = one.split(), other.split()
        return len(pairs[0]) == len(pairs[1]) and all(
            same_text(contract, kind.item, before, here, after, there) for here, there in zip(*pairs, strict=True)
        )
    if isinstance(kind, Union):
        return one.split() == other.split()
    builtin = kind.builtin if isinstance(kind, Scalar) else "string"
    if builtin in lexical.QNAMES:
        return _resolved(before, one) == _resolved(after, other)
    return _value(builtin, one) == _value(builtin, other)


def _value(builtin: str, text: str) -> object:
    collapsed = lexical.collapsed(builtin, text)
    if builtin == "boolean":
        return {"1": "true", "0": "false"}.get(collapsed, collapsed)
    if builtin in ("base64Binary", "hexBinary"):
        return "".join(collapsed.split()).lower() if builtin == "hexBinary" else "".join(collapsed.split())
    if builtin in _NUMBERS:
        try:
            return Decimal(collapsed)
        except InvalidOperation:
            return collapsed
    return collapsed


def _resolved(element: Any, text: str) -> tuple[str, str]:
    prefix, _, local = text.strip().rpartition(":")
    return element.nsmap.get(prefix or None) or "", local
