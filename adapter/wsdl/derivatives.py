"""A text that several regular expressions match at once: a search through their derivatives (Brzozowski 1964)."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from functools import cache

from adapter.wsdl.expressions import MARKS, Chars, Choice, Expression, Repeat, Sequence, is_literal, lengths, members
from adapter.wsdl.facets import compiled

# More states than these are not searched.
STATES = 4_000
EMPTY, NOTHING = Sequence(()), Choice(())


def common(nodes: tuple[Expression, ...], source: random.Random, low: int = 0, high: int | None = None) -> str | None:
    """Return a text that all expressions match, None where the search finds none."""
    waiting: deque[tuple[tuple[Expression, ...], str]] = deque([(nodes, "")])
    seen: set[tuple[tuple[Expression, ...], int]] = set()
    while waiting and len(seen) < STATES:
        state, so_far = waiting.popleft()
        if len(so_far) >= low and all(map(_nullable, state)):
            return so_far
        if (high is not None and len(so_far) >= high) or (state, min(len(so_far), low)) in seen:
            continue
        seen.add((state, min(len(so_far), low)))
        for char in _next(state, source):
            after = tuple(_derived(each, char) for each in state)
            if NOTHING not in after:
                waiting.append((after, so_far + char))
    return None


def _takes(text: str, char: str) -> bool:
    return text == char if is_literal(text) else bool(compiled(text).search(char))


@cache
def _nullable(node: Expression) -> bool:
    return lengths(node)[0] == 0 and node != NOTHING


@cache
def _derived(node: Expression, char: str) -> Expression:
    """Return what has to match after a character."""
    if isinstance(node, Chars):
        return EMPTY if _takes(node.text, char) else NOTHING
    if isinstance(node, Choice):
        return _one_of(tuple(_derived(each, char) for each in node.options))
    if isinstance(node, Repeat):
        if node.most == 0:
            return NOTHING
        rest = Repeat(node.part, max(0, node.least - 1), node.most and node.most - 1)
        return _joined(_derived(node.part, char), rest)
    if not node.parts:
        return NOTHING
    first, rest_parts = node.parts[0], Sequence(node.parts[1:])
    after = _joined(_derived(first, char), rest_parts)
    return _one_of((after, _derived(rest_parts, char))) if _nullable(first) else after


def _one_of(options: tuple[Expression, ...]) -> Expression:
    flat = [
        inner
        for each in options for inner in (each.options if isinstance(each, Choice) else (each,))
    ]  # fmt: skip
    kept = tuple(dict.fromkeys(flat))
    return kept[0] if len(kept) == 1 else Choice(kept)


def _joined(first: Expression, rest: Expression) -> Expression:
    if NOTHING in (first, rest):
        return NOTHING
    parts = [each.parts if isinstance(each, Sequence) else (each,) for each in (first, rest)]
    joined = parts[0] + parts[1]
    return joined[0] if len(joined) == 1 else Sequence(joined)


def _firsts(node: Expression) -> Iterator[str]:
    """Yield the classes that a text can begin with."""
    if isinstance(node, Chars):
        yield node.text
    elif isinstance(node, Repeat):
        if node.most != 0:
            yield from _firsts(node.part)
    elif isinstance(node, Choice):
        for each in node.options:
            yield from _firsts(each)
    else:
        for each in node.parts:
            yield from _firsts(each)
            if not _nullable(each):
                return


def _next(state: tuple[Expression, ...], source: random.Random) -> list[str]:
    """Return characters to go on with: one for each way in which the classes of all expressions can meet."""
    classes = [tuple(dict.fromkeys(_firsts(each))) for each in state]
    chars = list(dict.fromkeys("".join(members(each) for each in min(classes, key=len))))
    source.shuffle(chars)
    chars.sort(key=MARKS.__contains__)
    every = [each for each_state in classes for each in each_state]
    met = {tuple(_takes(each, char) for each in every): char for char in reversed(chars)}
    return list(met.values())[::-1]
