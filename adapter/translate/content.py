"""Read the content of one element into a dictionary, as the bound fields say."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from adapter.mapping.bound import BoundField
from adapter.mapping.codec import Codec
from adapter.mapping.paths import WILD, Child, turn_owner
from adapter.translate.arrays import arrange
from adapter.translate.entries import Handler, entry_reader
from adapter.translate.markup import markup_reader
from adapter.translate.qnames import resolved
from adapter.translate.reading import Reading, invalid, is_nil, text_of, typed
from adapter.translate.turns import read_turns
from adapter.wsdl.types import Contract, Record

ReadObject = Callable[[Any, Reading], Any]
_Way = tuple[tuple[Child, ...], BoundField]


class Compiler:
    """Compiles fields to a function. ``object_reader`` gives the reader of another bound type by its key."""

    def __init__(self, object_reader: Callable[[str], ReadObject], contract: Contract, encoded: bool) -> None:
        self.object_reader = object_reader
        self.contract = contract
        self.encoded = encoded

    def object(self, fields: Sequence[BoundField], name: str) -> Callable[[Any, Reading], dict[str, Any]]:
        """Return the function that reads one object with these fields."""
        fill = self.content([(field.steps, field) for field in fields], name)
        order = [field.name for field in fields]
        missing = {field.name: field.missing for field in fields if field.missing is not None}
        arranged = [(field.name, arrange(field, name)) for field in fields if field.items is not None]
        needed = [field.name for field in fields if field.required and not self.encoded and field.missing is None]

        def read(element: Any, reading: Reading) -> dict[str, Any]:
            found: dict[str, Any] = {}
            fill(element, found, reading)
            for required in needed:
                if required not in found:
                    raise invalid(reading.operation, f"{name}.{required} is missing")
            for key, arrange_items in arranged:
                if found.get(key) is not None:
                    found[key] = arrange_items(found[key], reading)
            if missing:
                found = {**missing, **found}
            return {key: found[key] for key in order if key in found}

        return read

    def content(self, ways: Sequence[_Way], name: str) -> Handler:
        """Return the function that reads what stands in an element, and below the elements that paths cross."""
        below: dict[str, list[_Way]] = {}
        own: list[Handler] = []
        for steps, field in ways:
            if steps:
                below.setdefault(steps[0].element.tag, []).append((steps, field))
            elif field.attribute is not None:
                own.append(attribute_handler(field, name))
            else:
                own.append(self.value(field, name))
        # An array is there as soon as the element around its items is.
        arrays = [field for steps, field in ways if len(steps) == 1 and field.shape in ("scalars", "objects")]
        empty = [field.name for field in arrays]
        is_list = any(field.shape == "objects" for field in arrays)
        turns = self.turns(below, name)
        handlers = {tag: self.element(inner, name) for tag, inner in below.items()}
        otherwise, encoded = _otherwise(handlers, below, self.encoded), self.encoded

        def read(element: Any, found: dict[str, Any], reading: Reading) -> None:
            for handle in own:
                handle(element, found, reading)
            if not below and turns is None:
                return
            if is_nil(element):
                for field in arrays:
                    _nil_array(field, name, found, reading)
                return
            for array in empty:
                if found.get(array) is None:
                    found[array] = []
            passed = turns(element, found, reading) if turns is not None else ()
            for child in reading.each(element) if is_list else element:
                if child in passed:
                    continue
                handler = handlers.get(child.tag) or otherwise(child.tag)
                if handler is not None and isinstance(child.tag, str):
                    handler(reading.target(child) if encoded else child, found, reading)

        return read

    def turns(self, below: dict[str, list[_Way]], name: str) -> Callable[..., Container[Any]] | None:
        """Take the groups that repeat as a whole out of ``below``; return what reads their turns, None where none is.

        It returns the children that are in them, without those of elements that have properties of their own too.
        """
        readers: dict[str, list[Handler]] = {}
        for tag in [tag for tag, ways in below.items() if ways[0][0][0].is_turn]:
            for steps, field in below.pop(tag):
                readers.setdefault(steps[0].type, []).append(self.value(field, name))
        for key in readers:
            owner = self.contract.types[turn_owner(key)]
            assert isinstance(owner, Record)
            return read_turns(owner, readers, {tag for tag, ways in below.items() if ways[0][0][0].turns})
        return None

    def element(self, ways: Sequence[_Way], name: str) -> Handler:
        """Return the function that reads one child element, to which the first step of all ``ways`` leads."""
        plain = [way for way in ways if not way[0][0].entry]
        entries = [way for way in ways if way[0][0].entry]
        whole = self.child(plain[-1][0][0], [(steps[1:], field) for steps, field in plain], name) if plain else None
        return self.bag(entries, name, whole) if entries or whole is None else whole

    def child(self, step: Child, ways: Sequence[_Way], name: str) -> Handler:
        """Return the function that reads one child element: a value, an object, an item, or a step on the way."""
        ends = [field for steps, field in ways if not steps and field.attribute is None]
        rest = [way for way in ways if way[0] or way[1].attribute is not None]
        parts = [self.value(field, name) for field in ends]
        if step.cast:
            check = typed(self.contract, step, f"{name}.{ways[0][1].name}" if step.entry else name)
            parts.insert(0, lambda element, found, reading: check(element, reading))
        if rest:
            parts.append(self.content(rest, name))
        if len(parts) == 1:
            return parts[0]

        def read(element: Any, found: dict[str, Any], reading: Reading) -> None:
            for part in parts:
                part(element, found, reading)

        return read

    def bag(self, ways: Sequence[_Way], name: str, whole: Handler | None) -> Handler:
        """Return the function that reads one entry of a bag. ``whole`` reads the same element as an item of a list."""
        entries: dict[str, list[_Way]] = {}
        for way in ways:
            entries.setdefault(way[0][0].entry, []).append(way)
        read = entry_reader(
            [
                (inner, self.child(inner[0][0][0], [(steps[1:], field) for steps, field in inner], name))
                for inner in entries.values()
            ],
            name,
        )
        if whole is None:
            return read

        def both(element: Any, found: dict[str, Any], reading: Reading) -> None:
            whole(element, found, reading)
            read(element, found, reading)

        return both

    def value(self, field: BoundField, name: str) -> Handler:
        """Return the function that reads the value (or one more item) of a field from its element."""
        if field.markup is not None:
            return markup_reader(field, name)
        place, key = f"{name}.{field.name}", field.name
        convert: ReadObject = _scalar(field.codec, place) if field.codec is not None else self.object_reader(field.type)
        if field.shape in ("scalars", "objects"):
            nil_items = self.encoded or field.steps[-1].element.nillable

            def item(element: Any, found: dict[str, Any], reading: Reading) -> None:
                if not is_nil(element):
                    found[key].append(convert(element, reading))
                elif nil_items:
                    found[key].append(None)
                else:
                    raise invalid(reading.operation, f"an item of {place} is nil")

            return item
        nullable, required = field.nullable or self.encoded, field.required and field.missing is None

        def single(element: Any, found: dict[str, Any], reading: Reading) -> None:
            if key in found:
                reading.note(f"{place} stands there twice")
                return
            if is_nil(element):
                if nullable:
                    found[key] = None
                elif required:
                    raise invalid(reading.operation, f"{place} is nil")
                else:
                    reading.note(f"{place} is nil")
                return
            found[key] = convert(element, reading)

        return single


def _otherwise(
    handlers: dict[str, Handler], below: Mapping[str, list[_Way]], encoded: bool
) -> Callable[[str], Handler | None]:
    """Return how an element is read whose tag no path names. What wildcards let in is taken out of ``handlers``."""
    wild = handlers.pop(WILD, None)
    others = below[WILD][0][0][0].others if WILD in below else frozenset[str]()
    # The name of an item in an encoded array is free (SOAP 1.1 section 5.4.2).
    any_item = handlers.get("item") if encoded and list(handlers) == ["item"] else None
    return lambda tag: any_item if wild is None or tag in others else wild


def _nil_array(field: BoundField, name: str, found: dict[str, Any], reading: Reading) -> None:
    """The element around an array's items is nil: null where the contract allows it, else as good as not there."""
    if field.nullable or reading.encoded:
        found.setdefault(field.name, None)
    elif field.required:
        raise invalid(reading.operation, f"{name}.{field.name} is nil")
    else:
        reading.note(f"{name}.{field.name} is nil")


def _scalar(codec: Codec, place: str) -> ReadObject:
    decode, tolerant, names = codec.read, codec.tolerant, codec.names

    def read(element: Any, reading: Reading) -> Any:
        text = text_of(element, place, reading)
        try:
            return decode(resolved(element, text) if names else text)
        except ValueError as error:
            if not tolerant:
                raise invalid(reading.operation, f"{place}: {error}") from error
            reading.note(f"{place}: {error}")
            return text

    return read


def attribute_handler(field: BoundField, name: str) -> Handler:
    """Return the function that reads the value of an attribute."""
    if field.markup is not None:
        return markup_reader(field, name)
    assert field.attribute is not None
    assert field.codec is not None
    tag, key, codec, place = field.attribute.tag, field.name, field.codec, f"{name}.{field.name}"

    def read(element: Any, found: dict[str, Any], reading: Reading) -> None:
        text = element.get(tag)
        if text is None:
            return
        try:
            found[key] = codec.read(resolved(element, text) if codec.names else text)
        except ValueError as error:
            if not codec.tolerant:
                raise invalid(reading.operation, f"{place}: {error}") from error
            reading.note(f"{place}: {error}")
            found[key] = text

    return read
