"""``uses:``: what a mapping file takes from a file in ``mappings/shared/``: whole sections, and patterns of operations.

An operation is taken where the file says ``read: shared``, or ``shared: true`` beside keys of its own. Own keys stand
over those of the pattern. Where both hold a section, the entries of both hold, the own ones over those of the same
name; nothing below is merged. Own lines of ``faults`` come before the pattern's.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any

from adapter.mapping import schema_operation, words
from adapter.mapping.files import Document, Path_
from adapter.mapping.paths import suggest
from adapter.mapping.place import Place
from adapter.mapping.sections import Sections
from adapter.mapping.verbs import is_name

SHORT = "shared"
SECTIONS = ("soap", "types", "lookups", "faults", "scopes")
_OPERATIONS = "operations"
_SIGNS = ("code", "detail", "text")

Places = Mapping[Path_, Place]


def check_patterns(sections: Sections, top: Mapping[str, Any]) -> None:
    """Name what is wrong with the patterns of a shared file, whoever takes them."""
    words.check_form(sections)
    known = {field.data_key or name for name, field in schema_operation.OperationSection().fields.items()} - {SHORT}
    for verb, data, path in sections.entries(top.get(_OPERATIONS), (_OPERATIONS,), _OPERATIONS):
        if not is_name(sections, verb, data, path):
            continue
        if not isinstance(data, dict):
            sections.wrong(path, f"{verb} must be a section with keys", f"{verb}: {{request: …, call: …}}")
        else:
            for key in data.keys() - known:
                remedy = (
                    "remove it: files take a pattern, a pattern takes none"
                    if key == SHORT
                    else suggest(key, sorted(known))
                )
                sections.wrong((*path, key), f"operations.{verb} has no key '{key}'", remedy)


def taken(
    sections: Sections,
    top: Mapping[str, Any],
    shared_files: Mapping[str, Document | None],
    known: Container[str] = (),
) -> tuple[Document, Document | None]:
    """Return the file with what its operations take, and the sections of the shared file that hold in it too.

    None: it uses none, or one that cannot be read; operations that would take something are then left out. ``known``
    are the names of shared files that another file has taken as they stand: they ask for no words.
    """
    name = top.get("uses", "")
    given = sections.texts(top.get("words"), ("words",), "texts")
    patterns = _patterns(top)
    without = _with(sections.document, {verb: (None, {}) for verb in patterns})
    if not name:
        if "uses" not in sections.document.data:
            _uses_nothing(sections, top, patterns)
        return without, None
    if name not in shared_files:
        text, remedy = f"there is no mappings/shared/{name}.yaml", suggest(name, list(shared_files))
        sections.wrong(("uses",), text, remedy if shared_files else "put what mapping files share there")
        return without, None
    shared = shared_files[name]
    if shared is None:
        return without, None
    if shared.file in known and not given and not patterns:
        return sections.document, shared
    there = shared.data.get(_OPERATIONS, {})
    for verb in [verb for verb in patterns if verb not in there]:
        text = f"{shared.file} has no operation '{verb}'"
        sections.wrong((_OPERATIONS, verb), text, f"there are: {', '.join(there)}" if there else "write it out here")
    parts: list[Path_] = [(key,) for key in SECTIONS if key in shared.data]
    parts += [(_OPERATIONS, verb) for verb in patterns if verb in there]
    if not _words_fit(sections, shared, given, parts):
        return without, None
    return _filled(sections, shared, given, parts, patterns)


def _patterns(top: Mapping[str, Any]) -> list[str]:
    """Return the verbs of operations that take a pattern."""
    operations = top.get(_OPERATIONS)
    if not isinstance(operations, dict):
        return []
    return [
        verb for verb, own in operations.items() if own == SHORT or (isinstance(own, dict) and own.get(SHORT) is True)
    ]


def _uses_nothing(sections: Sections, top: Mapping[str, Any], patterns: list[str]) -> None:
    if "words" in top:
        sections.wrong(
            ("words",), "words: means nothing without 'uses'", "uses: the name of a file in mappings/shared/"
        )
    for verb in patterns:
        text = f"{verb}: the file uses no shared one to take it from"
        sections.wrong((_OPERATIONS, verb), text, "uses: the name of a file in mappings/shared/")


def _words_fit(sections: Sections, shared: Document, given: Mapping[str, str], parts: list[Path_]) -> bool:
    """Tell whether the words that the parts ask for are given, and name those missing and those that nothing asks for.

    A word that is given wrongly is named already, and not missing.
    """
    asked: dict[str, Path_] = {}
    for path in parts:
        for word, where in words.asked(_at(shared.data, path), path).items():
            asked.setdefault(word, where)
    written = sections.document.data.get("words")
    missing = [word for word in asked if not isinstance(written, dict) or word not in written]
    if missing:
        place = shared.place(*asked[missing[0]])
        named = f"the word '{missing[0]}' is not given, which {place.file}:{place.line} asks for"
        more = f" (nor {', '.join(missing[1:])})" if missing[1:] else ""
        remedy = f"words: {{{', '.join(f'{word}: …' for word in missing)}}}"
        sections.wrong(("words",) if written else ("uses",), named + more, remedy)
    for word in [word for word in given if word not in asked]:
        text = f"nothing that the file takes from {shared.file} asks for the word '{word}'"
        sections.wrong(("words", word), text, suggest(word, list(asked)) if asked else "remove it")
    return all(word in given for word in asked)


def _filled(
    sections: Sections, shared: Document, given: Mapping[str, str], parts: list[Path_], patterns: list[str]
) -> tuple[Document, Document]:
    operations: dict[str, tuple[Any, Places]] = dict.fromkeys(patterns, (None, {}))
    if not given and not patterns:
        return sections.document, shared  # as it stands, so that whoever reads it reads it once
    found: dict[str, Any] = {}
    places: dict[Path_, Place] = {}
    for path in parts:
        at = sections.place(path if path[0] == _OPERATIONS else ("uses",))
        filling = words.Filling(sections, shared, given, f"{at.file}:{at.line}")
        if path[0] == _OPERATIONS:
            operations[str(path[1])] = filling.part(path), filling.places
        else:
            found[str(path[0])] = filling.part(path)
            places |= filling.places
    return _with(sections.document, operations), Document(shared.file, found, places)


def _with(document: Document, operations: Mapping[str, tuple[Any, Places]]) -> Document:
    """Return the file with these patterns below its own keys; an operation whose pattern is None is left out."""
    if not operations:
        return document
    own = document.data[_OPERATIONS]
    kept = {verb: value for verb, value in own.items() if operations.get(verb, (own,))[0] is not None}
    places = dict(document.places)
    for verb, (pattern, below) in operations.items():
        if pattern is not None:
            kept[verb], added = _merged(own[verb], pattern, (_OPERATIONS, verb), below)
            places = {**added, **places}
    return replace(document, data={**document.data, _OPERATIONS: kept}, places=places)


def _merged(own: Any, pattern: Mapping[str, Any], path: Path_, places: Places) -> tuple[dict[str, Any], Places]:
    """Return a pattern with own keys over it, and the places of what is left of the pattern."""
    result, left = dict(pattern), dict(places)
    for key, value in own.items() if isinstance(own, dict) else ():
        where: Path_ = (*path, key)
        below = result.get(key)
        if key == SHORT:
            continue
        if isinstance(value, dict) and isinstance(below, dict):
            result[key] = {**below, **value}
            left = _outside(left, [(*where, name) for name in value])
        elif key == "faults" and isinstance(value, list) and isinstance(below, list):
            result[key], left = _lines(value, below, where, left)
        else:
            result[key] = value
            left = _outside(left, [where])
    return result, left


def _lines(own: list[Any], pattern: list[Any], path: Path_, places: Places) -> tuple[list[Any], dict[Path_, Place]]:
    """Return own lines and then those of the pattern that look for something else, and the places of these."""
    signs = [_sign(line) for line in own]
    kept = [index for index, line in enumerate(pattern) if _sign(line) is None or _sign(line) not in signs]
    moved = dict(_outside(places, [path]))
    for number, index in enumerate(kept, len(own)):
        before: Path_ = (*path, index)
        moved |= {
            (*path, number, *at[len(before) :]): each for at, each in places.items() if at[: len(before)] == before
        }
    return [*own, *(pattern[index] for index in kept)], moved


def _sign(line: Any) -> list[Any] | None:
    return [line.get(sign) for sign in _SIGNS] if isinstance(line, dict) else None


def _outside(places: Places, paths: list[Path_]) -> dict[Path_, Place]:
    return {at: place for at, place in places.items() if not any(at[: len(path)] == path for path in paths)}


def _at(data: Any, path: Path_) -> Any:
    for key in path:
        data = data[key]
    return data
