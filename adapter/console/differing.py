"""Mismatches side by side: what each side said at the place where they differ, and both answers whole.

What an example may show was decided when it was kept (``rollout.hiding``); the rest of it is not there to be shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapter.moving.examples import Shown
from adapter.rollout.differences import segments
from adapter.store.examples import Group

_NOWHERE: Final = "nothing there"
_LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class Side:
    """One example as a page shows it; ``why`` says why it cannot be opened."""

    time: float
    asked: str = ""
    legacy: str = ""
    candidate: str = ""
    whole_legacy: str = ""
    whole_candidate: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Differing:
    """A group of mismatches, and a few of them."""

    group: Group
    shown: tuple[Side, ...]


def group(found: Group, examples: tuple[Shown, ...]) -> Differing:
    """Return a group as a page shows it."""
    return Differing(found, tuple(_side(each) for each in examples))


def _side(example: Shown) -> Side:
    document = example.document
    if example.why or not document:
        return Side(example.time, why=example.why or "it is empty")
    pointer, asked = str(document["pointer"]), [*document["path"], *document["query"]]
    said = " ".join([str(document["operation"]), *(f"{name}={text}" for name, text in asked)])
    legacy, candidate = document["legacy"], document["candidate"]
    at_status = document["kind"] == "status"
    return Side(
        example.time, said,
        *(_status(each) if at_status else _at(each, pointer) for each in (legacy, candidate)),
        *(_whole(each) for each in (legacy, candidate)),
    )  # fmt: skip


def _status(answer: Mapping[str, Any] | None) -> str:
    return f"{answer.get('status', '')} {answer.get('problem', '')}".strip() if answer else _NOWHERE


def _at(answer: Mapping[str, Any] | None, pointer: str) -> str:
    """Return what an answer has at a pointer (RFC 6901)."""
    if not answer or "document" not in answer:
        return _status(answer)
    value = answer["document"]
    for name in segments(pointer):
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return _NOWHERE
    return _text(value)[:_LONGEST]


def _whole(answer: Mapping[str, Any] | None) -> str:
    if not answer:
        return "too long to be kept"
    return f"{_status(answer)}\n{_text(answer['document'])}".lstrip() if "document" in answer else _status(answer)


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
