"""What two answers, or two requests, differ in: one ``Difference`` for each place, with what kind of difference it is.

===========  ======================================================================================
missing      the candidate lacks what the legacy has
extra        the candidate has what the legacy lacks
type         another type of JSON
value        another value of the same type
length       an array with another number of items (``legacy`` and ``candidate`` are the numbers)
order        the same items in another order
status       another status, or another problem type (then both are words: ``404 customer-not-found``)
===========  ======================================================================================

Of what a write tells both sides the kinds are the same behind ``request-``, and one is more: ``request-unbuildable``
where nothing could be said to the candidate.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

Kind = Literal[
    "missing", "extra", "type", "value", "length", "order", "status", "request-missing", "request-extra",
    "request-type", "request-value", "request-length", "request-order", "request-unbuildable",
]  # fmt: skip

Path = tuple["Path", str | int] | None
"""Where something stands: what is around it, and its name there, or its number in an array. None: the document."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. ``pointer`` is that of RFC 6901; items of an array are counted as the side that has them does.

    ``shape`` is the pointer with ``*`` for items and ``?`` for names that the contract does not have. Values are hidden
    from a log, since they are somebody's.
    """

    pointer: str
    kind: Kind
    legacy: Any = field(default=None, repr=False)
    candidate: Any = field(default=None, repr=False)
    shape: str = ""


def escaped(name: str) -> str:
    """Return a name as a segment of a pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def segments(pointer: str) -> list[str]:
    """Return the names in a pointer."""
    return [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]


def difference(path: Path, kind: Kind, legacy: Any, candidate: Any, known: frozenset[str] | None = None) -> Difference:
    """Return the difference at a path. ``known`` are the names of the contract, None for any."""
    pointer: list[str] = []
    shape: list[str] = []
    while path is not None:
        path, name = path
        if isinstance(name, int):
            pointer.append(str(name))
            shape.append("*")
        else:
            pointer.append(escaped(name))
            shape.append(pointer[-1] if known is None or name in known else "?")
    found, around = ("".join(f"/{each}" for each in reversed(parts)) for parts in (pointer, shape))
    return Difference(found, kind, legacy, candidate, around)


def of_request(found: Difference) -> Difference:
    """Return a difference of two answers as one of two requests."""
    return replace(found, kind=cast("Kind", f"request-{found.kind}"))
