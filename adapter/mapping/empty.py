"""What an empty element stands for: its default in the contract, or its one fixed value (XML Schema part 1, 3.3.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adapter.mapping.codec import Codec
from adapter.mapping.paths import Spot


def default_of(spot: Spot) -> str | None:
    """Return the text that an empty element at a spot stands for, None where it stands for nothing but itself."""
    if spot.attribute is not None or not spot.steps:
        return None
    element = spot.steps[-1].element
    return element.default if element.default is not None else element.fixed


def with_default(codec: Codec, default: str | None) -> Codec:
    """Return a codec that reads an empty element as its default, and writes no empty one, which would mean it.

    A default that the codec cannot read, as messy contracts have them, changes nothing.
    """
    if not default:
        return codec
    try:
        codec.read(default)
    except ValueError:
        return codec

    def write(value: Any) -> Any:
        text = codec.write(value)
        if text == "":
            raise ValueError(f"must not be empty, which would stand for {default}")
        return text

    accept = codec.at_once()
    said = " ".join(filter(None, (codec.schema.get("description"), f"An empty element stands for {default}.")))
    schema = {**codec.schema, "description": said}
    return replace(
        codec,
        read=lambda text: codec.read(text or default),
        write=write,
        schema=schema,
        quick=None,
        accept=lambda value: accept(value) or write(value),
    )
