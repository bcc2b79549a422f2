"""Read files that people write as YAML without surprises, and remember where everything stands.

PyYAML follows YAML 1.1, where the keys ``NO``, ``on``, ``010`` and ``12:30`` become False, True, 8 and 750; ERP code
tables are full of such words. Here a key is always text, and a plain value is text unless it is ``true``, ``false``,
``null`` or a number without leading zeros. Anchors, tags and several documents in one file are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import yaml

from adapter.errors import Mistake

MAX_BYTES = 1024 * 1024
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
# Where parsers of YAML differ: tabs, control characters, byte order marks, line breaks of other alphabets.
_UNUSUAL = re.compile(r"[^\n\x20-\x7e\xa1-\u2027\u202a-\ud7ff]")
_Parser: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}")

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file below the project folder, line and column from 1.

    ``user`` is the file and line that took it, where it stands in a file that others use.
    """

    file: str
    line: int
    column: int
    user: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def mistake(self, text: str, remedy: str = "") -> Mistake:
        """Return a mistake at this place."""
        return Mistake(self.file, self.line, self.column, text, remedy, self.user)


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its plain value, and the place of every key and item by path, ``("types", "A", "fields")``."""

    file: str
    data: Any
    places: Mapping[Path_, Place]

    def place(self, *path: str | int) -> Place:
        """Return where ``path`` stands, or the nearest thing around it that does exist."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.file, 1, 1))


class _Reader:
    """Turns a composed YAML node tree into plain values, collecting places and mistakes on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path_, Place] = {}
        self.mistakes: list[Mistake] = []

    def at(self, mark: Any) -> Place:
        return Place(self.file, mark.line + 1, mark.column + 1)

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.places.setdefault(path, self.at(node.start_mark))
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.MappingNode)
        return self.mapping(node, path)

    def mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in node.value:
            place = self.at(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                self.mistakes.append(place.mistake("a key must be plain text", "write the key as one word"))
                continue
            name = str(key.value)
            if name in result:
                self.mistakes.append(place.mistake(f"the key '{name}' stands here twice", "keep one of them"))
                continue
            self.places[(*path, name)] = place
            result[name] = self.value(value, (*path, name))
        return result

    def scalar(self, node: yaml.ScalarNode) -> Any:
        text = str(node.value)
        if node.style:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        return Decimal(text) if _DECIMAL.fullmatch(text) else text


class _Plain(yaml.composer.Composer):
    """Stops before values are made of nodes, and refuses anchors and tags."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose one node. A few aliases could stand for millions of nodes, a tag for any Python object."""
        peek: Callable[[], Any] = self.peek_event  # type: ignore[attr-defined]
        event = peek()
        for word, given in (("anchors and aliases", event.anchor), ("tags", getattr(event, "tag", None))):
            if given is not None:
                raise yaml.MarkedYAMLError(None, None, f"{word} are not allowed", event.start_mark)
        return super().compose_node(parent, index)

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """Say nothing of what a plain value is; the reader knows."""
        return ""

    def descend_resolver(self, node: Any, index: Any) -> None:
        """Say nothing."""

    def ascend_resolver(self) -> None:
        """Say nothing."""


class _PlainLoader(_Plain, yaml.SafeLoader):
    """PyYAML's own parser: what it says of mistakes is what we tell."""


class _FastLoader(_Plain, _Parser):  # type: ignore[misc]
    """The parser of libyaml, several times as fast, where PyYAML was built with it."""

    def __init__(self, text: str) -> None:
        _Parser.__init__(self, text)
        yaml.composer.Composer.__init__(self)


def _root(text: str) -> Any:
    """Return the top node of a text. The fast parser reads what is beyond doubt; everything else goes to the other."""
    if yaml.__with_libyaml__ and not _UNUSUAL.search(text):
        try:
            return _FastLoader(text).get_single_node()
        except yaml.YAMLError:
            pass  # told by the other parser, in its words
    return _PlainLoader(text).get_single_node()


@dataclass(frozen=True, slots=True)
class Node:
    """Where a section, a list or a value stands in a text. ``column`` is that of its first entry, from 0.

    ``end`` is the first line after it, from 0, its entries apart; ``stop`` the place in the text right after it.
    ``flow``: it stands in braces or brackets.
    """

    kind: Literal["mapping", "sequence", "scalar"]
    flow: bool
    column: int
    end: int
    stop: int
    children: Mapping[str | int, Node]


def compose(text: str) -> Node | None:
    """Return where everything in a text stands, None where nothing does. The text is one that ``parse`` takes."""
    node = _root(text)
    return _node(node) if node is not None else None


def _node(node: Any) -> Node:
    start, end = node.start_mark, node.end_mark
    children: dict[str | int, Node] = {}
    if isinstance(node, yaml.MappingNode):
        children = {str(key.value): _node(value) for key, value in node.value}
    elif isinstance(node, yaml.SequenceNode):
        children = {index: _node(value) for index, value in enumerate(node.value)}
    # A block ends where the next key begins, so only its entries say where it ends.
    block = bool(children) and not node.flow_style
    after = start.line if block else end.line + (end.column > 0 or end.line == start.line)
    kind: Any = node.id
    return Node(kind, bool(children or node.id != "scalar") and not block, start.column, after, end.index, children)


def read(path: Path, file: str) -> tuple[Document | None, list[Mistake]]:
    """Read one YAML file. Return its document, None where it could not be read at all, and every mistake found."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, [Mistake(file, 0, 0, f"larger than {MAX_BYTES} bytes", "one file per resource is enough")]
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [Mistake(file, 0, 0, f"not UTF-8 at byte {error.start}", "save the file as UTF-8")]
    except OSError as error:
        return None, [Mistake(file, 0, 0, f"cannot be read: {error.strerror}", "check that it exists")]
    return parse(text, file)


def parse(text: str, file: str) -> tuple[Document | None, list[Mistake]]:
    """Return the document that a text is, None where it cannot be read at all, and every mistake found."""
    reader = _Reader(file)
    try:
        node = _root(text)
        if node is None:
            return None, [Mistake(file, 0, 0, "the file is empty", "start with 'version: 1'")]
        data = reader.value(node, ())
    except RecursionError:
        return None, [Mistake(file, 0, 0, "nested too deep", "a mapping needs no more than ten levels")]
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return None, [Mistake(file, line, 1, "holds a control character", "remove it, or write it as an escape")]
    except yaml.YAMLError as error:
        return None, [_yaml_mistake(file, error)]
    return Document(file, data, reader.places), reader.mistakes


def _yaml_mistake(file: str, error: yaml.YAMLError) -> Mistake:
    problem = str(getattr(error, "problem", None) or "not YAML")
    marks = [getattr(error, "problem_mark", None), getattr(error, "context_mark", None)]
    # What is still open at the end of the file is wrong where it began.
    mark = next((each for each in (reversed(marks) if "end of stream" in problem else marks) if each is not None), None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if problem.endswith("are not allowed"):
        return Mistake(file, line, column, problem, "write out what is meant where it is needed")
    remedy = "check indentation, quotes and colons"
    if "\\t" in problem:
        remedy = "indent with spaces, not with tabs"
    if "another document" in problem:
        remedy = "one file holds one mapping: remove the '---'"
    return Mistake(file, line, column, f"not readable as YAML: {problem}", remedy)
