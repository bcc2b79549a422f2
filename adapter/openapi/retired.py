"""What OpenAPI says of a resource, cut out of the whole document to be kept; and put into a later one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from adapter import strict_json

_REF = re.compile(r'"#/components/([A-Za-z]+)/([A-Za-z0-9._-]+)"')
_DEPTH, _DIGITS = 500, 4000


def part_of(document: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """Return some paths of a document, with every component that they lead to."""
    kept = {path: document["paths"][path] for path in paths}
    components: dict[str, dict[str, Any]] = {"schemas": {}}
    waiting = _refs(kept)
    while waiting:
        kind, name = waiting.pop()
        if name not in components.setdefault(kind, {}):
            components[kind][name] = document["components"][kind][name]
            waiting |= _refs(components[kind][name])
    used = {tag for each in kept.values() for operation in each.values() for tag in operation.get("tags", ())}
    tags = [each for each in document["tags"] if each["name"] in used]
    return {"openapi": document["openapi"], "tags": tags, "paths": kept, "components": components}


def with_parts(document: dict[str, Any], parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a document with the paths of others. Where a name means something else here, theirs gets a number."""
    for part in parts:
        names = {
            (kind, name): _free(document["components"].get(kind, {}), name, each)
            for kind, found in part["components"].items()
            for name, each in found.items()
        }
        document["paths"] = {**document["paths"], **_renamed(part["paths"], names)}
        for kind, found in part["components"].items():
            here = document["components"].setdefault(kind, {})
            here |= {names[kind, name]: _renamed(each, names) for name, each in found.items()}
        known = {each["name"] for each in document["tags"]}
        document["tags"] = [*document["tags"], *(each for each in part.get("tags", ()) if each["name"] not in known)]
    return document


def _refs(value: Any) -> set[tuple[str, str]]:
    return {(kind, name) for kind, name in _REF.findall(strict_json.encode(value).decode())}


def _free(known: Mapping[str, Any], name: str, component: Any) -> str:
    """Return the name itself where nothing else has it, or just the same does; else the name with a number."""
    if name not in known or strict_json.encode(known[name]) == strict_json.encode(component):
        return name
    return next(f"{name}{number}" for number in count(2) if f"{name}{number}" not in known)


def _renamed(value: Any, names: Mapping[tuple[str, str], str]) -> Any:
    def ref(found: re.Match[str]) -> str:
        kind, name = found.groups()
        return f'"#/components/{kind}/{names.get((kind, name), name)}"'

    text = _REF.sub(ref, strict_json.encode(value).decode())
    return strict_json.decode(text.encode(), max_depth=_DEPTH, max_digits=_DIGITS)
