"""A text whose parts stand in several elements: ``soap: [Vorname, Nachname], join: " "``.

Reading joins the parts that are there. Writing splits at ``join`` into exactly as many parts, the last of which takes
the rest. A text that would not come back as it went is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adapter.mapping.bound import BoundField, Mode
from adapter.mapping.codec import Codec
from adapter.mapping.model import FieldRule, Place
from adapter.wsdl import lexical
from adapter.wsdl.types import Contract, Record, Scalar

Wrong = Callable[[Place, str, str], None]


def is_text(contract: Contract, key: str) -> bool:
    """Tell whether the type with ``key`` holds a text that can be joined with others."""
    kind = contract.types.get(key)
    if isinstance(kind, Record):
        return is_text(contract, kind.text)
    return isinstance(kind, Scalar) and kind.builtin in lexical.STRINGS


def joined(wrong: Wrong, rule: FieldRule, parts: Sequence[BoundField], mode: Mode) -> BoundField | None:
    """Return the field that ``parts`` make. One that repeats is noted with ``wrong``."""
    repeating = [part.rule.soap for part in parts if part.shape != "scalar"]
    if repeating:
        wrong(rule.place, f"{rule.name}: {repeating[0]} may occur many times", "join elements that occur once")
        return None

    def write(value: Any) -> str:
        split(parts, rule.join, value)
        return str(value)

    codec = Codec(lambda text: text, write, {"type": "string"})
    necessary = any(part.necessary for part in parts)
    nullable = any(part.nullable for part in parts) if mode == "reply" else all(part.nullable for part in parts)
    required = necessary or (rule.required and mode in ("request", "update"))
    return BoundField(
        rule.name, rule, (), None, "scalar", codec, "", nullable, required, rule.doc,
        parts=tuple(parts), necessary=necessary,
    )  # fmt: skip


def split(parts: Sequence[BoundField], join: str, value: Any) -> dict[str, str]:
    """Return the texts in XML by the parts' names. Raise ValueError where ``value`` cannot be written and read back."""
    if not isinstance(value, str):
        raise ValueError("must be a string")
    pieces = value.split(join, len(parts) - 1)
    if len(pieces) < len(parts):
        raise ValueError(f"must have {len(parts)} parts, with '{join}' between them")
    texts, back = {}, []
    for number, (part, piece) in enumerate(zip(parts, pieces, strict=True), 1):
        assert part.codec is not None
        try:
            texts[part.name] = part.codec.write(piece)
            back.append(part.codec.read(texts[part.name]))
        except ValueError as error:
            raise ValueError(f"part {number} of {len(parts)}: {error}") from None
    if join.join(back) != value:
        raise ValueError(f"would be read back as '{join.join(back)}'")
    return texts
