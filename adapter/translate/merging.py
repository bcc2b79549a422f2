"""A caller's values merged into a record that was read, per level of it (JSON Merge Patch, RFC 7396).

Rule 1: what is absent stays, nobody's element or attribute is lost, and the contract's order is kept.
Rule 2: a value replaces the text; an object is merged; an array takes the place of the old one.
Rule 3: null takes an optional element out; one that must be there becomes nil.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapter.mapping.bound import BoundField, BoundType, Endpoint, leaves
from adapter.mapping.flat import in_xml
from adapter.mapping.merged import is_optional
from adapter.mapping.model import FieldRule, Place
from adapter.mapping.occurrence import together
from adapter.mapping.paths import Child, children, follow
from adapter.translate.change import Change, Level, insert, known
from adapter.translate.elements import Compiler
from adapter.translate.filling import Fill
from adapter.translate.reading import TYPE, is_nil
from adapter.wsdl.types import XSI, Contract, Record

_NIL = f"{{{XSI}}}nil"
Levels = Mapping[str, Level]
# What callers call the children of an element, by their tags.
Names = Mapping[str, str]
# An element, a value (or object), the change it belongs to, and the JSON Pointer of the object.
Merge = Callable[[Any, Any, Change, str], None]
_NOWHERE = Place("", 0, 0)


def merging(endpoint: Endpoint, compiler: Compiler) -> Fill:
    """Return the function that fills the record's element from a ``Change``."""
    body = endpoint.body
    assert body is not None
    assert body.patch is not None
    record = endpoint.types[body.type].record
    merge = _Merger(endpoint, compiler).object(body.type)
    removed = [_path(endpoint.contract, record, path) for path in body.patch.without]

    def fill(element: Any, change: Any) -> bool:
        change.copy(change.record, element)
        for tags, attribute in removed:
            _remove(element, tags, attribute)
        merge(element, change.values, change, "")
        return True

    return fill


def _path(contract: Contract, record: str, path: str) -> tuple[list[str], str]:
    spot = follow(contract, record, path)
    return [step.element.tag for step in spot.steps], spot.attribute.tag if spot.attribute is not None else ""


def _remove(element: Any, tags: Sequence[str], attribute: str) -> None:
    found = [element]
    for tag in tags:
        found = [child for each in found for child in each.iterchildren(tag)]
    for each in found:
        if attribute:
            each.attrib.pop(attribute, None)
        else:
            each.getparent().remove(each)


class _Merger:
    """Compiles bound types to functions that merge. Each is compiled once, so a type that contains itself ends."""

    def __init__(self, endpoint: Endpoint, compiler: Compiler) -> None:
        self.contract, self.types, self.compiler = endpoint.contract, endpoint.types, compiler
        self.objects: dict[str, Merge] = {}
        self.known: dict[str, Level] = {}

    def object(self, key: str) -> Merge:
        """Return the function that merges an object of bound type ``key`` into its element."""
        if key not in self.objects:
            self.objects[key] = lambda *values: self.objects[key](*values)
            bound = self.types[key]
            self.objects[key] = self._variants(bound) if bound.variants else self._plain(bound)
        return self.objects[key]

    def levels(self, key: str) -> Levels:
        """Return the levels of the type ``key`` and of all that are derived from it."""
        kind = self.contract.types.get(key)
        keys = (key, *kind.derived) if isinstance(kind, Record) else ()
        return {each: self._level(each) for each in keys}

    def _level(self, key: str) -> Level:
        if key not in self.known:
            kind = self.contract.types[key]
            assert isinstance(kind, Record)
            found: dict[str, Child] = {}
            for child in children(kind):
                found.setdefault(child.element.tag, child)
            order = {tag: place for place, tag in enumerate(found)}
            ways = [((child,), _whole(child), tag) for tag, child in found.items()]
            self.known[key] = Level(order, together(self.contract, key, ways))
        return self.known[key]

    def _plain(self, bound: BoundType) -> Merge:
        names = _names(bound)
        ways = {field.name: self._way(bound.record, field, names) for field in leaves(bound.fields)}

        def merge(element: Any, values: Any, change: Change, pointer: str) -> None:
            for name, value in in_xml(bound, values).items():
                ways[name](element, value, change, pointer)

        return merge

    def _variants(self, bound: BoundType) -> Merge:
        by, levels = bound.discriminator, self.levels(bound.record)
        kinds = {each.value: (self.levels(each.record), each.record, self.object(each.type)) for each in bound.variants}

        def merge(element: Any, values: Any, change: Change, pointer: str) -> None:
            allowed, record, inner = kinds[values[by]]
            if change.type_of(element, bound.record) not in allowed:
                if not pointer:
                    change.refuse(f"/{by}", "the record is of another kind")
                    return
                change.touch(element, levels[record], pointer, {}, new=True)
                element.clear()
                element.set(TYPE, change.qname(record))
            inner(element, values, change, pointer)

        for each in bound.variants:
            self.compiler.prefixes.qname(each.record)
        return merge

    def _way(self, record: str, field: BoundField, names: Names) -> Merge:
        """Return the function that merges one value: down the steps of its path, and then what it does there."""
        crossed, key = [], record
        steps = field.steps if field.attribute is not None else field.steps[:-1]
        for step in steps:
            crossed.append((_Spot(self.levels(key), key, step, self.levels(step.type)), names if key is record else {}))
            key = step.type
        end = self._end(key, field, names if not steps else {})

        def merge(element: Any, value: Any, change: Change, pointer: str) -> None:
            for spot, known_as in crossed:
                found = spot.find(element)
                if found is None:
                    if value is None:
                        return
                    found = spot.add(element, change, pointer, known_as, (pointer, {}))
                element = found
            if value is not None:
                element.attrib.pop(_NIL, None)
            end(element, value, change, pointer)

        for step in field.steps:
            self.compiler.prefixes.of(step.element.namespace)
            if step.cast:
                self.compiler.prefixes.qname(step.cast)
        return merge

    def _end(self, key: str, field: BoundField, names: Names) -> Merge:
        if field.attribute is not None:
            return _attribute(field.attribute.tag)
        if not field.steps:
            return _text
        spot = _Spot(self.levels(key), key, field.steps[-1], self.levels(field.steps[-1].type))
        if field.shape in ("scalars", "objects"):
            around = field.steps[-2] if len(field.steps) > 1 else None
            return _array(
                spot, around, self.compiler.child(field.steps[-1], [((), field, field.name)]), field.name, names
            )
        if not field.type:
            return _single(spot, names)
        return _object(spot, field.name, self.object(field.type), names, _names(self.types[field.type]))


