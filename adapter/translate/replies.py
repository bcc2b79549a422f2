"""A reply brought back to its contract and read, in one pass: ``tolerance`` and ``reader`` in one.

The fast pass never has another answer than those two. Whatever it is not sure of, it leaves to them: an element, an
object, or, where a reply is refused, the whole reply, so that it is they who say why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from adapter import pieces
from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.mapping.paths import Child
from adapter.translate.decoding import known_attributes
from adapter.translate.inners import passed_over, several
from adapter.translate.level import (
    UNKNOWN,
    Act,
    Found,
    Inner,
    Leaf,
    Level,
    Pending,
    Place,
    attributes_reader,
    level,
    mend,
    reordered,
    run,
)
from adapter.translate.objects import Objects
from adapter.translate.quick import Quick
from adapter.translate.reader import Result, nothing_to_read, read_in, reader
from adapter.translate.reading import TYPE, Each, Reading, invalid, is_nil
from adapter.translate.records import ReadObject
from adapter.translate.tolerance import Alignment, alignment

# Reads what of the reply is in the fast pass, from the child of the body.
_Start = Callable[[Any, Reading], None]


def reply_reader(endpoint: Endpoint, each: Each = pieces.each, *, plain: bool = False) -> Callable[[Any], Result]:
    """Compile the reader of one operation: the child of the body (or None) in, a ``Result`` out.

    Its notes say first how the reply drifts. ``each`` goes around the elements of lists while they are read. ``plain``
    leaves everything to the plain code, for tests. Raises what ``reader`` and ``aligner`` raise.
    """
    aligned, read_plainly = alignment(endpoint), reader(endpoint, each)
    if aligned is None:
        return read_plainly

    def read_all_plainly(element: Any) -> Result:
        walk = aligned.walk()
        try:
            if element is not None and (top := aligned.top(walk, element)) is not None:
                walk.content(element, top[0], fold=top[1])
            aligned.check(walk.notes)
            result = read_plainly(element)
        except BaseException as error:
            walk.undo()  # it may be read once more
            if isinstance(error, RecursionError):
                raise invalid(endpoint.name, "nested too deep") from None
            raise
        return replace(result, notes=(*walk.notes, *result.notes))

    if plain or nothing_to_read(endpoint):
        return read_all_plainly
    return _fast(endpoint, aligned, each, read_all_plainly)


def _fast(
    endpoint: Endpoint, aligned: Alignment, each: Each, plainly: Callable[[Any], Result]
) -> Callable[[Any], Result]:
    objects = Objects(endpoint, aligned.encoded)
    read_rest, start = read_in(endpoint, objects), _start(endpoint, aligned, Quick(objects, aligned.tables))

    plain_root = None if aligned.encoded else aligned.root.tag

    def read(element: Any) -> Result:
        if element is None:
            return plainly(element)
        reading = Reading(endpoint.name, None, aligned.encoded, each)
        reading.walker = aligned.walk
        try:
            if element.tag != plain_root:
                top = aligned.top(reading.walk, element)
                if top is None or top[0] != aligned.root.type:
                    reading.undo()
                    return plainly(element)
            start(element, reading)
            aligned.check(reading.drift)
            return read_rest(element, reading)
        except BaseException as error:
            reading.undo()
            if isinstance(error, BackendReplyInvalid | RecursionError):
                return plainly(element)
            raise

    return read


def _start(endpoint: Endpoint, aligned: Alignment, quick: Quick) -> _Start:
    """Return what begins at the root: it reads the objects that the answer consists of, and looks at what is around."""
    steps, fold = endpoint.reply.steps, endpoint.operation.style == "rpc"
    key, shape = aligned.root.type, endpoint.reply.rule.shape
    if shape != "none" and not steps:
        take = _taking(quick.quickest(endpoint.reply.type, key, True, fold))
        return lambda element, reading: take(element, reading)
    path = steps if shape != "none" and not any(step.is_turn for step in steps) else ()
    made = _path(endpoint, quick, path, key)
    if made is None:
        return lambda element, reading: reading.walk.content(element, key, fold=fold)
    place, read = made

    def start(element: Any, reading: Reading) -> None:
        if element.get(TYPE) is not None and not place.kept(element, key):
            reading.walk.content(element, key, fold=fold)
            return
        pending: Pending = []
        if read(element, {}, reading, pending, False) == UNKNOWN:
            mend(reading, element, key, fold)
            pending = []
            read(element, {}, reading, pending, True)
        run(pending, {}, reading)

    return start


def _taking(read: ReadObject) -> Callable[[Any, Reading], None]:
    """Return what reads an object before its turn, and keeps it with its notes."""

    def take(element: Any, reading: Reading) -> None:
        before, reading.notes = reading.notes, []
        value = read(element, reading)
        reading.made[element] = value, reading.notes
        reading.notes = before

    return take


def _path(endpoint: Endpoint, quick: Quick, steps: Sequence[Child], key: str) -> tuple[Place, Level] | None:
    """Return the pass over an element on the way to the answer's objects; None where it is not looked at."""
    place = quick.place(key, aligned=True)
    table = place.table
    if table is None:
        return None
    entries: dict[str, tuple[int, Leaf | Inner]] = {}
    for index, tag in enumerate(table.places or table.types):
        bit = 1 << index
        entries[tag] = bit, passed_over(place, tag, bit)
        if steps and tag == steps[0].element.tag:
            inner = _step(endpoint, quick, steps, place, bit, tag)
            entries[tag] = bit, entries[tag][1] if inner is None else inner
    return place, level(place, entries, attributes_reader(place, known_attributes(table), None))


def _step(endpoint: Endpoint, quick: Quick, steps: Sequence[Child], place: Place, bit: int, tag: str) -> Inner | None:
    """Return what takes the children to which the first of the steps leads; None where the plain code does."""
    assert place.table is not None
    key, last = place.table.types[tag], len(steps) == 1
    if last:
        take = _taking(quick.quickest(endpoint.reply.type, key, True))
        return _items(place, bit, key, take)
    inside = _path(endpoint, quick, steps[1:], key)
    if inside is None:
        return None
    return _way(place, bit, key, inside[1])


def _items(place: Place, bit: int, key: str, take: Callable[[Any, Reading], None]) -> Inner:
    def act(children: list[Any], found: Found, reading: Reading) -> bool:
        for child in reading.each(children):
            if child.keys() and is_nil(child):
                reading.walk.below(child, key)
            else:
                take(child, reading)
        return False

    return several(place, bit, act)


def _way(place: Place, bit: int, key: str, read: Level) -> Inner:
    """Return what takes an element on the way. Of several the plain reader reads the first one only."""

    def plain(child: Any, found: Found, reading: Reading) -> bool:
        reading.walk.below(child, key)
        return False

    def later(child: Any, found: Found, reading: Reading) -> bool:
        own: Pending = []
        mend(reading, child, key)
        read(child, found, reading, own, True)
        return run(own, found, reading)

    def inner(child: Any, seen: int, found: Found, reading: Reading, pending: Pending) -> int:
        if place.ordered and seen >= bit << 1:
            pending.append((reordered, child))
        act: Act = plain
        if not seen & bit and (child.get(TYPE) is None or place.kept(child, key)):
            before, act = len(pending), later
            if read(child, found, reading, pending, False) != UNKNOWN:
                return seen | bit
            del pending[before:]
        pending.append((act, child))
        return seen | bit

    return inner
