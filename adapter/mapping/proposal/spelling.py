"""The words of a name, and names made of words: ``GetOrdersByIDResponse`` is get, orders, by, id, response."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

_WORD = re.compile(r"[A-Z]+s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# Letters that no decomposition makes plain.
_PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L"})


def split(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case. Digits stay with the word before them: ``address2``."""
    plain = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    found: list[str] = []
    for part in re.split(r"[^A-Za-z0-9]+", plain.encode("ascii", "ignore").decode()):
        for place, word in enumerate(_WORD.findall(part)):
            if word.isdigit() and place and found:
                found[-1] += word
            else:
                found.append(word.lower())
    return tuple(found)


def snake(name: str) -> str:
    """Return a name as a property has it: ``OrderNr`` is ``order_nr``."""
    return _named("_".join(split(name)))


def kebab(words: Iterable[str]) -> str:
    """Return words as a path or a file has them: ``account-settings``."""
    return _named("-".join(words))


def pascal(name: str) -> str:
    """Return a name as a type has it: its first letter large, nothing in it but letters, digits and ``_``."""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        return name[0].upper() + name[1:]
    return _named("".join(word[0].upper() + word[1:] for word in split(name)))


def free(name: str, taken: Callable[[str], bool]) -> str:
    """Return the name, with a number behind it where it is taken."""
    found, number = name, 1
    while taken(found):
        number += 1
        found = f"{name}_{number}" if "_" in name or name.islower() else f"{name}{number}"
    return found


def _named(text: str) -> str:
    """A name of the grammar begins with a letter."""
    return text if text[:1].isalpha() else f"x{text}"
