"""What a bound field knows of the function that computes it; ``computed`` makes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Computable(Protocol):
    """What computes a property of others, of their JSON values."""

    @property
    def named(self) -> str:
        """The function's name."""

    def of(self, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Return the arguments, None where one of them is missing."""

    def value(self, arguments: tuple[Any, ...]) -> Any:
        """Return the JSON value. Raise ValueError where the function fails."""
