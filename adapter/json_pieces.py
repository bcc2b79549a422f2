"""JSON of a large document, encoded in pieces; that of any other in one go.

A large document is given up while it is encoded: what is written is let go of, so that neither freeing it nor the
collector has to walk over all of it at once.
"""

from __future__ import annotations

from typing import Any, Final

from adapter import pieces, strict_json
from adapter.pieces import PIECE, Pace

# So many values are encoded and freed in a fraction of a millisecond.
_MOST: Final = 1_000
_CHARACTERS: Final = 64


def encode(document: Any) -> bytes:
    """Encode as ``strict_json.encode_document`` does, with turns where a large message is worked on.

    The document is empty then, so it must be nobody else's.
    """
    pace = pieces.current()
    if pace is None:
        return strict_json.encode_document(document)
    written: list[bytes] = []
    _write(document, written, pace)
    return b"".join(written)


def _write(value: Any, written: list[bytes], pace: Pace) -> None:
    if _weight(value) <= _MOST:
        written.append(strict_json.encode_document(value))
    elif isinstance(value, dict):
        _object(value, written, pace)
    elif isinstance(value, list):
        _array(value, written, pace)
    else:
        _string(value, written, pace)
    pace.turn()


def _object(value: dict[str, Any], written: list[bytes], pace: Pace) -> None:
    before = b"{"
    for name in value:
        written += (before, strict_json.encode_document(name), b":")
        _write(value[name], written, pace)
        value[name] = None
        before = b","
    written.append(b"}")


def _array(value: list[Any], written: list[bytes], pace: Pace) -> None:
    start = weight = 0
    before = b"["
    for index, item in enumerate(value):
        weight += _weight(item)
        if weight <= _MOST and index + 1 < len(value):
            continue
        if index > start:
            written += (before, strict_json.encode_document(value[start:index])[1:-1])
            before = b","
        written.append(before)
        _write(item, written, pace)
        value[start : index + 1] = [None] * (index + 1 - start)
        start, weight, before = index + 1, 0, b","
    written.append(b"]")


def _string(value: str, written: list[bytes], pace: Pace) -> None:
    written.append(b'"')
    for at in range(0, len(value), PIECE):
        written.append(strict_json.encode_document(value[at : at + PIECE])[1:-1])
        pace.turn()
    written.append(b'"')


def _weight(value: Any) -> int:
    """Return about how many values there are in a value. It stops counting soon after too many."""
    kind = type(value)
    if kind is str:
        return 1 + len(value) // _CHARACTERS
    if kind is not dict and kind is not list:
        return 1
    weight = len(value) + 1
    if weight > _MOST:
        return weight
    for member in value.values() if kind is dict else value:
        kind = type(member)
        if kind is dict or kind is list or (kind is str and len(member) > _CHARACTERS):
            weight += _weight(member)
            if weight > _MOST:
                break
    return weight
