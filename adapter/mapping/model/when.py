"""What a mapping file says about when something is there: ``when: {kind: [company, agency]}``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from adapter.mapping.place import Place


@dataclass(frozen=True, slots=True)
class Condition:
    """One property or parameter that decides: it has one of these JSON ``values``, or it is ``given`` (or is not)."""

    name: str
    place: Place = field(compare=False)
    values: tuple[Any, ...] = ()
    given: bool | None = None

    @property
    def words(self) -> str:
        """The condition in words: ``kind is company or agency``."""
        if self.given is not None:
            return f"{self.name} is given" if self.given else f"{self.name} is not given"
        shown = [str(each).lower() if isinstance(each, bool) else str(each) for each in self.values]
        return f"{self.name} is {' or '.join(shown)}"
