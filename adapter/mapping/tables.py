"""Code tables that the ERP answers: what is known of one now, and the converter that reads and writes by it.

Whoever asks the ERP puts the words of a table in its place as one frozen whole, before values are checked and after it
found a reply with a code that it lacks. A converter only reads what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adapter.mapping.convert import Converter


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One whole table: words by code, and codes by word."""

    by_code: Mapping[str, str]
    by_word: Mapping[str, str]


class Table:
    """One table of a resource. ``words`` is None until it was asked for."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.words: Words | None = None


class UnknownCode(ValueError):
    """A reply holds a code that the table lacks: ``words`` as they were."""

    def __init__(self, table: Table, words: Words) -> None:
        super().__init__(f"a code that the lookup {table.name} does not know")
        self.table, self.words = table, words


def words(rows: Iterable[tuple[str | None, str | None]]) -> Words:
    """Return the words of rows of code and word. Raise ValueError, without a value, where they are no code table."""
    by_code: dict[str, str] = {}
    by_word: dict[str, str] = {}
    for number, (code, word) in enumerate(rows, 1):
        if not code or not word:
            raise ValueError(f"row {number} has no {'word' if code else 'code'}")
        if by_code.setdefault(code, word) != word:
            raise ValueError(f"row {number} has another word for a code that an earlier row has")
        if by_word.setdefault(word, code) != code:
            raise ValueError(f"row {number} has another code for a word that an earlier row has")
    if not by_code:
        raise ValueError("the table has no rows")
    return Words(by_code, by_word)


def by_lookup(table: Table, call: str) -> Converter:
    """Return the converter of ``lookup:``. ``call`` is the operation that answers the table, for the documentation."""

    def known() -> Words:
        if table.words is None:
            raise ValueError(f"the words of {table.name} are known only when the ERP was asked")
        return table.words

    def read(text: str) -> str:
        now = known()
        word = now.by_code.get(text.strip())
        if word is None:
            raise UnknownCode(table, now)
        return word

    def write(value: str | None) -> str:
        if value is None:
            raise ValueError("must not be null")
        code = known().by_word.get(value)
        if code is None:
            raise ValueError(f"is not one of the words of {table.name}")
        return code

    said = f"One of the words of the table {table.name}, which the system behind this API answers ({call})."
    return Converter(f"lookup {table.name}", read, write, "string", {"minLength": 1, "description": said}, fixed=False)
