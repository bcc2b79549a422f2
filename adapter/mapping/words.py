"""Words of shared files: ``$(record)`` in a text or a key, filled in by each file that uses the shared one.

Words are replaced in the data after YAML was read, once: whatever a word is, it stays one text. What is filled in keeps
its place in the shared file, and says for whom it was filled in, so that a mistake shows both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from adapter.mapping.files import Document, Path_
from adapter.mapping.place import Place
from adapter.mapping.sections import Sections

NAME = r"[A-Za-z][A-Za-z0-9_]*"
_WORD = re.compile(rf"\$\(({NAME})\)")
_BEGUN = re.compile(rf"\$\((?!{NAME}\))")


def texts(data: Any, path: Path_) -> Iterator[tuple[str, Path_]]:
    """Yield each key and each text of a value, with its path."""
    if isinstance(data, str):
        yield data, path
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from texts(item, (*path, index))
    elif isinstance(data, dict):
        for key, value in data.items():
            yield key, (*path, key)
            yield from texts(value, (*path, key))


def asked(data: Any, path: Path_) -> dict[str, Path_]:
    """Return the words that a value asks for, each with the first place that does."""
    found: dict[str, Path_] = {}
    for text, where in texts(data, path):
        for word in _WORD.findall(text):
            found.setdefault(word, where)
    return found


def check_form(sections: Sections) -> None:
    """Name every ``$(`` of a shared file that begins no word."""
    for text, where in texts(sections.document.data, ()):
        if _BEGUN.search(text):
            remedy = "write $(name), letters and digits; a text that has '$(' itself belongs into the files that use it"
            sections.wrong(where, f"'{text}': '$(' begins no word", remedy)


class Filling:
    """Fills the words of one file into parts of a shared one. ``user`` is that file and a line of it."""

    def __init__(self, sections: Sections, shared: Document, words: Mapping[str, str], user: str) -> None:
        self.sections, self.shared, self.words, self.user = sections, shared, words, user
        self.places: dict[Path_, Place] = {}

    def part(self, path: Path_) -> Any:
        """Return the part at ``path`` with its words filled in; its places are in ``places``."""
        data = self.shared.data
        for key in path:
            data = data[key]
        return self._value(data, path, path)

    def _value(self, data: Any, path: Path_, filled: Path_) -> Any:
        self._stands(path, filled)
        if isinstance(data, str):
            return self._text(data)
        if isinstance(data, list):
            return [self._value(item, (*path, index), (*filled, index)) for index, item in enumerate(data)]
        if not isinstance(data, dict):
            return data
        result: dict[str, Any] = {}
        for key, value in data.items():
            name = self._text(key)
            if name in result:
                self._stands((*path, key), (*filled, name))
                text = f"the key '{name}' stands here twice with the words filled in"
                self.sections.mistakes.append(
                    self.places[(*filled, name)].mistake(text, "keep one of them, or give other words")
                )
                continue
            result[name] = self._value(value, (*path, key), (*filled, name))
        return result

    def _text(self, text: str) -> str:
        return _WORD.sub(lambda word: self.words[word[1]], text)

    def _stands(self, path: Path_, filled: Path_) -> None:
        self.places[filled] = replace(self.shared.place(*path), user=self.user)
