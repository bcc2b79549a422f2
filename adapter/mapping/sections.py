"""One section of a mapping document at a time: loaded through its marshmallow schema, mistakes with their places."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError

from adapter.errors import Mistake
from adapter.mapping.files import Document, Path_
from adapter.mapping.model import Place

GONE: Mapping[str, str] = {
    "answered_by": "rollout: true in the file, whose operations then move together; see move-to-a-microservice",
}
"""Keys that there were once, and what says the same now."""


class Sections:
    """Loads sections of one document and collects what is wrong with them."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.mistakes: list[Mistake] = []

    def place(self, path: Path_) -> Place:
        """Return where ``path`` stands."""
        return self.document.place(*path)

    def wrong(self, path: Path_, text: str, remedy: str = "") -> None:
        """Note a mistake at ``path``."""
        self.mistakes.append(self.place(path).mistake(text, remedy))

    def load(self, kind: type[Schema], data: Any, path: Path_, whole: bool = True) -> dict[str, Any] | None:
        """Load one section. Return its good values by Python name.

        None where it is no section, or (``whole``) where a key that it needs is missing or wrong.
        """
        if not isinstance(data, dict):
            self.wrong(path, f"{_named(path)} must be a section with keys", f"keys: {', '.join(_keys(kind))}")
            return None
        try:
            loaded = _schema(kind).load(data)
        except ValidationError as error:
            messages: Any = error.messages
            for key, texts in messages.items():
                self._explain(kind, path, str(key), texts)
            good: Any = error.valid_data
            needed = [name for name, field in _schema(kind).fields.items() if field.required]
            return None if whole and not all(name in good for name in needed) else dict(good)
        return dict(loaded)

    def _explain(self, kind: type[Schema], path: Path_, key: str, messages: Any) -> None:
        text = messages[0] if isinstance(messages, list) else str(messages)
        if text == "Unknown field." and key in GONE:
            self.wrong((*path, key), f"{_named(path)} has no key '{key}' any more", GONE[key])
        elif text == "Unknown field.":
            near = difflib.get_close_matches(key, _keys(kind), 1)
            remedy = f"did you mean '{near[0]}'?" if near else f"keys here: {', '.join(_keys(kind))}"
            self.wrong((*path, key), f"{_named(path)} has no key '{key}'", remedy)
        elif text == "Missing data for required field.":
            self.wrong(path, f"{_named(path)} needs the key '{key}'", _about(kind, key))
        elif text == "Field may not be null.":
            self.wrong((*path, key), f"{key}: is empty", f"remove it, or fill it; {_about(kind, key)}")
        else:
            self.wrong((*path, key), f"{key}: {_lower(text)}", _about(kind, key))

    def entries(self, data: Any, path: Path_, what: str) -> Iterator[tuple[str, Any, Path_]]:
        """Yield name, value and path of each entry of a section that maps names to things."""
        if data is None:
            return
        if not isinstance(data, dict):
            self.wrong(path, f"{_named(path)} must map names to {what}", "write 'name: …' lines below it")
            return
        for name, value in data.items():
            yield name, value, (*path, name)

    def texts(self, data: Any, path: Path_, what: str) -> dict[str, str]:
        """Return a section that maps names to text."""
        found: dict[str, str] = {}
        for name, value, where in self.entries(data, path, what):
            if isinstance(value, str):
                found[name] = value
            else:
                shown = "" if value is None else str(value).lower() if isinstance(value, bool) else value
                self.wrong(where, f"{name}: must be text", f'write it in quotes: {name}: "{shown}"')
        return found


@cache
def _schema(kind: type[Schema]) -> Schema:
    """Return the one instance of a section's schema: making one takes longer than loading a section by it."""
    return kind()


def _keys(kind: type[Schema]) -> list[str]:
    return [field.data_key or name for name, field in _schema(kind).fields.items()]


def _about(kind: type[Schema], key: str) -> str:
    for name, field in _schema(kind).fields.items():
        if key in (name, field.data_key):
            return f"what it is for: {field.metadata.get('description', '')}"
    return ""


def _named(path: Path_) -> str:
    return ".".join(str(part) for part in path) or "the file"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")
