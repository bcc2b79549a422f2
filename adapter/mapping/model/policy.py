"""What a mapping says about an operation beside its values: what a call does, and how it is treated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adapter.mapping.model.cache import CacheRule, TouchRule
from adapter.mapping.model.write import WriteRule

Effect = Literal["read", "idempotent", "write", "irreversible"]
"""What calling it twice does: nothing; the same as once; something else; something that cannot be taken back."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """Who may call an operation: callers who have all of ``names`` (none: whoever is known), or ``public``: anybody."""

    names: tuple[str, ...] = ()
    public: bool = False


@dataclass(frozen=True, slots=True)
class LimitRule:
    """How often each caller may ask: ``most`` times in ``seconds``, which are one ``name``, such as a minute."""

    most: int
    seconds: int
    name: str

    def __str__(self) -> str:
        """Render as it is written."""
        return f"{self.most}/{self.name}"


@dataclass(frozen=True, slots=True)
class Policy:
    """How calls of one operation are treated. ``effect`` is what they do to the system behind.

    ``scopes`` is None where nothing says who may call it. ``write`` is what keeps a write from being lost or doubled,
    None where nothing does. ``tries``: how often a call may be made, where that cannot hurt. ``cache`` is for how long
    answers are given again, None: never. ``touches`` are the reads whose answers it makes old, None: those of its file.
    ``limits`` is how often each caller may ask, the shortest time first.
    """

    effect: Effect = "write"
    scopes: Scopes | None = None
    write: WriteRule | None = None
    tries: int = 1
    cache: CacheRule | None = None
    touches: tuple[TouchRule, ...] | None = None
    limits: tuple[LimitRule, ...] = ()


ONCE = Policy()
"""A call that changes something and is made once."""
