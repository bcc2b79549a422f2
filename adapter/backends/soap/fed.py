"""A large answer, looked at and parsed in pieces: the same checks, before the parser sees anything."""

from __future__ import annotations

import re
from functools import partial
from itertools import islice
from typing import Any, Final

from lxml import etree

from adapter.exchange import reply_invalid
from adapter.pieces import PIECE, Pace

# Elements whose content is mostly freed in a fraction of a millisecond.
_FEW: Final = 1_000
# A tag with more than 1,000 attributes is no answer, and libxml2 needs memory of twenty times its size.
CROWDED: Final = re.compile(rb"<[^!?/<>\"'](?:[^<>\"']*+(?:\"[^\"<]*+\"|'[^'<]*+')){1001}")
# So many attributes take four bytes each at least, and no tag holds a "<": such a tag fills one of these whole.
_STRIDE: Final = 2_000
# What may still become such a tag: it has begun, and not ended.
_BEGUN: Final = re.compile(
    rb"<(?:[^!?/<>\"'](?:[^<>\"']*+(?:\"[^\"<]*+\"|'[^'<]*+'))*+[^<>\"']*+(?:\"[^\"<]*+|'[^'<]*+)?)?"
)
# A parsed element costs some 120 bytes, however short its tag: 10 MB of <a/> were 300 MB.
MOST_TAGS: Final = 1_000_000


def check(data: bytes) -> None:
    """Refuse what would cost far more memory parsed than its size. Raises BackendReplyInvalid."""
    strides = range(0, len(data) - _STRIDE + 1, _STRIDE)
    if any(data.find(b"<", at, at + _STRIDE) < 0 for at in strides) and CROWDED.search(data):
        raise reply_invalid("a tag with more than 1,000 attributes")
    if len(data) > MOST_TAGS and data.count(b"<") > MOST_TAGS:
        raise reply_invalid("more than 1,000,000 tags")


def fed(data: bytes, parser: etree.XMLParser, pace: Pace) -> Any:
    """Return the root of a document, as ``etree.fromstring`` does after ``check``. Raises what those raise."""
    _check(data, pace)
    for at in range(0, len(data), PIECE):
        parser.feed(data[at : at + PIECE])
        pace.turn()
    root = parser.close()
    pace.left.append(partial(freed, root))
    return root


def _check(data: bytes, pace: Pace) -> None:
    """Refuse what ``check`` refuses."""
    start = seen = tags = 0
    while seen < len(data):
        # A tag that goes on is looked at from its start again, so the longer it is, the more is looked at in one go.
        end = seen + max(PIECE, seen - start)
        if CROWDED.search(data, start, end):
            raise reply_invalid("a tag with more than 1,000 attributes")
        tags += data.count(b"<", seen, end)
        last = data.rfind(b"<", start, end)
        start = last if last >= 0 and _BEGUN.fullmatch(data, last, end) else min(end, len(data))
        seen = end
        pace.turn()
    if tags > MOST_TAGS:
        raise reply_invalid("more than 1,000,000 tags")


def freed(root: Any, pace: Pace) -> None:
    """Empty a tree piece by piece: to free it at once may take as long as to parse it, where it is in no cache."""
    level = [root]
    while level:
        below = list(islice((child for each in level for child in each), _FEW + 1))
        if len(below) > _FEW:
            break
        level = below
    for element in level:
        for child in pace.each(element):
            if len(child) > _FEW:
                freed(child, pace)
            child.clear()
