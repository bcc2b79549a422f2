"""Read the content of one element into a dictionary, as the bound fields say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import BoundField, Endpoint
from adapter.mapping.codec import Codec
from adapter.mapping.paths import Child
from adapter.wsdl.types import XSI, Record

_NIL = f"{{{XSI}}}nil"
MAX_NOTES = 20
# SOAP encoding lets a few references stand for millions of elements; no honest reply is so many, or so deep.
MAX_COPIED = 16_000_000
MAX_CHAIN = 64


class Reading:
    """One reply while it is read: where notes go, and the targets of references in an encoded one."""

    def __init__(self, operation: str, root: Any, encoded: bool) -> None:
        self.operation = operation
        self.notes: list[str] = []
        self.encoded = encoded
        self.targets: dict[str, Any] = {}
        self.weights: dict[str, int] = {}
        self.copied = 0
        if encoded and root is not None:
            top = root.getparent() if root.getparent() is not None else root
            self.targets = {element.get("id"): element for element in top.iter("*") if element.get("id")}

    def note(self, text: str) -> None:
        """Keep an oddity for the log and the counter; never a value of the reply."""
        if len(self.notes) < MAX_NOTES:
            self.notes.append(text)

    def target(self, element: Any) -> Any:
        """Follow ``href="#id"`` (SOAP 1.1 section 5.4.1) to the element that holds the value."""
        for _ in range(MAX_CHAIN):
            reference = element.get("href") if self.encoded else None
            if reference is None:
                return element
            name = reference.removeprefix("#")
            found = self.targets.get(name)
            if found is None:
                raise invalid(self.operation, "a reference leads nowhere")
            # What is referred to is read once for every reference, so its size counts every time.
            self.copied += self._weight(name, found)
            if self.copied > MAX_COPIED:
                raise invalid(self.operation, "references stand for too much")
            element = found
        raise invalid(self.operation, "references in a circle")

    def _weight(self, name: str, element: Any) -> int:
        if name not in self.weights:
            self.weights[name] = sum(32 + len(each.text or "") for each in element.iter())
        return self.weights[name]


def is_nil(element: Any) -> bool:
    """Tell whether an element says that it has no value (XML Schema part 1, section 2.6.2)."""
    text = element.get(_NIL)
    return text is not None and text.strip() in ("true", "1")


def invalid(operation: str, why: str) -> BackendReplyInvalid:
    """Return the error for an answer that is not what contract and mapping say."""
    return BackendReplyInvalid("backend-reply-invalid", 502, cause=f"{operation}: {why}", sent="yes")


def finder(endpoint: Endpoint, steps: Sequence[Child]) -> Callable[[Reading, Any], list[Any]]:
    """Return how the elements at ``steps`` are found below the reply's root: all of a last step that repeats."""
    names = []
    key = endpoint.operation.output.root.type if endpoint.operation.output and endpoint.operation.output.root else ""
    for step in steps:
        record = endpoint.contract.types.get(key)
        # The name of an item in an encoded array is free (SOAP 1.1 section 5.4.2).
        names.append("*" if isinstance(record, Record) and record.soap_array else step.element.tag)
        key = step.element.type

    def find(reading: Reading, root: Any) -> list[Any]:
        found = [root]
        for name in names:
            found = [reading.target(child) for child in found[0].iterchildren(name)]
            if not found:
                return []
        return found

    return find


Handler = Callable[[Any, dict[str, Any], Reading], None]
ReadObject = Callable[[Any, Reading], Any]
_Way = tuple[tuple[Child, ...], BoundField]


