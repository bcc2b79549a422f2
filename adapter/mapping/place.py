"""Where something stands in a mapping file."""

from __future__ import annotations

from dataclasses import dataclass

from adapter.errors import Mistake


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file below the project folder, line and column from 1.

    ``user`` is the file and line that took it, where it stands in a file that others use.
    """

    file: str
    line: int
    column: int
    user: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def mistake(self, text: str, remedy: str = "") -> Mistake:
        """Return a mistake at this place."""
        return Mistake(self.file, self.line, self.column, text, remedy, self.user)
