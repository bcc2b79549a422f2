"""One and many, in English."""

from __future__ import annotations

from collections.abc import Sequence

from adapter.mapping.proposal.words import VERSIONS

_SAME = frozenset(
    "info information data metadata news series species equipment software hardware traffic feedback usage "
    "inventory2 help dns os ios tls https sms aws dvs ex".split()
)
_ODD = {"child": "children", "person": "people", "man": "men", "woman": "women", "criterion": "criteria",
        "datum": "data", "index": "indexes", "matrix": "matrices", "vertex": "vertices", "foot": "feet",
        "leaf": "leaves", "shelf": "shelves", "quiz": "quizzes", "analysis": "analyses"}  # fmt: skip
_ONE = {many: one for one, many in _ODD.items() if one != "datum"}
_NOT_MANY = ("ss", "us", "sis", "xis")
# Words that end in s and are one thing.
_SINGLE = frozenset("status address access process class analysis basis bus gas lens this alias canvas atlas bias "
                    "chaos business progress success".split()) | _SAME  # fmt: skip


def is_many(word: str) -> bool:
    """Tell whether a word is a plural."""
    if word in _ONE:
        return True
    return word.endswith("s") and len(word) > 2 and word not in _SINGLE and not word.endswith(_NOT_MANY)


def many(word: str) -> str:
    """Return the plural of a word; a plural stays as it is."""
    if word in _SAME or word[-1:].isdigit() or is_many(word):
        return word
    if word in _ODD:
        return _ODD[word]
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"


def one(word: str) -> str:
    """Return the singular of a word; a singular stays as it is."""
    if not is_many(word) or word in _SAME:
        return word
    if word in _ONE:
        return _ONE[word]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")) or _status(word):
        return word[:-2]
    return word[:-1]


def _status(word: str) -> bool:
    """Tell whether a word is a plural of one that ends in ``us``, and not in ``use``."""
    return word.endswith("uses") and not word.endswith(("ouses", "auses"))


def plural(words: Sequence[str]) -> tuple[str, ...]:
    """Return a noun of several words in the plural: that of its last word that is no version."""
    if len(words) > 1 and words[-1] in VERSIONS:
        return (*plural(words[:-1]), words[-1])
    return (*words[:-1], many(words[-1])) if words else ()


def singular(words: Sequence[str]) -> tuple[str, ...]:
    """Return a noun of several words in the singular."""
    return (*words[:-1], one(words[-1])) if words else ()
