"""The name of an operation as a phrase: its verb, the noun, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapter.mapping.proposal.nouns import is_many
from adapter.mapping.proposal.spelling import split
from adapter.mapping.proposal.words import (
    ACTS,
    ALONE,
    ASK,
    DOING,
    ENDINGS,
    FURTHER,
    MADE,
    NOUNS,
    PREPOSITIONS,
    SEVERAL,
    TAILS,
    TECHNIQUE,
    TWO_WORDS,
    Act,
)

_CLEAR: tuple[Act, ...] = ("read", "find", "create", "replace", "change", "remove")
# What stands in, or is taken from, something else is no new thing and no removal of one.
_PARTED = {"add": ("to", "into"), "put": ("to", "into", "on"), "remove": ("from",), "delete": ("from",), "set": ("on",)}
_TASK = "_Task"


@dataclass(frozen=True, slots=True)
class Phrase:
    """``verb`` has several words in ``CreateAndSend…``. ``tail`` begins with a preposition: ``by number``.

    ``context`` is what stands before a dot: ``ReportSuite.GetEvents``. ``several``: the noun stands for more than one.
    ``words`` are all words of the name.
    """

    verb: tuple[str, ...]
    act: Act
    noun: tuple[str, ...]
    tail: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    several: bool = False
    words: tuple[str, ...] = ()


def prefixes(names: Iterable[str]) -> frozenset[str]:
    """Return first words that stand before the verb of several operations and so say nothing: ``BMCreateButton``."""
    found: dict[str, int] = {}
    for name in names:
        words = _words(name)
        if len(words) > 2 and words[0] not in ACTS and words[1] in ACTS and ACTS[words[1]] in _CLEAR:
            found[words[0]] = found.get(words[0], 0) + 1
    return frozenset(word for word, count in found.items() if count > 2 and len(word) < 4)


def phrase(name: str, dropped: frozenset[str] = frozenset()) -> Phrase:
    """Return the phrase of an operation's name; ``dropped`` are first words that say nothing."""
    before, _, name = name.rpartition(".")
    name, _, overload = name.partition("(")
    every = _words(name)
    words = _bare(every[1:] if len(every) > 2 and every[0] in dropped else every)
    verb, noun = _verb(words)
    act: Act = "read"
    if verb:
        act = ACTS.get(verb[0], "read") if len(verb) == 1 else "do"
    if verb == (ASK,):
        act = "create" if MADE.intersection(noun[-1:]) else "read"
    several = False
    if verb and verb[-1] in ALONE:
        return Phrase(verb, "do", (), (), split(before), False, every)
    while noun and len(noun) > 1 and (noun[-1] in SEVERAL or noun[0] in SEVERAL):
        noun, several = (noun[:-1] if noun[-1] in SEVERAL else noun[1:]), True
    if noun and len(noun) == 1 and noun[0] in SEVERAL and verb:
        noun, several = (), True
    place = next((index for index, word in enumerate(noun) if word in PREPOSITIONS), len(noun))
    if verb and noun and noun[0] in FURTHER:
        act, place = "do", 0
    noun, tail = noun[:place], noun[place:]
    if len(noun) > 1 and noun[-1] in SEVERAL:
        noun, several = noun[:-1], True
    if verb and tail[:1] and tail[0] in _PARTED.get(verb[0], ()):
        act, noun, tail = "do", (*noun, *tail), ()
        place = noun.index(next(word for word in noun if word in PREPOSITIONS))
        noun, tail = noun[:place], noun[place:]
    tail = (*tail, *split(overload))
    return Phrase(verb, act, noun, tail, split(before), several or is_many(_last(noun)), every)


def _last(noun: Sequence[str]) -> str:
    """Return the last word that counts: details of an order are not many."""
    return next((word for word in reversed(noun) if word not in TAILS), "")


def _words(name: str) -> tuple[str, ...]:
    words = list(split(name.removesuffix(_TASK)))
    for place in range(len(words) - 1):
        joined = TWO_WORDS.get((words[place], words[place + 1]))
        if joined and place == 0:
            words[place : place + 2] = [joined]
            break
    return tuple(words)


def _bare(words: Sequence[str]) -> tuple[str, ...]:
    """Drop the words of technique at both ends, as long as something is left."""
    found = tuple(words)
    while len(found) > 1 and found[-1] in TECHNIQUE:
        found = found[:-1]
    while len(found) > 1 and (found[0] in TECHNIQUE - {ASK} or (found[0] in DOING and found[1] in ACTS)):
        found = found[1:]
    return found


def _verb(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the verb and the rest: in front, at the end (``TransactionSearch``), else between (``User_GetList``)."""
    if not words:
        return (), ()
    first, last = words[0], words[-1]
    inside = [word for word in words[:-1] if ACTS.get(word) in _CLEAR and word not in NOUNS]
    leads = first in ACTS or (first == ASK and len(words) > 1)
    ends = len(words) > 1 and last in ACTS and last not in NOUNS and not (last in SEVERAL and inside)
    ends = ends and (not leads or ACTS[last] in _CLEAR or last in ENDINGS)
    if leads and not (ends and ACTS.get(first) not in _CLEAR and first in NOUNS):
        if len(words) > 2 and words[1] in ("and", "or") and words[2] in ACTS:
            return words[:3], words[3:]
        return words[:1], words[1:]
    if ends:
        return words[-1:], words[:-1]
    for place, word in enumerate(words[1:-1], 1):
        if word in ACTS and ACTS[word] in _CLEAR and word not in NOUNS:
            return (word,), (*words[:place], *words[place + 1 :])
    return (), words