class Compiler:
    """Compiles fields to a function. ``object_reader`` gives the reader of another bound type by its key."""

    def __init__(self, object_reader: Callable[[str], ReadObject], encoded: bool) -> None:
        self.object_reader = object_reader
        self.encoded = encoded

    def object(self, fields: Sequence[BoundField], name: str) -> Callable[[Any, Reading], dict[str, Any]]:
        """Return the function that reads one object with these fields."""
        fill = self.content([(field.steps, field) for field in fields], name)
        order = [field.name for field in fields]
        missing = {field.name: field.missing for field in fields if field.missing is not None}
        needed = [field.name for field in fields if field.required and not self.encoded and field.missing is None]

        def read(element: Any, reading: Reading) -> dict[str, Any]:
            found: dict[str, Any] = {}
            fill(element, found, reading)
            for required in needed:
                if required not in found:
                    raise invalid(reading.operation, f"{name}.{required} is missing")
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
                below.setdefault(steps[0].element.tag, []).append((steps[1:], field))
            elif field.attribute is not None:
                own.append(_attribute(field, name))
            else:
                own.append(self.value(field, name))
        # An array is there as soon as the element around its items is.
        arrays = [field for steps, field in ways if len(steps) == 1 and field.shape in ("scalars", "objects")]
        empty = [field.name for field in arrays]
        handlers = {tag: self.child(inner, name) for tag, inner in below.items()}
        # The name of an item in an encoded array is free (SOAP 1.1 section 5.4.2).
        any_item = handlers.get("item") if self.encoded and list(handlers) == ["item"] else None
        encoded = self.encoded

        def read(element: Any, found: dict[str, Any], reading: Reading) -> None:
            for handle in own:
                handle(element, found, reading)
            if not handlers:
                return
            if is_nil(element):
                for field in arrays:
                    _nil_array(field, name, found, reading)
                return
            for array in empty:
                if found.get(array) is None:
                    found[array] = []
            for child in element:
                handler = handlers.get(child.tag, any_item)
                if handler is not None and isinstance(child.tag, str):
                    handler(reading.target(child) if encoded else child, found, reading)

        return read

    def child(self, ways: Sequence[_Way], name: str) -> Handler:
        """Return the function that reads one child element: a value, an object, an item, or a step on the way."""
        ends = [field for steps, field in ways if not steps and field.attribute is None]
        rest = [way for way in ways if way[0] or way[1].attribute is not None]
        parts = [self.value(field, name) for field in ends]
        if rest:
            parts.append(self.content(rest, name))
        if len(parts) == 1:
            return parts[0]

        def read(element: Any, found: dict[str, Any], reading: Reading) -> None:
            for part in parts:
                part(element, found, reading)

        return read

    def value(self, field: BoundField, name: str) -> Handler:
        """Return the function that reads the value (or one more item) of a field from its element."""
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


def _nil_array(field: BoundField, name: str, found: dict[str, Any], reading: Reading) -> None:
    """The element around an array's items is nil: null where the contract allows it, else as good as not there."""
    if field.nullable or reading.encoded:
        found.setdefault(field.name, None)
    elif field.required:
        raise invalid(reading.operation, f"{name}.{field.name} is nil")
    else:
        reading.note(f"{name}.{field.name} is nil")


def _scalar(codec: Codec, place: str) -> ReadObject:
    decode, tolerant = codec.read, codec.tolerant

    def read(element: Any, reading: Reading) -> Any:
        text = (element.text or "") if not len(element) else _text(element, place, reading)
        try:
            return decode(text)
        except ValueError as error:
            if not tolerant:
                raise invalid(reading.operation, f"{place}: {error}") from None
            reading.note(f"{place}: {error}")
            return text

    return read


def _text(element: Any, place: str, reading: Reading) -> str:
    """Join text around comments and processing instructions; an element inside a value is no value."""
    if any(isinstance(child.tag, str) for child in element):
        raise invalid(reading.operation, f"{place} holds elements")
    return (element.text or "") + "".join(child.tail or "" for child in element)


def _attribute(field: BoundField, name: str) -> Handler:
    assert field.attribute is not None
    assert field.codec is not None
    tag, key, codec, place = field.attribute.tag, field.name, field.codec, f"{name}.{field.name}"

    def read(element: Any, found: dict[str, Any], reading: Reading) -> None:
        text = element.get(tag)
        if text is None:
            return
        try:
            found[key] = codec.read(text)
        except ValueError as error:
            if not codec.tolerant:
                raise invalid(reading.operation, f"{place}: {error}") from None
            reading.note(f"{place}: {error}")
            found[key] = text

    return read
