"""Recordings: one YAML file for each exchange, named after the operation and what its request says."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from adapter.errors import BuildError, Mistake
from adapter.virtual.any.canonical import digest
from adapter.virtual.any.hiding import Hidden
from adapter.yaml_files import parse

# What a literal block of YAML gives back as it was: no white space at its ends, no carriage return or control.
_PLAIN = re.compile(r"[!-~](?:[\n -~\u00a1-\u1fff\u2030-\ud7ff\ue000-\ufdff]*[!-~])?")
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
    lines = (
        f"operation: {json.dumps(cassette.operation)}",
        f"digest: {json.dumps(cassette.name)}",
        f"hidden: {json.dumps(cassette.hidden.texts())}",
        f"request:{_block(cassette.request.encode())}",
        f"status: {cassette.status}",
        f"content_type: {json.dumps(cassette.content_type)}",
        f"response:{_block(cassette.response)}",
    )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read_all(folder: Path) -> tuple[Cassette, ...]:
    """Read every recording of a folder, by name. Raises BuildError with every file that is none."""
    found, mistakes = list[Cassette](), list[Mistake]()
    for path in sorted(folder.glob("*.yaml")):
        file = f"{folder.name}/{path.name}"
        try:
            document, wrong = parse(path.read_text(encoding="utf-8"), file)
            mistakes.extend(wrong)
            if document is not None and not wrong:
                found.append(_cassette(document.data))
        except (OSError, TypeError, ValueError) as error:
            mistakes.append(Mistake(file, 0, 0, f"is no recording: {error}", "record it again"))
    if mistakes:
        raise BuildError(mistakes)
    return tuple(found)


def _cassette(data: Any) -> Cassette:
    if not isinstance(data, dict) or set(data) != _KEYS:
        raise ValueError(f"it has to have {', '.join(sorted(_KEYS))}")
    return Cassette(
        str(data["operation"]),
        str(data["digest"]),
        Hidden.of(map(str, data["hidden"])),
        _bytes(data["request"]).decode("utf-8", "replace"),
        int(data["status"]),
        str(data["content_type"]),
        _bytes(data["response"]),
    )


def _block(data: bytes) -> str:
    """Return bytes as YAML: lines of their own where they are plain text, so that a person can compare them."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if _PLAIN.fullmatch(text.removesuffix("\n")):
        lines = text.removesuffix("\n").split("\n")
        return f" |{'' if text.endswith(chr(10)) else '-'}" + "".join(f"\n  {line}" if line else "\n" for line in lines)
    return f'\n  base64: "{base64.b64encode(data).decode()}"'


def _bytes(said: Any) -> bytes:
    return base64.b64decode(said["base64"], validate=True) if isinstance(said, dict) else str(said).encode()
