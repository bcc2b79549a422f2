"""How single values of the service are read, and what is wrong with JSON that is not of its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from adapter.mapping.forms import Leaf

Seen = set[str]
Read = Callable[[Any, Seen], Any]
_PYTHON: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, Decimal),
    "boolean": (bool,),
}
JSON = {str: "string", int: "whole number", Decimal: "number", bool: "boolean"}


class Wrong(Exception):
    """JSON is not of its form: ``text`` says why, ``names`` lead to the place, the innermost first."""

    def __init__(self, text: str, *names: str) -> None:
        super().__init__(text)
        self.text, self.names = text, list(names)

    def under(self, name: str) -> Wrong:
        """Return itself, a step further from the root."""
        self.names.append(name)
        return self

    @property
    def pointer(self) -> str:
        """Where it is, as a JSON Pointer with * for items."""
        return "".join(f"/{name}" for name in reversed(self.names))

    def __str__(self) -> str:
        """Say where it is, and what is wrong."""
        return f"{self.pointer or 'the whole'} {self.text}"


def types_of(form: Leaf) -> tuple[type, ...]:
    """Return the types of Python that the kinds of a leaf are decoded to."""
    return tuple(dict.fromkeys(each for kind in form.kinds for each in _PYTHON[kind]))


def leaf_reader(form: Leaf) -> Read:
    """Return how one value is read: by its words, as another kind than ours, or just looked at."""
    kinds = types_of(form)
    if form.codes:
        flag = form.kinds == {"boolean"}
        ours = {code: word == "true" if flag else word for word, code in form.codes.items()}
        return _word({int(code): word for code, word in ours.items()}, int) if form.said else _word(ours)
    if form.said:
        return _said(form)
    words = {word: word for word in form.words}
    known = _word(words)

    def read(value: Any, seen: Seen) -> Any:
        if type(value) not in kinds:
            raise Wrong(f"is no {JSON[kinds[-1]]}")
        return known(value, seen) if words and type(value) is str else value

    return read


def _word(ours: Mapping[Any, Any], kind: type = str) -> Read:
    def read(value: Any, seen: Seen) -> Any:
        if type(value) is not kind or value not in ours:
            raise Wrong("is a word that is not known")
        return ours[value]

    return read


def _said(form: Leaf) -> Read:
    """Return how a number of the service becomes our string, or its string our number."""
    whole = "integer" in form.kinds

    def number(value: Any, seen: Seen) -> str:
        if type(value) not in (int, Decimal):
            raise Wrong("is no number")
        return format(value, "f") if type(value) is Decimal else str(value)

    def string(value: Any, seen: Seen) -> int | Decimal:
        if type(value) is not str or not is_number(value, whole):
            raise Wrong("is no string with a number")
        return int(value) if whole else Decimal(value)

    return number if form.said == "number" else string


def is_number(text: str, whole: bool) -> bool:
    """Tell whether a text is a decimal, or a whole number, as XML Schema writes them, of at most 400 characters."""
    digits = text[1:] if text[:1] in ("-", "+") else text
    return len(text) <= 400 and digits.isascii() and (digits if whole else digits.replace(".", "", 1)).isdigit()
