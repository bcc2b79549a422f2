"""A JSON array that arrives in pieces, cut into the texts of its items: ``[…]``, or ``{"items": […]}`` (RFC 8259).

Brackets and quotes are the same bytes in UTF-8 wherever they stand, so nothing is decoded here. What stands between
brackets is for ``strict_json`` to judge, item by item; what is cut at a wrong place because it is no JSON is refused
there or here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from adapter import strict_json
from adapter.errors import FieldError, InvalidRequest
from adapter.rows.bounds import Bounds, too_large

_SPACE: Final = re.compile(rb"[ \t\r\n]*+")
# Objects of up to three levels are found without a step of ours; what lies deeper is counted.
_TEXT: Final = rb'[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+"'
_LEVEL: Final = rb"[\[{](?:%s)*+[\]}]" % _TEXT
_LEVELS: Final = rb"[\[{](?:%s|%s)*+[\]}]" % (_TEXT, _LEVEL)
_ROW: Final = rb"\{(?:%s|%s)*+\}" % (_TEXT, _LEVELS)
_ONE: Final = re.compile(_ROW, re.DOTALL)
_AND_MORE: Final = re.compile(rb"[ \t\r\n]*+(" + _ROW + rb")[ \t\r\n]*+,", re.DOTALL)
_REST_OF_STRING: Final = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_BRACKET: Final = re.compile(rb'["\[\]{}]')
_END_OF_VALUE: Final = re.compile(rb"[,\]}\s]")
_OPENING: Final = (b"{", b'"items"', b":", b"[")
_ITEMS: Final = "/items"
State = Callable[[bytes, int, list[bytes]], int]


class Cutter:
    """Takes the pieces, gives the texts of whole items. ``pointer`` is where the array stands, once that is known."""

    def __init__(self, bounds: Bounds) -> None:
        self.pointer = ""
        self._bounds = bounds
        self._state: State = self._begin
        self._left = b""
        self._parts: list[bytes] = []
        self._size = 0
        self._step = 0
        self._depth = 0
        self._quoted = False
        self._may_end = True

    def feed(self, piece: bytes, rows: list[bytes]) -> None:
        """Add the texts of the items that end in this piece. Raise InvalidRequest; what was added stays."""
        data, at = self._left + piece if self._left else piece, 0
        self._left = b""
        while at < len(data):
            at = self._state(data, at, rows)

    def end(self, rows: list[bytes]) -> None:
        """Say that no more pieces come. Raise InvalidRequest where more had to."""
        if self._state == self._done:
            return
        if self._state == self._tail:
            self._members(self._decoded(b'{"items":[]' + b"".join(self._parts)), rows)
        elif self._state in (self._begin, self._other):
            text = b"".join([*_OPENING[: self._step], *self._parts, self._left])
            self._members(self._decoded(text), rows)
        else:
            raise malformed("The array has no end")

    def decode(self, row: bytes) -> Any:
        """Decode one item. Raise InvalidRequest, with pointers into the item."""
        if len(row) > self._bounds.row_bytes:
            raise too_large(self._bounds)
        depth = self._bounds.max_depth - (2 if self.pointer else 1)
        return strict_json.decode(row, max_depth=depth, max_digits=self._bounds.max_digits)

    def _decoded(self, text: bytes) -> Any:
        return strict_json.decode(text, max_depth=self._bounds.max_depth, max_digits=self._bounds.max_digits)

    def _begin(self, data: bytes, at: int, rows: list[bytes]) -> int:
        """Find the beginning of the array."""
        at = _space(data, at)
        if at == len(data):
            return at
        if not self._step and data.startswith(b"[", at):
            self._state = self._item
            return at + 1
        token = _OPENING[self._step]
        here = data[at : at + len(token)]
        if here == token:
            self._step += 1
            if self._step == len(_OPENING):
                self._state, self.pointer = self._item, _ITEMS
            return at + len(token)
        if token.startswith(here):
            self._left = here
            return len(data)
        self._state = self._other
        return at

    def _item(self, data: bytes, at: int, rows: list[bytes]) -> int:
        """Find the beginning of an item, and as many whole ones as there are."""
        while found := _AND_MORE.match(data, at):
            rows.append(found[1])
            at, self._may_end = found.end(), False
        at = _space(data, at)
        if at == len(data):
            return at
        if self._may_end and data.startswith(b"]", at):
            return self._close(at)
        if data[at] in b",]}:":
            raise malformed("Expecting a value")
        self._state = self._inside
        if found := _ONE.match(data, at):
            return self._found(found[0], found.end(), rows)
        self._depth, self._quoted = 0, False
        return at

    def _inside(self, data: bytes, at: int, rows: list[bytes]) -> int:
        """Go on with an item whose end was not there yet."""
        begin, whole = at, False
        while not whole and at < len(data):
            if self._quoted:
                at = _end(_REST_OF_STRING, data, at)
                if not data.startswith(b'"', at):
                    break  # the rest of the piece, or a backslash that is its last byte
                at, self._quoted, whole = at + 1, False, not self._depth
            elif self._depth or (at == begin and not self._parts and data[at] in b'"[{'):
                bracket = _BRACKET.search(data, at)
                at = len(data) if bracket is None else bracket.end()
                if bracket is not None:
                    whole = self._passed(bracket[0])
            else:
                stop = _END_OF_VALUE.search(data, at)
                at, whole = (stop.start(), True) if stop is not None else (len(data), False)
        if whole:
            return self._found(b"".join([*self._parts, data[begin:at]]), at, rows)
        self._keep(data[begin:at])
        self._left = data[at:]
        return len(data)

    def _passed(self, byte: bytes) -> bool:
        """Note a quote or a bracket; tell whether the item ends with it."""
        if byte == b'"':
            self._quoted = True
            return False
        self._depth += 1 if byte in b"[{" else -1
        return not self._depth

    def _found(self, row: bytes, at: int, rows: list[bytes]) -> int:
        rows.append(row)
        self._parts, self._size, self._state = [], 0, self._after
        return at

    def _after(self, data: bytes, at: int, rows: list[bytes]) -> int:
        """Go on after an item: another one, or the end of the array."""
        at = _space(data, at)
        if data.startswith(b",", at):
            self._state, self._may_end = self._item, False
            return at + 1
        if data.startswith(b"]", at):
            return self._close(at)
        if at < len(data):
            raise malformed("Expecting ',' or ']' after an item")
        return at

    def _close(self, at: int) -> int:
        self._state = self._tail if self.pointer else self._done
        return at + 1

    def _other(self, data: bytes, at: int, rows: list[bytes]) -> int:
        """Keep what is no array, or begins with another member, to say what it is once all of it is there."""
        self._keep(data[at:])
        return len(data)

    def _tail(self, data: bytes, at: int, rows: list[bytes]) -> int:
        """Keep what follows the array in its object."""
        return self._other(data, at, rows)

    def _done(self, data: bytes, at: int, rows: list[bytes]) -> int:
        at = _space(data, at)
        if at < len(data):
            raise malformed("Extra data after the array")
        return at

    def _keep(self, part: bytes) -> None:
        self._parts.append(part)
        self._size += len(part)
        if self._size > self._bounds.row_bytes:
            raise too_large(self._bounds)

    def _members(self, value: Any, rows: list[bytes]) -> None:
        """Say what is wrong with a body that is no array; one whose items were found too late is taken all the same."""
        if not isinstance(value, dict):
            raise _refused([FieldError("body", "", "must be an array, or an object with items")])
        wrong = [FieldError("body", f"/{_escape(name)}", "is not known here") for name in value if f"/{name}" != _ITEMS]
        items = value.get("items")
        if not isinstance(items, list):
            why = "must be an array" if items is not None else "must not be null" if "items" in value else "is required"
            wrong.append(FieldError("body", _ITEMS, why))
        if wrong:
            raise _refused(wrong)
        self.pointer = _ITEMS
        rows.extend(map(strict_json.encode, items or ()))


def malformed(reason: str) -> InvalidRequest:
    """Return the error for what is no JSON."""
    return InvalidRequest("malformed-json", 400, f"{reason}.")


def _refused(wrong: list[FieldError]) -> InvalidRequest:
    return InvalidRequest("invalid-request", 422, fields=tuple(wrong[:100]))


def _space(data: bytes, at: int) -> int:
    return _end(_SPACE, data, at)


def _end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    found = pattern.match(data, at)
    return found.end() if found is not None else at


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")  # RFC 6901, section 3
