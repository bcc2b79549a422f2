"""The files of the page and its templates: read once, from this package alone; nothing a caller names is looked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any, Final

import flask
from jinja2 import Environment, PackageLoader, StrictUndefined

from adapter.console import words

STATIC: Final = "/console/static"
_TYPES: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_NAMES: Final = ("console.css", "console.js", "mark.svg")
_FOR_GOOD: Final = "public, max-age=31536000, immutable"


def environment(names: Mapping[str, str]) -> Environment:
    """Return the templates: everything that is put into one is escaped, and what is not there is an error."""
    made = Environment(
        loader=PackageLoader("adapter.console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.globals["static"] = lambda name: f"{STATIC}/{names[name]}"
    for name in ("count", "percent", "span", "moment", "second", "iso", "clock"):
        made.filters[name] = getattr(words, name)
    return made


def static() -> tuple[Mapping[str, str], Callable[[str], flask.Response | None]]:
    """Return the name of each file with its hash in it, and what answers one by that name: None for another."""
    named: dict[str, str] = {}
    bodies: dict[str, tuple[bytes, str]] = {}
    for name in _NAMES:
        body = (files("adapter.console") / "static" / name).read_bytes()
        stem, _, kind = name.rpartition(".")
        named[name] = f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{kind}"
        bodies[named[name]] = body, _TYPES[kind]

    def answered(name: str) -> flask.Response | None:
        found = bodies.get(name)
        if found is None:
            return None
        headers: dict[str, Any] = {"Cache-Control": _FOR_GOOD}
        return flask.Response(found[0], content_type=found[1], headers=headers)

    return named, answered
