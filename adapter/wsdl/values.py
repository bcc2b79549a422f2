"""Texts of simple types, schema-true and the same for the same seed (XML Schema part 2).

Texts are plain: no white space at the ends, letters and digits rather than marks, small numbers. What a type's facets
ask is made on purpose where that is known (lengths, bounds, digits, patterns), then checked, a bounded number of times.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Mapping

from elementpath.regex import RegexError

from adapter.errors import AdapterError
from adapter.wsdl import derivatives, expressions, lexical, numbers, times
from adapter.wsdl.facets import bad_pattern, checks
from adapter.wsdl.types import Facets, ListOf, Record, Scalar, Type, Union

_TRIES = 60
_WORDS = ("Alpha", "Bravo", "Carol", "Delta", "Essen", "Forst", "Graz", "Halle", "Igel", "Jena", "Kiel", "Linz")
_LANGUAGES = ("de", "en", "de-CH", "fr")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class NoValue(AdapterError):
    """No text, or no element, could be found that is valid against a type; the text names the type and what it asks."""


def value(types: Mapping[str, Type], key: str, source: random.Random) -> str:
    """Return a text that is valid against the simple type of a key, or against a record's text.

    ``source`` decides which: the same state of it, the same text. Raises NoValue where none is found.
    """
    found = types[key]
    if isinstance(found, Record):
        if not found.text:
            raise NoValue(f"{key} has no text of its own")
        return value(types, found.text, source)
    return next(values(types, found, source))


def values(types: Mapping[str, Type], found: Scalar | ListOf | Union, source: random.Random) -> Iterator[str]:
    """Yield valid texts of a simple type, without end. Raises NoValue where none is found."""
    fitting = Fitting(types, found.name)
    while True:
        for text in _candidates(types, found, source):
            if fitting.fits(text):
                yield text
                break
        else:
            raise NoValue(f"no value found for the type {found.name}: {_asked(found.facets)}")


def _candidates(types: Mapping[str, Type], found: Scalar | ListOf | Union, source: random.Random) -> Iterator[str]:
    """Yield texts that may be valid, the likely ones first, a bounded number of them."""
    facets = found.facets
    if facets.enumeration:
        yield from source.sample(facets.enumeration, len(facets.enumeration))
        return
    if isinstance(found, Union):
        for _ in range(_TRIES):
            yield value(types, source.choice(found.members), source)
    elif isinstance(found, ListOf):
        low, high = _bounds(facets)
        for _ in range(_TRIES):
            count = source.randint(low, min(high, low + 2) if high is not None else low + 2)
            yield " ".join(value(types, found.item, source) for _ in range(count))
    else:
        yield from _plain(found.builtin, facets, source)
    if facets.patterns:
        yield from _matching(facets, source)


def _plain(builtin: str, facets: Facets, source: random.Random) -> Iterator[str]:
    """Yield texts of a built-in type that heed lengths, bounds and digits, but no patterns."""
    if builtin in lexical.DATES:
        yield from times.around(builtin, facets, source)
        return
    for _ in range(_TRIES if not facets.patterns or builtin not in lexical.STRINGS else 5):
        if builtin in lexical.INTEGERS:
            yield numbers.integer(builtin, facets, source)
        elif builtin == "decimal":
            yield numbers.decimal(facets, source)
        elif builtin in ("float", "double"):
            yield numbers.double(facets, source)
        elif builtin == "boolean":
            yield source.choice(("true", "false"))
        elif builtin in ("base64Binary", "hexBinary"):
            yield _binary(builtin, facets, source)
        else:
            yield _string(builtin, facets, source)


def _string(builtin: str, facets: Facets, source: random.Random) -> str:
    low, high = _bounds(facets)
    if builtin == "language":
        return source.choice(_LANGUAGES)
    text = source.choice(_WORDS) + str(source.randrange(1000))
    if builtin == "anyURI" and (high is None or high > len(text) + 8):
        text = f"urn:x:{text}"
    least = max(low, min(1, 1 if high is None else high))
    wanted = max(least, len(text) if high is None else min(len(text), high))
    return (text + "".join(source.choice(_LETTERS) for _ in range(wanted - len(text))))[:wanted]


def _binary(builtin: str, facets: Facets, source: random.Random) -> str:
    low, high = _bounds(facets)
    data = source.randbytes(
        source.randint(max(low, min(1, 1 if high is None else high)), max(low, 6 if high is None else min(high, 6)))
    )
    return data.hex().upper() if builtin == "hexBinary" else base64.b64encode(data).decode()


def _matching(facets: Facets, source: random.Random) -> Iterator[str]:
    """Yield texts that match a pattern, of the length that is asked; then, by search, one that matches all."""
    low, high = _bounds(facets)
    trees = tuple(expressions.parsed(each) for each in facets.patterns if not bad_pattern(each))
    for tree in trees:
        for _ in range(_TRIES):
            try:
                yield expressions.text(tree, source, low, high)
            except (ValueError, RegexError):
                break
    if trees and (found := derivatives.common(trees, source, low, high)) is not None:
        yield found


def _bounds(facets: Facets) -> tuple[int, int | None]:
    if facets.length is not None:
        return facets.length, facets.length
    return facets.min_length or 0, facets.max_length


class Fitting:
    """Whether a text is valid against a simple type, white space handled as the type does. Lists count items."""

    def __init__(self, types: Mapping[str, Type], key: str) -> None:
        found = types[key]
        if isinstance(found, Record):
            raise NoValue(f"{key} is no simple type")
        facets = found.facets
        self.is_list = isinstance(found, ListOf)
        self.white_space = facets.white_space
        self.bounds = _bounds(facets) if self.is_list else (0, None)
        self.builtin = found.builtin if isinstance(found, Scalar) else "token" if self.is_list else "string"
        # A QName of an enumeration may have a prefix, which only a message can declare.
        named = self.builtin in lexical.QNAMES
        self.lexical = lexical.anything if named else lexical.check_for(self.builtin)
        self.checks = checks(self.builtin, Facets(facets.enumeration, facets.patterns) if self.is_list else facets)
        inner = (found.item,) if isinstance(found, ListOf) else found.members if isinstance(found, Union) else ()
        self.inner = tuple(Fitting(types, each) for each in inner)

    def fits(self, text: str) -> bool:
        """Whether the text is a value of the type."""
        plain = lexical.collapsed(self.builtin, text, self.white_space)
        try:
            self.lexical(plain)
            for check in self.checks:
                check(plain)
        except ValueError:
            return False
        if not self.is_list:
            return not self.inner or any(each.fits(text) for each in self.inner)
        items, (low, high) = plain.split(), self.bounds
        counted = low <= len(items) <= (len(items) if high is None else high)
        return counted and all(self.inner[0].fits(each) for each in items)


def _asked(facets: Facets) -> str:
    """Return the facets in words, as far as they are set."""
    names = (name for name in facets.__slots__ if getattr(facets, name) not in (None, ()))
    return ", ".join(f"{name.replace('_', ' ')} {getattr(facets, name)!r}" for name in names) or "it has no facets"


def builtin_of(types: Mapping[str, Type], key: str) -> str:
    """Return the built-in type below an atomic type or a record's text; empty for lists, unions and records."""
    found = types.get(key)
    if isinstance(found, Record) and found.text:
        return builtin_of(types, found.text)
    return found.builtin if isinstance(found, Scalar) else ""
