"""One turn of a group that repeats, as an object: what can be said of it only as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from adapter.mapping.bound import BoundType, leaves
from adapter.mapping.flat import in_xml

Say = Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]


def empty_turn(bound: BoundType, others: Sequence[Say]) -> Say:
    """Return what says that a turn writes nothing, so that it would not be there when it is read.

    It takes values as the caller sent them, and is silent where one of ``others`` says something already.
    """
    arrays = [field for field in leaves(bound.written) if field.shape in ("scalars", "objects")]
    # An array without an element around it writes nothing when it is empty.
    bare = {field.name for field in arrays if len(field.steps) == 1}

    def say(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if any(value or name not in bare for name, value in in_xml(bound, values, json=True).items()):
            return
        if not any(True for other in others for _ in other(values)):
            yield "", "must not be empty"

    return say
