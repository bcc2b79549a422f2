"""Elements to JSON objects, as the bound types of an operation say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.mapping.bound import BoundType, Endpoint, leaves
from adapter.mapping.flat import assembled
from adapter.translate.content import Compiler
from adapter.translate.finishing import finisher
from adapter.translate.reading import Reading, invalid, type_key
from adapter.wsdl.types import Contract, Record


class Objects:
    """Object readers by bound type, compiled once each, so that a type that contains itself ends."""

    def __init__(self, endpoint: Endpoint, encoded: bool) -> None:
        self.types: Mapping[str, BoundType] = endpoint.types
        self.contract = endpoint.contract
        self.compiler = Compiler(self.object, endpoint.contract, encoded)
        self.readers: dict[str, Callable[[Any, Reading], Any]] = {}

    def object(self, key: str) -> Callable[[Any, Reading], Any]:
        """Return the function that reads an object of bound type ``key`` from its element."""
        if key not in self.readers:
            self.readers[key] = lambda element, reading: self.readers[key](element, reading)
            bound = self.types[key]
            self.readers[key] = self._variants(bound) if bound.variants else self._plain(bound)
        return self.readers[key]

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
        variants = {key: mapped[near] for key in self.contract.types if (near := _nearest(self.contract, key, mapped))}

        def read(element: Any, reading: Reading) -> Any:
            key = type_key(element) or declared
            if key not in variants:
                raise invalid(reading.operation, f"{name}: a type that the mapping does not know")
            value, inner = variants[key]
            return {by: value, **inner(element, reading)}

        return read


def _nearest(contract: Contract, key: str, mapped: Mapping[str, object]) -> str:
    """Return the type that ``key`` is, or the nearest one it is derived from, that has a variant; else ""."""
    seen: set[str] = set()
    while key and key not in seen:
        if key in mapped:
            return key
        seen.add(key)
        kind = contract.types.get(key)
        key = kind.extends if isinstance(kind, Record) else ""
    return ""
