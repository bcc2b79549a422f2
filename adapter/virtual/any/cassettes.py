"""Recordings: one YAML file for each exchange, named after the operation and what its request says."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

from adapter.errors import BuildError, Mistake
from adapter.virtual.any.canonical import digest
from adapter.virtual.any.hiding import Hidden

LARGEST = 64 * 1024 * 1024
_KEYS = {"operation", "digest", "hidden", "request", "status", "content_type", "response"}


@dataclass(frozen=True, slots=True)
class Cassette:
    """One exchange, without what is hidden. ``name`` is the digest of the request's body without it."""

    operation: str
    name: str
    hidden: Hidden
    request: str
    status: int
    content_type: str
    response: bytes


def named(body: Sequence[etree._Element], hidden: Hidden) -> str:
    """Return the digest that a request's body has once what is hidden is gone."""
    return digest(body, lambda path: hidden.hides(("Envelope", "Body", *path)))


def write(folder: Path, cassette: Cassette) -> Path:
    """Write a recording; the same request again replaces it."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", cassette.operation).strip("-.") or "operation"
    path = folder / f"{safe}-{cassette.name}.yaml"
    data: dict[str, Any] = {
        "operation": cassette.operation,
        "digest": cassette.name,
        "hidden": cassette.hidden.texts(),
        "request": _Block(cassette.request),
        "status": cassette.status,
        "content_type": cassette.content_type,
    }
    try:
        data["response"] = _Block(cassette.response.decode("utf-8"))
    except UnicodeDecodeError:
        data["response"] = {"base64": base64.b64encode(cassette.response).decode()}
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8")
    return path


def read_all(folder: Path) -> tuple[Cassette, ...]:
    """Read every recording of a folder, by name. Raises BuildError with every file that is none."""
    found, mistakes = list[Cassette](), list[Mistake]()
    for path in sorted(folder.glob("*.yaml")):
        try:
            found.append(_read(path))
        except (OSError, ValueError, yaml.YAMLError) as error:
            text = str(error).splitlines()[0]
            mistakes.append(Mistake(f"{folder.name}/{path.name}", 0, 0, f"is no recording: {text}", "record it again"))
    if mistakes:
        raise BuildError(mistakes)
    return tuple(found)


def _read(path: Path) -> Cassette:
    if path.stat().st_size > LARGEST:
        raise ValueError(f"larger than {LARGEST} bytes")
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or set(data) != _KEYS:
        raise ValueError(f"it has to have {', '.join(sorted(_KEYS))}")
    said = data["response"]
    response = base64.b64decode(said["base64"], validate=True) if isinstance(said, dict) else str(said).encode()
    return Cassette(
        str(data["operation"]),
        str(data["digest"]),
        Hidden.of(map(str, data["hidden"])),
        str(data["request"]),
        int(data["status"]),
        str(data["content_type"]),
        response,
    )


class _Block(str):
    """A text that is written in lines of its own, where YAML can."""


class _Dumper(yaml.SafeDumper):
    """Writes recordings so that a person can read and compare them."""


def _represent(dumper: yaml.SafeDumper, text: _Block) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")


_Dumper.add_representer(_Block, _represent)
