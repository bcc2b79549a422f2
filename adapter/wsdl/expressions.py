"""Texts that match regular expressions of XML Schema (part 2, appendix F).

An expression becomes a small tree. A text is made by walking it at random, with its length kept in sight.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache

from adapter.wsdl.facets import compiled

# Longer texts than this are not made.
LONGEST = 100_000

_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_COUNTED = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")
_ESCAPE = re.compile(r"\\[pP]\{[^}]*\}|\\.", re.DOTALL)
_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
MARKS = " -_.,:;/+*()[]{}<>!?%&#@=~^|$'\"\\`\t\n\r"


@dataclass(frozen=True, slots=True)
class Chars:
    """One character: itself, an escape or a class, as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other; empty for the empty text."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several; none at all for what matches nothing."""

    options: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same, ``least`` to ``most`` times (None: any number)."""

    part: Expression
    least: int
    most: int | None


Expression = Chars | Sequence | Choice | Repeat


@cache
def parsed(pattern: str) -> Expression:
    """Return the tree of an expression. Raises RegexError or re.error, as ``bad_pattern`` says, where it is none."""
    compiled(pattern)
    made, rest = _choice(pattern, 0)
    if rest < len(pattern):
        raise re.error("unbalanced parenthesis", pattern, rest)
    return made


@cache
def members(text: str) -> str:
    """Return characters that a class takes: plain ones where there are any, else others, rarer ones last."""
    if is_literal(text):
        return text
    takes = compiled(text).search
    plain = "".join(each for each in _PLAIN if takes(each))
    rest = "".join(each for each in MARKS if takes(each))
    if plain or rest:
        return plain + rest
    others = (chr(code) for code in (*range(0xA1, 0xD800), *range(0xE000, 0xFFFE)))
    return "".join(each for each, _ in zip(filter(takes, others), range(20), strict=False))


@cache
def lengths(node: Expression) -> tuple[int, int | None]:
    """Return how short and how long (None: any length) a text can be."""
    if isinstance(node, Chars):
        return 1, 1
    if isinstance(node, Repeat):
        low, high = lengths(node.part)
        most = 0 if high == 0 or node.most == 0 else None if high is None or node.most is None else high * node.most
        return low * node.least, most
    inner = [lengths(each) for each in (node.parts if isinstance(node, Sequence) else node.options)]
    highs = [high for _, high in inner]
    if isinstance(node, Sequence):
        return sum(low for low, _ in inner), None if None in highs else sum(high or 0 for high in highs)
    return min((low for low, _ in inner), default=0), (
        None if None in highs else max((high or 0 for high in highs), default=0)
    )


def text(node: Expression, source: random.Random, low: int = 0, high: int | None = None) -> str:
    """Return a text of the expression, of ``low`` to ``high`` characters where that is in sight.

    Raises ValueError where a class takes no character or the text would be very long.
    """
    shortest, longest = lengths(node)
    if shortest > LONGEST or low > LONGEST:
        raise ValueError(f"needs more than {LONGEST} characters")
    if high is None:
        high = max(low, shortest) + 12
    if longest is not None:
        high = min(high, longest)
    if isinstance(node, Chars):
        found = members(node.text)
        if not found:
            raise ValueError(f"no character fits {node.text}")
        # Marks are rare, since many fields that allow them are names and numbers.
        return source.choice(found.rstrip(MARKS) or found) if source.random() < 0.9 else source.choice(found)
    if isinstance(node, Choice):
        fitting = [each for each in node.options if _within(each, low, high)] or node.options
        if not fitting:
            raise ValueError("nothing fits")
        return text(source.choice(fitting), source, low, high)
    parts = node.parts if isinstance(node, Sequence) else (node.part,) * _times(node, source, low, high)
    return _spread(parts, source, low, high)


def _within(node: Expression, low: int, high: int) -> bool:
    shortest, longest = lengths(node)
    return shortest <= high and (longest is None or longest >= low)


def _times(node: Repeat, source: random.Random, low: int, high: int) -> int:
    """Return how often to repeat, so that the length can come out right."""
    shortest, longest = lengths(node.part)
    least = node.least if longest is None else max(node.least, -(-low // longest) if longest else 0)
    most = least + 3 if not shortest else max(least, high // shortest)
    most = most if node.most is None else min(most, node.most)
    return source.randint(min(least, most), max(min(most, least + 3), min(least, most)))


def _spread(parts: tuple[Expression, ...], source: random.Random, low: int, high: int) -> str:
    """Return the texts of parts that follow each other, the length shared out among them."""
    shortest = [lengths(each)[0] for each in parts]
    longest = [lengths(each)[1] for each in parts]
    rest_low, made, used = sum(shortest), [], 0
    unbounded = sum(each is None for each in longest)
    rest_high = sum(each or 0 for each in longest)
    for part, least, most in zip(parts, shortest, longest, strict=True):
        rest_low -= least
        unbounded, rest_high = unbounded - (most is None), rest_high - (most or 0)
        needed = 0 if unbounded else max(0, low - used - rest_high)
        made.append(text(part, source, needed, max(least, high - used - rest_low)))
        used += len(made[-1])
    return "".join(made)


def _choice(pattern: str, at: int) -> tuple[Expression, int]:
    """Parse branches, up to the end or a closing parenthesis."""
    options: list[Expression] = []
    parts: list[Expression] = []
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            options.append(Sequence(tuple(parts)))
            parts, at = [], at + 1
            continue
        part, at = _atom(pattern, at)
        if at < len(pattern) and (bounds := _quantifier(pattern, at)):
            least, most, at = bounds
            part = Repeat(part, least, most)
        parts.append(part)
    options.append(Sequence(tuple(parts)))
    return (Choice(tuple(options)) if len(options) > 1 else options[0]), at


def _atom(pattern: str, at: int) -> tuple[Expression, int]:
    if pattern[at] == "(":
        inner, at = _choice(pattern, at + 1)
        return inner, at + 1
    if pattern[at] == "[":
        end = _class_end(pattern, at)
    elif escape := _ESCAPE.match(pattern, at):
        end = escape.end()
    else:
        end = at + 1
    return Chars(pattern[at:end]), end


def _class_end(pattern: str, at: int) -> int:
    """Return where a character class ends, those that it subtracts included."""
    depth, end = 0, at
    while True:
        if pattern[end] == "\\":
            end += 1
        else:
            depth += (pattern[end] == "[") - (pattern[end] == "]")
        end += 1
        if not depth:
            return end


def _quantifier(pattern: str, at: int) -> tuple[int, int | None, int] | None:
    if simple := _QUANTIFIERS.get(pattern[at]):
        return *simple, at + 1
    if counted := _COUNTED.match(pattern, at):
        least = int(counted[1])
        return least, least if counted[2] is None else int(counted[3]) if counted[3] else None, counted.end()
    return None


def is_literal(text: str) -> bool:
    """Whether a class is one character that means itself."""
    return len(text) == 1 and text != "."
