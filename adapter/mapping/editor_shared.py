"""The JSON Schema of files in ``mappings/shared/``, and of operations that take a pattern from there.

A pattern may leave out what its users say, and any text of a shared file may hold a word such as ``$(record)``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from adapter.mapping import words

Shape = dict[str, Any]

DEFS = "#/$defs/"
OPERATION, TAKEN = "OperationSection", "TakenOperation"
_HAS_WORD = rf"\$\({words.NAME}\)"
# What asks for keys, or for one key beside another: another file may hold it.
_ASKING = ("required", "oneOf", "anyOf", "not", "minProperties", "dependentRequired")


def operation(shape: Shape) -> Shape:
    """Return the shape of an operation that may take a pattern; ``shape`` is that of one written out."""
    takes = {"type": "object", "required": ["shared"], "properties": {"shared": {"const": True}}}
    return {
        "if": {"const": "shared"},
        "else": {"if": takes, "then": {"$ref": f"{DEFS}{TAKEN}"}, "else": shape},
    }


def taken(sections: Mapping[str, Shape]) -> Shape:
    """Return the shape of an operation of which a part stands in another file: no key has to be there.

    That holds for the sections right below it too, for they are merged; what is below these stands in one file.
    """
    found = _lax(sections[OPERATION])
    for key, value in found["properties"].items():
        reference = str(value.get("$ref", "")).removeprefix(DEFS)
        if reference in sections:
            found["properties"][key] = {**_lax(sections[reference]), "description": value["description"]}
    return found


def _lax(section: Shape) -> Shape:
    return {key: copy.deepcopy(value) for key, value in section.items() if key not in _ASKING}


def reached(root: Shape, sections: Mapping[str, Shape]) -> Shape:
    """Return the sections that the root refers to, directly or by others, in the order of their names."""
    found: set[str] = set()
    waiting = [root]
    while waiting:
        names = set(_references(waiting.pop())) - found
        found |= names
        waiting += [sections[name] for name in names]
    return {name: sections[name] for name in sorted(found)}


def _references(shape: Any) -> Iterator[str]:
    if isinstance(shape, dict) and isinstance(shape.get("$ref"), str):
        yield shape["$ref"].removeprefix(DEFS)
    below = shape.values() if isinstance(shape, dict) else shape if isinstance(shape, list) else ()
    for each in below:
        yield from _references(each)


def with_words(shape: Any) -> Any:
    """Return a shape in which every text that has a form may hold a word instead."""
    if isinstance(shape, list):
        return [with_words(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    found = {key: with_words(value) for key, value in shape.items()}
    if isinstance(found.get("pattern"), str):
        found["pattern"] = f"{found['pattern']}|{_HAS_WORD}"
    if isinstance(found.get("enum"), list):
        words_or = [{"enum": found.pop("enum")}, {"type": "string", "pattern": _HAS_WORD}]
        found = {**found, "anyOf": words_or}
    return found