class _Spot:
    """One child element of a record: where it stands among the others, and what it holds itself."""

    def __init__(self, levels: Levels, key: str, step: Child, inner: Levels) -> None:
        self.levels, self.key, self.step, self.inner = levels, key, step, inner
        self.tag, self.optional = step.element.tag, is_optional(step)

    def level(self, element: Any, change: Change) -> Level:
        """Return the level of the element around it."""
        return self.levels[known(self.levels, change.type_of(element, self.key), self.key)]

    def find(self, element: Any) -> Any:
        """Return the first child, None where there is none."""
        return element.find(self.tag)

    def add(self, element: Any, change: Change, pointer: str, names: Names, inside: tuple[str, Names]) -> Any:
        """Add the child in its place. ``inside``: pointer and names of what will be in it."""
        level = self.level(element, change)
        change.touch(element, level, pointer, names)
        made = element.makeelement(self.tag, nsmap=change.nsmap)
        insert(element, level, [made])
        if self.step.cast:
            made.set(TYPE, change.qname(self.step.cast))
        if self.inner:
            change.touch(made, self.inner[self.step.type], *inside, new=True)
        return made

    def drop(self, element: Any, found: Any, change: Change, pointer: str, names: Names) -> None:
        """Take the child out, or make it nil where it must be there."""
        if self.optional:
            change.touch(element, self.level(element, change), pointer, names)
            element.remove(found)
        else:
            found[:] = []
            found.text = None
            found.set(_NIL, "true")


def _single(spot: _Spot, names: Names) -> Merge:
    def merge(element: Any, value: Any, change: Change, pointer: str) -> None:
        found = spot.find(element)
        if value is None and found is None and spot.optional:
            return
        if found is None:
            found = spot.add(element, change, pointer, names, (pointer, {}))
        if value is None:
            spot.drop(element, found, change, pointer, names)
        else:
            found.attrib.pop(_NIL, None)
            found.text = value

    return merge


def _object(spot: _Spot, name: str, inner: Merge, names: Names, inner_names: Names) -> Merge:
    def merge(element: Any, value: Any, change: Change, pointer: str) -> None:
        found, inside = spot.find(element), (f"{pointer}/{name}", inner_names)
        if value is None and found is None and spot.optional:
            return
        if found is None:
            found = spot.add(element, change, pointer, names, inside)
        elif value is not None and is_nil(found):
            del found.attrib[_NIL]
            change.touch(found, spot.inner[spot.step.type], *inside, new=True)
        if value is None:
            spot.drop(element, found, change, pointer, names)
        else:
            inner(found, value, change, inside[0])

    return merge


def _array(spot: _Spot, around: Child | None, fill: Fill, name: str, names: Names) -> Merge:
    """Take all items out, put the new ones in. Null takes out the element around them too, if nothing else is in it."""

    def merge(element: Any, value: Any, change: Change, pointer: str) -> None:
        level = spot.level(element, change)
        change.touch(element, level, pointer, names)
        for old in element.findall(spot.tag):
            element.remove(old)
        if value is not None:
            holder = element.makeelement("items", nsmap=change.nsmap)
            fill(holder, {name: value})
            insert(element, level, list(holder))
        elif around is not None and not len(element) and not element.attrib:
            if is_optional(around):
                element.getparent().remove(element)
            elif not spot.optional:
                element.set(_NIL, "true")

    return merge


def _names(bound: BoundType) -> Names:
    ends = reversed(list(leaves(bound.fields)))
    return {field.steps[0].element.tag: field.name.partition("/")[0] for field in ends if field.steps}


def _attribute(tag: str) -> Merge:
    def merge(element: Any, value: Any, change: Change, pointer: str) -> None:
        if value is None:
            element.attrib.pop(tag, None)
        else:
            element.set(tag, value)

    return merge


def _text(element: Any, value: Any, change: Change, pointer: str) -> None:
    element.text = value


def _whole(child: Child) -> BoundField:
    """Return a field that stands for a child element whatever is in it."""
    rule = FieldRule(child.element.name, _NOWHERE, child.element.name)
    return BoundField(child.element.name, rule, (child,), None, "scalars" if child.repeats else "object", type="whole")
