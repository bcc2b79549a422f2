"""Elements to JSON objects, as the bound types of an operation say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.mapping.bound import BoundType, Endpoint, leaves
from adapter.mapping.flat import assembled
from adapter.translate.content import Compiler
from adapter.translate.finishing import finisher
from adapter.translate.reading import Reading, invalid, type_key
from adapter.wsdl.descent import nearest
from adapter.wsdl.once import Known

# Operations that share a type share its reader: what a bound type is read as does not depend on who reads it.
_READERS: Known[BoundType, Callable[[Any, Reading], Any]] = Known()


class Objects:
    """Object readers by bound type, compiled once each, so that a type that contains itself ends."""

    def __init__(self, endpoint: Endpoint, encoded: bool) -> None:
        self.types: Mapping[str, BoundType] = endpoint.types
        self.contract = endpoint.contract
        self.compiler = Compiler(self.object, endpoint.contract, encoded)
        self.readers: dict[str, Callable[[Any, Reading], Any]] = {}

    def object(self, key: str) -> Callable[[Any, Reading], Any]:
        """Return the function that reads an object of bound type ``key`` from its element."""
        bound = self.types[key]
        return _READERS.of(bound, lambda: self._made(bound))

    def _made(self, bound: BoundType) -> Callable[[Any, Reading], Any]:
        if bound.key not in self.readers:
            self.readers[bound.key] = lambda element, reading: self.readers[bound.key](element, reading)
            self.readers[bound.key] = self._variants(bound) if bound.variants else self._plain(bound)
        return self.readers[bound.key]

    def _plain(self, bound: BoundType) -> Callable[[Any, Reading], Any]:
        read = self.fields(list(leaves(bound.fields)), bound.name)
        finish = finisher(self.types, bound)
        if finish is not None:
            return lambda element, reading: finish(assembled(bound.fields, read(element, reading)), reading)
        if not any(field.parts for field in bound.fields):
            return read
        return lambda element, reading: assembled(bound.fields, read(element, reading))

    def fields(self, fields: list[Any], name: str) -> Callable[[Any, Reading], dict[str, Any]]:
        """Return the function that reads these fields from an element."""
        return self.compiler.object(fields, name)

    def _variants(self, bound: BoundType) -> Callable[[Any, Reading], Any]:
        by, name, declared = bound.discriminator, bound.name, bound.record
        mapped = {each.record: (each.value, self.object(each.type)) for each in bound.variants}
        variants = {key: mapped[near] for key, near in nearest(self.contract, mapped).items()}

        def read(element: Any, reading: Reading) -> Any:
            key = type_key(element) or declared
            if key not in variants:
                raise invalid(reading.operation, f"{name}: a type that the mapping does not know")
            value, inner = variants[key]
            return {by: value, **inner(element, reading)}

        return read
