"""How reads and the writes that make them old belong together, once all operations of a project are known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Touch:
    """What a write makes old: the answers of ``operation`` for the same values of the path parameters ``names``.

    Without names: all of them.
    """

    operation: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """What makes the answers of a read old: ``by`` are the path parameters that writes name them by.

    ``ever`` is whether any write does.
    """

    ever: bool = False
    by: tuple[tuple[str, ...], ...] = ()


UNTOUCHED = Touched()
