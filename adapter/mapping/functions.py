"""A team's own functions: the way out for values that no rule can say.

They stand in one Python module, named by ADAPTER_FUNCTIONS, in a dictionary ``FUNCTIONS`` of name -> function. The
annotations of parameters and return value say what goes in and out: ``str``, ``int``, ``bool``, ``decimal.Decimal``,
``datetime.date``, ``datetime.datetime``, each maybe ``| None``. Nothing registers itself by being imported.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from adapter.mapping.codec import Codec
from adapter.wsdl import lexical

WORDS = "str, int, bool, decimal.Decimal, datetime.date or datetime.datetime, maybe | None"
_SCHEMAS: Mapping[type, Mapping[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Decimal: {"type": "string", "pattern": r"^[+-]?[0-9]+(\.[0-9]+)?$"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What an annotation says: a type of values, and whether None may stand for one."""

    of: type
    optional: bool = False

    def __str__(self) -> str:
        """Return it as it is written."""
        return self.of.__name__ + (" | None" if self.optional else "")

    @property
    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of such a value, without null."""
        return _SCHEMAS[self.of]

    def fits(self, codec: Codec) -> bool:
        """Tell whether values of a property are of this type."""
        return self.of is _type_of(codec) or (self.of is Decimal and _type_of(codec) is int)

    def value(self, json: Any) -> Any:
        """Return a property's JSON value as the function takes it. Raise ValueError where it cannot be one."""
        if self.of in (date, datetime):
            text = str(json)
            return datetime.fromisoformat(text) if self.of is datetime else date.fromisoformat(text[:10])
        return self.of(json)

    def json(self, value: Any) -> Any:
        """Return a function's value as JSON has it. Raise ValueError where it is of another type."""
        if value is None and self.optional:
            return None
        if type(value) is not self.of or (isinstance(value, Decimal) and not value.is_finite()):
            raise ValueError(f"it gave no {self}")
        if isinstance(value, Decimal):
            return format(value, "f")
        return value.isoformat() if isinstance(value, date) else value


def _type_of(codec: Codec) -> type | None:
    """Return the type of a property's values. None: no function can take them."""
    if codec.schema.get("type") == "array":
        return None
    if codec.logical in lexical.INTEGERS:
        return int
    return {"boolean": bool, "decimal": Decimal, "float": None, "double": None, "date": date, "dateTime": datetime}.get(
        codec.logical, str
    )


@dataclass(frozen=True, slots=True)
class Function:
    """One function with what it declares."""

    name: str
    call: Callable[..., Any]
    takes: Mapping[str, Kind]
    gives: Kind


def declared(found: Mapping[str, Callable[..., Any]]) -> tuple[dict[str, Function], list[str]]:
    """Return the functions by name, and what is wrong with those that do not declare what goes in and out."""
    functions: dict[str, Function] = {}
    wrong: list[str] = []
    for name, call in found.items():
        said = list(_wrong(name, call))
        wrong += said
        if not said:
            hints = typing.get_type_hints(call)
            takes = {each: _kind(hints[each]) for each in inspect.signature(call).parameters}
            known = {each: kind for each, kind in takes.items() if kind is not None}
            gives = _kind(hints["return"])
            assert gives is not None
            functions[name] = Function(name, call, known, gives)
    return functions, wrong


def _wrong(name: str, call: Any) -> Iterator[str]:
    if not inspect.isfunction(call):
        yield f"{name} is no function"
        return
    try:
        hints = typing.get_type_hints(call)
    except Exception as error:  # whatever an annotation of theirs raises is a mistake of theirs to see
        yield f"{name}: its annotations cannot be read ({type(error).__name__})"
        return
    for each, parameter in inspect.signature(call).parameters.items():
        if parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD or parameter.default is not parameter.empty:
            yield f"{name}: {each} must be a plain parameter without a default"
        elif _kind(hints.get(each)) is None:
            yield f"{name}: the annotation of {each} must be {WORDS}"
    if _kind(hints.get("return")) is None:
        yield f"{name}: the annotation of what it returns must be {WORDS}"


def _kind(hint: Any) -> Kind | None:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        members = [each for each in typing.get_args(hint) if each is not type(None)]
        inner = _kind(members[0]) if len(members) == 1 else None
        return Kind(inner.of, optional=True) if inner is not None else None
    return Kind(hint) if hint in _SCHEMAS else None
