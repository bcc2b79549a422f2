"""Whether a value of one simple type can stand where another is asked for, as far as the contract tells."""

from __future__ import annotations

from adapter.wsdl import lexical
from adapter.wsdl.types import Contract, Record, Scalar


def simple(contract: Contract, key: str) -> Scalar | None:
    """Return the atomic type with this key, or of a complex type's text; None for lists and unions."""
    kind = contract.types.get(key)
    if isinstance(kind, Record):
        return simple(contract, kind.text)
    return kind if isinstance(kind, Scalar) else None


def unfit(source: Scalar | None, target: Scalar | None) -> str:
    """Say why no, or not every, value of ``source`` is one of ``target``; "" where the contract does not forbid it.

    Where the source promises less than the target asks (any text, for one of ten characters), each value is checked
    when it is taken.
    """
    if source is None or target is None:
        return "a list or a union cannot be taken"
    one, other = source.builtin, target.builtin
    if not _same_kind(one, other):
        return f"it is of type {one}, and {other} is asked for"
    longest, most = (_longest(each) for each in (source, target))
    if longest is not None and most is not None and longest > most:
        return f"it may have {longest} characters, and {most} are allowed"
    words = set(source.facets.enumeration) - set(target.facets.enumeration)
    if source.facets.enumeration and target.facets.enumeration and words:
        return f"it may be {sorted(words)[0]}, which is not allowed"
    return ""


def _same_kind(one: str, other: str) -> bool:
    if one == other or other in ("string", "normalizedString", "token", "anySimpleType"):
        return True
    if other == "decimal" or other in lexical.INTEGERS:
        return one in lexical.INTEGERS
    return one in lexical.STRINGS and other in lexical.STRINGS


def _longest(kind: Scalar) -> int | None:
    return kind.facets.length if kind.facets.length is not None else kind.facets.max_length
