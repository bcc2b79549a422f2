"""Our own check of an element against the contract tree: order, occurrence, attributes, values.

It stands in where no XSD processor takes a contract, and for what is in no schema (the wrapper of rpc, WSDL 1.1 section
3.5). XML Schema 1.0 part 1, sections 3.4.4 (complex types) and 3.8.4 (model groups).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from adapter.mapping.model import FieldRule, Place
from adapter.mapping.paths import children
from adapter.mapping.scalars import ScalarError, field_codec
from adapter.translate.qnames import resolved
from adapter.translate.reading import is_nil, type_key
from adapter.wsdl.building import SOAP_ARRAYS
from adapter.wsdl.types import (
    SOAP11_ENCODING,
    SOAP11_ENVELOPE,
    SOAP12_ENVELOPE,
    XSI,
    Contract,
    Element,
    Group,
    Particle,
    Record,
)
from adapter.wsdl.types import Any as Wildcard

_NOWHERE = FieldRule("value", Place("", 0, 0), "value")
# What stands on any element: xsi:type and xsi:nil, and what SOAP encoding adds (SOAP 1.1 sections 4.1.1 and 5).
_ANYWHERE = tuple(f"{{{namespace}}}" for namespace in (XSI, SOAP11_ENCODING, SOAP11_ENVELOPE, SOAP12_ENVELOPE))

Typed = Callable[[str, Any], str]


def tree_objection(
    contract: Contract, key: str, element: Any, typed: Typed | None = None, *, encoded: bool = False
) -> str:
    """Return what is wrong with an element as one of type ``key``, "" for nothing.

    ``typed`` judges the elements inside it, where somebody else can; else they are judged here too. ``encoded``:
    anything may be nil, and an array may call itself one (SOAP 1.1 sections 5.1 and 5.4).
    """
    named = type_key(element)
    kind = contract.types.get(key if not named or (encoded and named in SOAP_ARRAYS) else named) or contract.types.get(
        key
    )
    record = kind if isinstance(kind, Record) else Record(key)
    wrong = next(_attributes(contract, record, element), "")
    if wrong and not (encoded and is_nil(element)):
        return wrong
    if is_nil(element):
        return f"{element.tag} is nil and holds something" if len(element) or element.text else ""
    if not isinstance(kind, Record):
        value = _value(contract, key, element, element.text or "", element.tag)
        return f"{element.tag} holds elements" if len(element) else value
    inner = typed or (lambda below, child: tree_objection(contract, below, child, encoded=encoded))
    return next(_record(contract, kind, element, inner, encoded), "")


def _record(contract: Contract, kind: Record, element: Any, typed: Typed, encoded: bool) -> Iterator[str]:
    inside = [child for child in element if isinstance(child.tag, str)]
    if kind.text and not inside:
        if why := _value(contract, kind.text, element, element.text or "", element.tag):
            yield why
        return
    if not kind.mixed and any((text or "").strip() for text in (element.text, *(child.tail for child in element))):
        yield f"{element.tag} holds text"
    tags = [child.tag for child in inside]
    if kind.soap_array:
        tags = [next(children(kind)).element.tag] * len(inside)
    if kind.content is None and not inside:
        return
    model = _loose(kind.content) if encoded and kind.content is not None else kind.content
    if model is None or len(tags) not in _ends(model, tags, {0}):
        yield f"{element.tag} holds {', '.join(tags) or 'nothing'}, which is not what its type says"
        return
    declared = {child.element.tag: child.element for child in children(kind)}
    for tag, child in zip(tags, inside, strict=True):
        if tag not in declared:
            continue
        if is_nil(child) and not declared[tag].nillable and not encoded:
            yield f"{tag} is nil, and the contract does not allow it"
        if why := typed(declared[tag].type, child):
            yield why


def _attributes(contract: Contract, kind: Record, element: Any) -> Iterator[str]:
    known = {each.tag: each for each in kind.attributes}
    for each in kind.attributes:
        if each.required and each.tag not in element.attrib:
            yield f"{element.tag} has no attribute {each.name}"
    for tag, text in element.attrib.items():
        if tag in known:
            if why := _value(contract, known[tag].type, element, text, tag):
                yield why
        elif not (kind.any_attribute or tag.startswith(_ANYWHERE)):
            yield f"{element.tag} has an attribute {tag}"


def _value(contract: Contract, key: str, element: Any, text: str, place: str) -> str:
    try:
        codec = field_codec(contract, key, _NOWHERE, {})
        codec.write(codec.read(resolved(element, text) if codec.names else text))
    except (ScalarError, ValueError) as error:
        return f"{place}: {error}"
    return ""


def _loose(group: Group) -> Group:
    """Return a model group that requires nothing: in SOAP encoding any accessor may be left out (section 5.1)."""
    items = tuple(_loose(each) if isinstance(each, Group) else replace(each, min=0) for each in group.items)
    return replace(group, items=items, min=0)


def _ends(particle: Particle, tags: Sequence[str], starts: set[int]) -> set[int]:
    """Return where the particle can end, with all its occurrences, where it begins at one of ``starts``."""
    ends = set(starts) if particle.min == 0 else set()
    reached, count = set(starts), 0
    while reached and (particle.max is None or count < particle.max):
        after = _once(particle, tags, reached)
        count += 1
        if count >= particle.min:
            if after <= ends:
                break
            ends |= after
        elif after == reached:
            # Nothing is as good as what must still come.
            return ends | after
        reached = after
    return ends


def _once(particle: Particle, tags: Sequence[str], starts: set[int]) -> set[int]:
    if isinstance(particle, Element):
        return {at + 1 for at in starts if at < len(tags) and tags[at] == particle.tag}
    if isinstance(particle, Wildcard):
        return {at + 1 for at in starts if at < len(tags)}
    return _group(particle, tags, starts)


def _group(group: Group, tags: Sequence[str], starts: set[int]) -> set[int]:
    if group.kind == "choice":
        return {end for item in group.items for end in _ends(item, tags, starts)}
    if group.kind == "sequence":
        reached = set(starts)
        for item in group.items:
            reached = _ends(item, tags, reached)
        return reached
    return {end for start in starts for end in _all(group, tags, start)}


def _all(group: Group, tags: Sequence[str], start: int) -> set[int]:
    """Each item of ``xsd:all`` stands there at most once, in any order (part 1, section 3.8.6)."""
    items = [item for item in group.items if isinstance(item, Element)]
    at, seen = start, set[str]()
    known = {item.tag for item in items}
    while at < len(tags) and tags[at] in known - seen:
        seen.add(tags[at])
        at += 1
    return {at} if all(item.min == 0 or item.tag in seen for item in items) else set()
