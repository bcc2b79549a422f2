"""Cheap proofs about a whole JSON text in UTF-8 (RFC 8259), by searches over its bytes. No proof means: not known.

They hold for a text that a JSON decoder takes. ``plain`` is the text without its escaped quotes, so that each quote
that is left begins or ends a string: outside of strings JSON has neither quotes nor backslashes.
"""

from __future__ import annotations

import re

# What escapes may put into a string although XML 1.0 (section 2.2) has no place for it; lone surrogates among pairs.
_ESCAPED = re.compile(rb"\\(?:[bf]|u(?:00[01]|[dD][89a-fA-F]|[fF]{3}[eEfF]))")
_NAME = re.compile(rb'"[ \t\r\n]*+:')
_APART = (b" :", b"\t:", b"\r:", b"\n:")
_ONE_KIND = bytes.maketrans(b"[]", b"{}")
_NEITHER = bytes(each for each in range(256) if each not in b'[]{}"')


def without_escapes(text: bytes) -> bytes:
    """Return ``plain``. A backslash that is escaped goes first, so that what is left escapes what stands behind it."""
    return text.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in text else text


def brackets(plain: bytes) -> bytes | None:
    """Return the brackets of a text, all of one kind; None where some may stand in a string.

    Two quotes without a bracket between them can go: each bracket keeps an even number of quotes before it exactly if
    it stands outside of strings. Where no quote is left, all do.
    """
    left = plain.translate(_ONE_KIND, _NEITHER).replace(b'""', b"")
    return None if b'"' in left else left


def is_shallow(left: bytes, most: int) -> bool:
    """Whether ``brackets`` are nested at most so deep: each round takes the innermost pairs out, one level."""
    for _ in range(most):
        if not left:
            return True
        left = left.replace(b"{}", b"")
    return not left


def are_unique(plain: bytes, members: int) -> bool:
    """Whether no name stands twice in one object, where all objects together have so many ``members``.

    Those that were decoded are never more than the names that stand there. Names in turn are never more than the
    colons, nor than the quotes with a colon behind; both are more only where strings hold colons.
    """
    return plain.count(b":") == members or _names(plain) == members


def _names(plain: bytes) -> int:
    if any(each in plain for each in _APART):
        return len(_NAME.findall(plain))
    return plain.count(b'":')


def is_carried(text: bytes, decoded: str) -> bool:
    """Whether XML can carry every string: JSON refuses controls (section 7), so that little is left to look for.

    ``decoded`` is the same text, in which a search for one character costs little.
    """
    if "\ufffe" in decoded or "\uffff" in decoded:
        return False
    return b"\\" not in text or _ESCAPED.search(text) is None
